"""`fwtui parity`: its exit codes, its words, and the JSON whose names are a contract."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.usefixtures("scripted_backends")

VERDICT_NAMES = {
    *("same", "words", "reason", "tolerance", "tolerance_float64", "largest", "probed_steps"),
    *("differ_in", "float64", "first_divergence"),
}
PLACE_NAMES = {"step", "last_possible_step", "phase", "float64", "kind", "name", "lane", "relative", "values"}


SMALL = ("--size", "d_in=20", "--size", "hidden=10")


def strictly(text: str):
    def refuse(constant: str):
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def parity(fwtui, lanes, *words):
    return fwtui("parity", "--lanes", lanes, "--steps", "30", *SMALL, *words)


def test_agreement_is_0_and_told(fwtui):
    ran = parity(fwtui, "scripted.ok,scripted.ok")
    assert ran.code == 0, ran.err
    assert "same answer?" in ran.out
    assert "yes: largest relative gap 0" in ran.out
    assert "30 losses and 11 probes of 2 gradients and 2 parameters" in ran.out
    assert "one framework, so one twin" in ran.out
    assert "where first" not in ran.out


def test_a_difference_is_1_and_placed(fwtui):
    ran = parity(fwtui, "scripted.ok,scripted.drift", "--json", "-")
    assert ran.code == 1
    report = strictly(ran.out)
    verdict = report["verdict"]
    assert set(verdict) >= VERDICT_NAMES
    assert verdict["same"] is False
    place = verdict["first_divergence"]
    assert set(place) >= PLACE_NAMES
    assert (place["step"], place["phase"], place["kind"]) == (5, "update", "parameter")
    assert place["op"] is None
    assert "does not follow the equation of sgd" in place["op_reason"]
    assert len(report["lanes"]) == 2
    assert [row["step"] for row in report["probes"]] == verdict["probed_steps"]
    first = report["probes"][0]["gaps"]
    assert [(gap["kind"], gap["name"]) for gap in first][-1] == ("gradient", "w2")


def test_what_could_not_be_judged_is_2(fwtui):
    ran = parity(fwtui, "scripted.ok,scripted.raise")
    assert ran.code == 2
    assert "could not be judged: lane 2 failed: RuntimeError: the script says no" in ran.out
    assert "the script says no" in ran.err


def test_no_memory_to_compare_is_2_and_told_in_a_line(fwtui, monkeypatch):
    def short_of_memory(*given):
        raise MemoryError("Unable to allocate 275. MiB")

    monkeypatch.setattr("fwtui.measure.probe_gap.array_gap", short_of_memory)
    ran = parity(fwtui, "scripted.ok,scripted.ok")
    assert ran.code == 2
    assert "fwtui: out of memory: Unable to allocate 275. MiB; smaller sizes may fit" in ran.err
    assert "Traceback" not in ran.err


def test_all_nan_is_2(fwtui):
    ran = parity(fwtui, "scripted.blank,scripted.blank", "--dtype", "float64", "--json")
    assert ran.code == 2
    verdict = strictly(ran.out)["verdict"]
    assert verdict["same"] is None
    assert verdict["largest"] is None
    assert "no finite number" in verdict["reason"]


def test_tolerances_are_options(fwtui):
    lanes = "scripted.ok,scripted.steep"
    assert parity(fwtui, lanes, "--dtype", "float64", "--tolerance", "0.1").code == 0
    assert parity(fwtui, lanes, "--dtype", "float64", "--tolerance", "1e-3").code == 1
    assert parity(fwtui, lanes, "--tolerance", "0.1", "--tolerance-float64", "0.1").code == 0
    assert parity(fwtui, lanes, "--tolerance", "0.1").code == 1
    assert parity(fwtui, lanes, "--tolerance", "0.1", "--no-truth").code == 0


def test_settings_that_differ_are_named(fwtui):
    ran = fwtui(
        *("parity", "--lane", "scripted.ok lr=1e-3", "--lane", "scripted.ok lr=1.01e-3", "--steps", "9"),
        *(*SMALL, "--json", "-"),
    )
    assert strictly(ran.out)["verdict"]["differ_in"] == {"lr": ["0.001", "0.00101"]}


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--tolerance", "0"), "--tolerance: got '0'; accepted: a number above 0"),
        (("--tolerance", "nan"), "--tolerance: got 'nan'; accepted: a number above 0"),
        (("--tolerance-float64", "x"), "--tolerance-float64: got 'x'; accepted: a number above 0"),
        (("--probe-every", "never"), "--probe-every: got 'never'; accepted: growing, or a whole number"),
        (
            ("--probe-every", "0"),
            "--probe-every: got '0'; accepted: never, growing, or a whole number from 1",
        ),
        (("--probe-every", "often"), "--probe-every: got 'often'; accepted: never, growing, or a whole"),
        (("--lanes", "torch.eager"), "--lanes: got '1'; accepted: 2 to 4 lanes"),
    ],
)
def test_bad_input_is_one_line(fwtui, words, line):
    ran = fwtui("parity", *words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith(f"fwtui: {line}")
    assert ran.err.count("\n") == 1


def test_bench_compares_probes_where_it_is_asked_to(fwtui):
    words = ("bench", "--lanes", "scripted.ok,scripted.tilt", "--steps", "9", "--probe-every", "3")
    assert [row["step"] for row in strictly(fwtui(*words, "--json").out)["probes"]] == [0, 1, 3, 6, 9]
    ran = fwtui(*words)
    assert "no: gradient w2 is 9.9e-03 apart at step 6; largest relative gap of the losses 0" in ran.out
    assert "of 5 probes the largest gap is 9.9e-03 in gradient w2 at step 6" in " ".join(ran.out.split())
