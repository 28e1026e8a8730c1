"""Checkpoints of one framework as those of the other."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.pairing.test_zoo import ZOO

NO_CHECKPOINTS = {"module_of_variables", "dcgan"}
"""A `tf.Module`, and a Keras model of which only the parts are called: Keras writes neither."""
NAMES = [name for name in ZOO if name not in NO_CHECKPOINTS]


@pytest.fixture(scope="module")
def gaps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    printed = ""
    for what in ("write", "read"):
        command = [sys.executable, "-m", "tests.pairing.checkpoint_probe", what, str(folder), *NAMES]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr[-2000:]
        printed = done.stdout
    found = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return {(one["name"], one["to"]): one["gap"] for one in found}


@pytest.mark.slow
@pytest.mark.parametrize("to", ["torch", "tensorflow"])
@pytest.mark.parametrize("name", NAMES)
def test_each_models_weights_move_both_ways(gaps, name, to):
    assert gaps[name, to] < 1e-6
