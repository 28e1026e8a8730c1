import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def ask(speed, folder):
    """What the probe says, in a process of its own."""
    child = subprocess.run(
        [sys.executable, "-m", "tests.backends.torch.probe", speed, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=350 if speed == "fast" else 1700,
    )
    assert child.returncode == 0, child.stderr[-4000:]
    return json.loads(child.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def said(tmp_path_factory):
    return ask("fast", tmp_path_factory.mktemp("probe"))


@pytest.fixture(scope="session")
def said_slowly(tmp_path_factory):
    return ask("slow", tmp_path_factory.mktemp("probe"))
