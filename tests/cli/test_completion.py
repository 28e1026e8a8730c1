"""What the shell completes, asked as bash asks."""

from __future__ import annotations

import pytest

from fwtui.backends import catalogue as backends
from fwtui.core.spec import OPTIMIZERS
from fwtui.workloads import catalogue as workloads


def completed(fwtui, monkeypatch, line: str) -> list[str]:
    """The words that `line` may end with."""
    monkeypatch.setenv("_FWTUI_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
    return fwtui().out.split()


LINES = {
    "fwtui bench --workload ": list(workloads.names()),
    "fwtui bench --workload digits": ["digits-mlp", "digits-cnn"],
    "fwtui --lanes torch": ["torch.eager", "torch.compile"],
    "fwtui --lanes tf.eager,torch.c": ["tf.eager,torch.compile"],
    "fwtui --lane ": list(backends.names()),
    "fwtui parity --workload two-layer --preset ": ["dynamic", "static"],
    "fwtui parity --preset s": ["static"],
    "fwtui bench --workload digits-cnn --preset ": ["default"],
    "fwtui bench --workload my_net.py --preset ": [],
    "fwtui bench --size ": ["batch=", "d_in=", "hidden=", "d_out="],
    "fwtui bench --optimizer ": list(OPTIMIZERS),
    "fwtui bench --dtype float6": ["float64"],
    "fwtui bench --device c": ["cpu", "cuda:0"],
    "fwtui --probe-every ": ["never", "growing"],
    "fwtui bench --schedule ": ["turns", "race"],
    "fwtui bench --steps ": [],
    "fwtui graph tf.x": ["tf.xla"],
    "fwtui ops tf.eager --match torch.e": ["torch.eager"],
}


@pytest.mark.parametrize(("line", "words"), LINES.items())
def test_values_are_completed(fwtui, monkeypatch, line, words):
    assert completed(fwtui, monkeypatch, line) == words
