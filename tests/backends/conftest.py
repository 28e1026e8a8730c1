import json
import subprocess
import sys
from pathlib import Path

import pytest

from fwtui.backends.catalogue import FRAMEWORKS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def probes():
    """What each framework's `probe.py` says, by the framework's key; one process each, side by side."""
    children = {
        key: subprocess.Popen(
            [sys.executable, "-W", "error::DeprecationWarning:fwtui", "-m", "tests.backends.probe", key],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for key in FRAMEWORKS
    }
    said = {}
    for key, child in children.items():
        out, err = child.communicate(timeout=150)
        assert child.returncode == 0, err[-4000:]
        said[key] = json.loads(out.splitlines()[-1]) | {"stderr": err}
    return said
