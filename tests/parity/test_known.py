"""Which known difference a gap may be, and which its correction shows to be responsible."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from fwtui.core.known_differences import ADAM_EPSILON, BATCHNORM_VARIANCE
from fwtui.core.lane_model import LaneModel
from fwtui.core.spec import RaceSpec
from fwtui.measure.arrays import ArrayGap
from fwtui.measure.probe_gap import Gap, ProbeRow
from fwtui.parity.known import Evidence, known_in, responsible
from tests.scripted.lanes import lane

VARIANCE, WEIGHT, LOSS = ("state", "bn.running_var"), ("parameter", "fc.weight"), ("metric", "loss")


def race(*expected: str) -> RaceSpec:
    known = ((BATCHNORM_VARIANCE, "bn.running_var"), (ADAM_EPSILON, ""))
    model = LaneModel("torch_model", (), (), known, expected)
    return RaceSpec((replace(lane("ok"), model=model), lane("ok")), "race", "thread")


def row(step: int, **gaps: float) -> ProbeRow:
    keys = {"variance": VARIANCE, "weight": WEIGHT, "loss": LOSS}
    return ProbeRow(
        step, {keys[name]: Gap(1, ArrayGap(gap, gap, math.nan, (), 0.0, 0.0)) for name, gap in gaps.items()}
    )


def test_a_gap_of_its_weight_is_evidence_also_where_rounding_comes_first():
    rows = [row(0, loss=1e-9, variance=6e-5), row(1, variance=1e-4, weight=1e-12)]
    assert known_in(race(), rows, 1e-10) == {BATCHNORM_VARIANCE: Evidence(0, VARIANCE, 6e-5)}
    assert known_in(race(BATCHNORM_VARIANCE), rows, 1e-10) == {}
    assert known_in(race(), [row(0, loss=1.0)], 1e-10) == {}


def test_what_is_of_no_single_weight_shows_in_any():
    assert known_in(race(), [row(1, weight=1e-6)], 1e-10) == {ADAM_EPSILON: Evidence(1, WEIGHT, 1e-6)}


@pytest.mark.parametrize(("left", "found"), [(0.0, True), (2e-9, True), (5e-5, False), (6e-5, False)])
def test_it_is_responsible_where_its_correction_ends_the_gap(left, found):
    evidence = {BATCHNORM_VARIANCE: Evidence(0, VARIANCE, 6e-5)}
    assert responsible(evidence, [row(0, variance=left)]) == ((BATCHNORM_VARIANCE,) if found else ())


def test_of_several_only_those_that_are():
    evidence = {
        BATCHNORM_VARIANCE: Evidence(0, VARIANCE, 6e-5),
        ADAM_EPSILON: Evidence(1, WEIGHT, 1e-8),  # a rate that Keras rounds
    }
    corrected = [row(0, variance=1e-15), row(1, weight=1e-8)]
    assert responsible(evidence, corrected) == (BATCHNORM_VARIANCE,)
    assert responsible(evidence, []) == (), "what is not compared is no evidence"
    assert responsible({}, corrected) == ()
