import json
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[3]


def ask(speed, factory, worker):
    """What the probe says, in a process of its own; asked once, by the first of pytest's workers."""
    folder = factory.getbasetemp() if worker == "master" else factory.getbasetemp().parent
    answer = folder / f"torch-{speed}.json"
    with FileLock(answer.with_suffix(".lock")):
        if not answer.exists():
            child = subprocess.run(
                [sys.executable, "-m", "tests.backends.torch.probe", speed, str(factory.mktemp("probe"))],
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=350 if speed == "fast" else 1700,
            )
            assert child.returncode == 0, child.stderr[-4000:]
            answer.write_text(child.stdout.splitlines()[-1], encoding="utf-8")
    return json.loads(answer.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def said(tmp_path_factory, worker_id):
    return ask("fast", tmp_path_factory, worker_id)


@pytest.fixture(scope="session")
def said_slowly(tmp_path_factory, worker_id):
    return ask("slow", tmp_path_factory, worker_id)
