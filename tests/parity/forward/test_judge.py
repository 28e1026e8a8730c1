"""Verdicts on forward passes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fwtui.measure.arrays import array_gap
from fwtui.parity.finding import Tolerances
from fwtui.parity.forward import words
from fwtui.parity.forward.finding import Compared, ForwardFinding
from fwtui.parity.forward.judge import judged
from fwtui.parity.forward.report import report
from fwtui.workloads.user.models import Side

SIDES = Side("torch", "torch_model", ""), Side("tensorflow", "tensorflow_model", "")


def gap(size):
    return array_gap(np.array([1.0]), np.array([1.0 + size]), "float64")


def row(name="output", double=0.0, single=1e-7, rounding=(1e-7, 2e-7), weights="", gets_the_same=True):
    return Compared(name, name.upper(), gap(double), gap(single), rounding, frozenset(weights), gets_the_same)


def finding(*modules, output=None, moved=0.0, without=(), dtype="float32"):
    outputs = (row(),) if output is None else (output,)
    within = Tolerances(1e-4 if dtype == "float32" else 1e-10)
    return ForwardFinding(
        SIDES, "torch_model()", True, outputs, modules, without, moved, within, dtype, 10, 80
    )


def verdict(given, depends_on_weights=True):
    return words.verdict(judged(given, depends_on_weights))


class TestYes:
    def test_equal_outputs(self):
        found = judged(finding(), True)
        assert (found.same, words.where(found)) == (True, [])
        assert words.verdict(found).startswith(
            "yes: largest relative gap 0 in float64 and 1.0e-07 in float32"
        )
        assert "1 output of 10 batches, 80 examples, in evaluation mode" in words.compared(found)

    def test_as_far_as_float32_can_tell(self):
        given = finding(output=row(double=1e-8))
        assert verdict(given).startswith("yes, as far as float32 can tell")
        assert verdict(replace(given, dtype="float64")).startswith("no:")
        assert verdict(finding(output=row(double=5e-7))).startswith("no:")  # float32 rounds to less

    def test_what_rounding_explains(self):
        output = row(single=1e-3, rounding=(8e-4, 6e-4))
        assert verdict(finding(output=output)).startswith("yes, but for rounding")


class TestNo:
    def test_in_float64(self):
        found = judged(finding(output=row(double=1e-3)), True)
        assert (found.same, found.place) == (False, found.outputs[0])
        assert "is 1 in PyTorch and 1.001 in TensorFlow, 1.0e-03 apart in float64" in words.where(found)[0]

    def test_with_other_weights_alone(self):
        found = judged(finding(moved=1e-3), True)
        assert (found.same, found.place) == (False, None)
        assert words.where(found) == ["only with other weights, and in no submodule that has a counterpart"]

    def test_where_one_alone_is_off_its_own_float64(self):
        output = row(single=1e-3, rounding=(1e-7, 1e-3))
        found = judged(finding(output=output), True)
        assert found.same is False
        assert "apart in float32" in words.where(found)[0]

    def test_it_is_no_even_where_an_output_has_no_counterpart(self):
        assert verdict(finding(output=row(double=1e-3), without=("output[1]",))).startswith("no:")


class TestPlace:
    def test_the_first_that_gets_the_same_and_the_innermost(self):
        modules = (
            row("stem", weights="s"),
            row("block", double=1e-3, weights="ab"),
            row("a", weights="a"),
            row("b", double=1e-3, weights="b"),
            row("head", double=1e-2, weights="h", gets_the_same=False),
        )
        found = judged(finding(*modules, output=row(double=1e-2)), True)
        assert found.place is modules[3]
        assert words.where(found)[0].startswith("b | B, which gets the same: [0] is 1 in PyTorch and 1.001")

    def test_between_two_submodules(self):
        modules = row("stem", weights="s"), row("head", double=1e-2, weights="h", gets_the_same=False)
        found = judged(finding(*modules, output=row(double=1e-2)), True)
        assert "the difference is between stem and head" in words.where(found)[0]

    def test_behind_all_of_them(self):
        found = judged(finding(row("head", weights="h"), output=row(double=1e-2)), True)
        assert words.where(found)[1] == "each submodule with a counterpart gives the same, head last"


class TestNotKnown:
    @pytest.mark.parametrize(
        ("given", "depends", "reason"),
        [
            (finding(without=("output[1]",)), True, "output[1] has no counterpart"),
            (finding(), False, "the same whatever the weights are"),
            (finding(output=replace(row(), float64=None)), True, "no finite number in output"),
        ],
    )
    def test_what_was_not_compared_is_no_evidence(self, given, depends, reason):
        found = judged(given, depends)
        assert found.same is None
        assert reason in words.verdict(found)


def test_the_report_has_null_for_what_is_unknown():
    found = judged(finding(row("head", weights="h", gets_the_same=None), dtype="float64"), True)
    data = report(replace(found, moved=None, examples=None))
    assert data["verdict"]["same"] is True
    assert (data["verdict"]["moved_weights"], data["verdict"]["examples"]) == (None, None)
    assert data["submodules"][0]["gets_the_same"] is None
    assert data["outputs"][0]["float64"] == 0
