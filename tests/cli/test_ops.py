"""`fwtui ops`: what it shows, its JSON and its trace, which are contracts, and its exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from io import StringIO

import pytest
from rich.console import Console

from fwtui.cli import ops_match
from fwtui.core.oplog import TensorStats
from tests.json_schema import problems
from tests.two_layer_steps import logged

pytestmark = pytest.mark.usefixtures("scripted_backends")

SCHEMA = json.loads(files("fwtui.ops").joinpath("schema.json").read_text("utf-8"))
SMALL = ("--size", "hidden=4", "--size", "d_in=4")


@pytest.fixture
def ops(fwtui, monkeypatch):
    """Runs `fwtui ops BACKEND …` on a small net, in a wide terminal."""
    monkeypatch.setenv("COLUMNS", "160")

    def run(*words: str, backend: str = "scripted.ok", steps: int = 4):
        return fwtui("ops", backend, *SMALL, "--steps", str(steps), *words)

    return run


def lines(ran):
    return [line.rstrip() for line in ran.out.splitlines()]


def test_a_log_by_phase_and_all_of_it_as_json(ops, tmp_path):
    path = tmp_path / "ops.json"
    ran = ops("--json", str(path))
    assert ran.code == 0, ran.err
    assert "scripted.ok   Scripted 1.2.3   cpu   step 4   from a script" in lines(ran)
    assert any(line.startswith("4 ops   in ops 32 µs while logged   a steady step ") for line in lines(ran))
    shown = [line for line in lines(ran) if "MatMul" in line or line in ("forward", "backward", "update")]
    assert shown[0] == "forward"
    assert shown[1].split()[:5] == ["0", "MatMul", "→", "2×2", "8"]
    assert shown[2] == "backward"
    assert "step.py:3" in shown[3]
    assert shown[3].endswith("4 ± 0        ≤ 4")
    told = json.loads(path.read_text("utf-8"))
    assert problems(told, SCHEMA) == []
    (lane,) = told["lanes"]
    assert (lane["backend"], lane["log"]["step"], lane["parameters"]) == ("scripted.ok", 4, 56)
    assert [op["op"] for op in lane["log"]["ops"]] == ["MatMul", "Sum", "MatMul", "Sub"]
    assert lane["log"]["ops"][2]["inputs"][0]["origin"] == "batch x"
    assert lane["log"]["ops"][2]["results"] == [{"name": "gradient w1", "output": 0}]
    assert lane["log"]["totals"][0] == {
        **{"op": "MatMul", "count": 2, "host_ns": 16_000, "share": 0.5, "nbytes": 64}
    }
    assert (lane["log"]["busy_ns"], told["matches"]) == (32_000, None)


def test_totals_a_timeline_and_one_phase(ops):
    totals = lines(ops("--as", "totals"))
    assert [line.split() for line in totals if "MatMul" in line] == [
        ["MatMul", "2", "16", "µs", "50.0", "%", "64", "B"]
    ]
    drawn = [line for line in lines(ops("--as", "timeline", "--phase", "forward")) if "█" in line]
    assert [line.split()[0] for line in drawn] == ["MatMul", "Sum"]
    assert drawn[0].index("█") < drawn[0].rindex("█") < drawn[1].index("█")


def test_two_logs_beside_each_other(ops, tmp_path):
    path = tmp_path / "ops.json"
    ran = ops("--match", "scripted.other", "--json", str(path))
    assert ran.code == 0, ran.err
    matched = [line.split() for line in lines(ran) if "MatMul" in line]
    assert [(line[0], line[5], line[6]) for line in matched] == [("0", "=", "0"), ("2", "=", "2")]
    assert "scripted.ok: 4 of 4 ops that compute something have a counterpart" in lines(ran)
    told = json.loads(path.read_text("utf-8"))
    assert problems(told, SCHEMA) == []
    assert [lane["backend"] for lane in told["lanes"]] == ["scripted.ok", "scripted.other"]
    assert [(one["canonical"], one["left"], one["right"]) for one in told["matches"]] == [
        ("matrix product", [0], [0]),
        ("sum", [1], [1]),
        ("matrix product", [2], [2]),
        ("subtract", [3], [3]),
    ]


def test_counterparts_that_give_other_values_are_told_apart():
    left, right = (logged(name) for name in ("torch.eager", "tf.eager"))
    ops = list(right.ops)
    ops[4] = replace(ops[4], fingerprints=(TensorStats(1.0, 2.0, 3.0),))
    out = StringIO()
    console = Console(width=100, file=out)
    wrong = replace(right, log=replace(right.log, ops=tuple(ops)))
    console.print(ops_match.table([left, wrong], ("torch.eager", "tf.eager"), None, 100))
    shown = out.getvalue()
    assert [line.split()[:2] for line in shown.splitlines() if " ≠ " in line] == [["3", "aten.mm"]]
    *_, values, first, hint = shown.splitlines()
    assert values == "13 pairs give the same values (=)"
    assert first.startswith("1 pair gives other values, beyond rounding (≠), first 3 aten.mm and 4 MatMul")
    assert hint.endswith("--steps 0 compares from the same ones")


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("tf.function", "torch.eager"), "tf.function tells no values of its kernels"),
        (("tf.function", "tf.function"), "tf.function and tf.function tell no values of their kernels"),
    ],
)
def test_what_is_not_compared_is_said_and_why(names, why):
    out = StringIO()
    console = Console(width=120, file=out)
    console.print(ops_match.table([logged(name) for name in names], names, None, 120))
    shown = out.getvalue()
    assert " = " not in shown
    assert " ─ " in shown
    assert f"not compared (─ ┴): {why}" in shown


def test_a_trace_is_alone_on_standard_output(ops):
    ran = ops("--as", "chrome-trace", "--match", "scripted.other")
    events = json.loads(ran.out)["traceEvents"]
    assert {event["args"]["name"] for event in events if event["name"] == "process_name"} == {
        *("1 scripted.ok", "2 scripted.other")
    }
    ran_ops = [event for event in events if event["ph"] == "X" and event["pid"] == 1]
    assert [(event["name"], event["cat"], event["ts"], event["dur"]) for event in ran_ops] == [
        ("MatMul", "forward", 0.0, 8.0),
        ("Sum", "forward", 10.0, 8.0),
        ("MatMul", "backward", 20.0, 8.0),
        ("Sub", "update", 30.0, 8.0),
    ]


def test_until_the_first_nan(ops):
    found = ops("--until-nan", backend="scripted.nan", steps=40)
    assert found.code == 1
    assert "scripted.nan, step 20: the first NaN is from op 0 MatMul, step.py:1" in found.err
    assert any("1 NaN" in line for line in lines(found))
    none = ops("--until-nan")
    assert (none.code, none.err) == (0, "scripted.ok: no op gave a NaN in 4 steps\n")


def test_a_backend_that_cannot_tell_is_1_and_says_why(ops):
    ran = ops("--json", backend="scripted.noisy")
    assert ran.code == 1
    told = json.loads(ran.out)
    assert problems(told, SCHEMA) == []
    (lane,) = told["lanes"]
    assert (lane["outcome"], lane["log"]) == ("done", None)
    assert "a script has no ops" in lane["not_logged"]
    shown = ops(backend="scripted.noisy")
    assert "scripted.noisy: not logged: " in shown.err


def test_a_lane_that_fails_is_1_and_says_why(ops):
    ran = ops("--json", backend="scripted.raise", steps=30)
    assert ran.code == 1
    assert "the script says no" in ran.err
    assert problems(json.loads(ran.out), SCHEMA) == []


BAD = {
    "no backend": ((), "BACKEND: got ''", "torch.eager, torch.compile"),
    "an unknown backend to match": (("scripted.ok", "--match", "jax"), "--match: got 'jax'", "tf.eager"),
    "an unknown format": (("scripted.ok", "--as", "svg"), "--as: got 'svg'", "log, totals, timeline"),
    "an unknown phase": (("scripted.ok", "--phase", "p\x07"), "--phase: got 'p\\x07'", "forward, backward"),
    "no step": (("scripted.ok", "--steps", "0", "--until-nan"), "--steps: got '0'", "a whole number from 1"),
    "less than no step": (("scripted.ok", "--steps", "-1"), "--steps: got '-1'", "a whole number from 1"),
    "an option of a race": (("scripted.ok", "--lanes", "tf.eager"), "--lanes: no such option", "--help"),
}


@pytest.mark.parametrize(("words", "names", "accepts"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line(fwtui, words, names, accepts):
    ran = fwtui("ops", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert names in ran.err
    assert accepts in ran.err
