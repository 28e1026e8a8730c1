import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backends.own import FRAMEWORKS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def probes(tmp_path_factory):
    """What each framework's `probe.py` says, by the framework's key."""
    return said_by_probes("fast", 350, tmp_path_factory.mktemp("probes"))


@pytest.fixture(scope="session")
def slow_probes(tmp_path_factory):
    """The same for what compilers need long for."""
    return said_by_probes("slow", 1700, tmp_path_factory.mktemp("probes"))


def said_by_probes(speed, timeout, folder):
    """One process a framework, side by side."""
    command = [sys.executable, "-W", "error::DeprecationWarning:fwtui", "-m", "tests.backends.probe"]
    children = {
        key: subprocess.Popen(
            [*command, key, speed, folder / key], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for key in FRAMEWORKS
    }
    said = {}
    try:
        for key, child in children.items():
            _, err = child.communicate(timeout=timeout)
            assert child.returncode == 0, err[-4000:]
            said[key] = pickle.loads((folder / key).read_bytes()) | {"stderr": err}
    finally:
        for child in children.values():
            child.kill()
    return said
