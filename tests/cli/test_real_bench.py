"""The frameworks themselves, through the command that people and CI run."""

from __future__ import annotations

import json

import pytest

LANES = ("torch.eager", "tf.eager", "tf.function", "tf.session")


@pytest.mark.parametrize("preset", ["dynamic", pytest.param("static", marks=pytest.mark.slow)])
def test_all_backends_give_the_same_answer(fwtui, preset):
    ran = fwtui("bench", "--lanes", ",".join(LANES), "--preset", preset, "--steps", "120", "--json")
    assert ran.code == 0, ran.err
    report = json.loads(ran.out)
    assert [lane["backend"] for lane in report["lanes"]] == list(LANES)
    assert [lane["outcome"] for lane in report["lanes"]] == ["done"] * 4
    assert len({lane["weights_sha256"] for lane in report["lanes"]}) == 1
    assert all(lane["losses"][-1] < lane["losses"][0] for lane in report["lanes"])
    assert report["verdict"]["same"] is True
    assert 0 < report["verdict"]["max_relative_gap"] < 1e-4
