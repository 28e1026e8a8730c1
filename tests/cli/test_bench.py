"""`fwtui bench`: the table, the JSON whose names are a contract, exit codes."""

from __future__ import annotations

import json

import pytest

from fwtui.core.processor_use import ProcessorUse
from fwtui.system.processor import ProcessorMeter

pytestmark = pytest.mark.usefixtures("scripted_backends")

LANE_NAMES = {
    *("backend", "framework_version", "device", "dtype", "outcome", "steps", "losses"),
    *("weights_sha256", "data_sha256", "import_ns", "build_ns", "first_step_ns", "compilations"),
    *("step_ns", "memory", "op_logs"),
}
VERDICT_NAMES = {
    *("same", "max_relative_gap", "first_divergence"),
    *("faster", "ratio", "ratio_low", "ratio_high", "contended"),
}


def strictly(text: str):
    """The JSON in `text`; fails on NaN and infinities, which are none."""

    def refuse(constant: str):
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_json_has_the_names_of_the_contract(fwtui):
    ran = fwtui("bench", "--lanes", "scripted.ok,scripted.other", "--steps", "120", "--json", "-")
    assert ran.code == 0
    assert ran.err == ""
    report = strictly(ran.out)
    assert report["fwtui"] == "0.1.0"
    assert {"platform", "processor", "cores", "memory_bytes"} <= set(report["machine"])
    assert report["workload"]["name"] == "two-layer"
    assert (report["schedule"], report["host"]) == ("turns", "process")
    for lane in report["lanes"]:
        assert set(lane) >= LANE_NAMES
        assert lane["outcome"] == "done"
        assert lane["steps"] == len(lane["losses"]) == 120
        assert set(lane["step_ns"]) == {"p50", "p95", "p99", "mean", "min"}
        assert min(lane["step_ns"].values()) > 0
        assert {"rss_peak_bytes", "device_peak_bytes"} <= set(lane["memory"])
    ok, other = report["lanes"]
    assert ok["losses"][0] == 1000
    assert other["compilations"] == 1
    assert ok["weights_sha256"] == other["weights_sha256"]
    verdict = report["verdict"]
    assert set(verdict) >= VERDICT_NAMES
    assert verdict["same"] is True
    assert verdict["max_relative_gap"] == pytest.approx(1e-6, rel=1e-3)
    assert verdict["compared_steps"] == 120
    assert verdict["contended"] is False


def test_ops_are_logged_at_a_rate_and_counted(fwtui):
    lanes = ("--lanes", "scripted.ok,scripted.lost", "--steps", "40")
    ran = fwtui("bench", *lanes, "--log-every", "10", "--json", "-")
    assert ran.code == 0
    logged, cannot = (lane["op_logs"] for lane in strictly(ran.out)["lanes"])
    assert logged["count"] * 4 + logged["left_out"] == 3 * 4
    assert logged["not_logged"] is None
    assert cannot == {"count": 0, "left_out": 0, "not_logged": "not possible: a script has no ops"}


@pytest.mark.parametrize("mode", ["nan", "inf"])
def test_a_diverged_lane(fwtui, mode):
    ran = fwtui("bench", "--lanes", f"scripted.ok,scripted.{mode}", "--steps", "60", "--json", "-")
    assert ran.code == 1
    report = strictly(ran.out)
    ok, diverged = report["lanes"]
    assert (ok["outcome"], diverged["outcome"]) == ("done", "diverged")
    assert diverged["losses"][20] is None
    assert diverged["reason"] == f"diverged at step 20: the loss is {mode}"
    assert report["verdict"]["same"] is False
    assert report["verdict"]["first_divergence"] == 20
    assert report["verdict"]["max_relative_gap"] is None
    assert f"lane 2 scripted.{mode} diverged" in ran.err


def test_a_failed_lane(fwtui, tmp_path):
    path = tmp_path / "run.json"
    path.write_text("what was there before, and longer than what comes" * 1000)
    ran = fwtui("bench", "--lanes", "scripted.ok,missing.ok,scripted.raise", "--json", str(path))
    assert ran.code == 1
    report = strictly(path.read_text())
    assert [lane["outcome"] for lane in report["lanes"]] == ["done", "failed", "failed"]
    missing, raised = report["lanes"][1:]
    assert missing["framework_version"] is missing["compilations"] is missing["step_ns"]["p50"] is None
    assert missing["reason"] == "Missing is not installed"
    assert raised["steps"] == 20
    assert any("the script says no" in line for line in raised["log"])
    # The table is shown too, and failures are told apart from it.
    assert "1 scripted.ok" in ran.out
    assert "lane 2 missing.ok failed: Missing is not installed (pip install missing_framework)" in ran.err
    assert "lane 3 scripted.raise failed: RuntimeError: the script says no" in ran.err
    assert "r starts it again" not in ran.err


def test_the_table(fwtui):
    ran = fwtui("bench", "--lanes", "scripted.ok,scripted.slow", "--steps", "80")
    assert ran.code == 0
    rows = {line[:18].strip(): line[18:].split() for line in ran.out.splitlines()}
    assert rows["framework"] == ["Scripted", "1.2.3", "Scripted", "1.2.3"]
    assert rows["outcome"] == ["done", "done"]
    assert rows["steps"] == ["80", "80"]
    assert rows["held-out accuracy"] == ["n/a", "n/a"]
    assert rows["compilations"] == ["0", "0"]
    assert "same answer?  yes: largest relative gap 0 at step 0 (over 80 steps" in ran.out
    assert "faster?       1 scripted.ok: " in ran.out
    assert all(line == line.rstrip() for line in ran.out.splitlines())


def test_beside_others_the_ratio_is_withheld(fwtui, monkeypatch):
    monkeypatch.setattr(ProcessorMeter, "use", lambda meter: ProcessorUse(1.0, 0.3, 0.7))
    ran = fwtui("bench", "--lanes", "scripted.ok,scripted.slow", "--steps", "80")
    assert "faster?       n/a: the machine was busy: others used 70 % of the cores" in ran.out
    assert ran.code == 0


def test_what_cannot_be_judged_says_why(fwtui):
    alone = fwtui("bench", "--lanes", "scripted.ok", "--steps", "5").out
    assert alone.count("n/a: one lane has nothing to be compared with") == 2
    short = fwtui("bench", "--lanes", "scripted.ok,scripted.ok", "--steps", "5").out
    assert "faster?       n/a: a lane has fewer than 40 steady steps (4, 4)" in short
    none = fwtui("bench", "--lanes", "scripted.ok,missing.ok", "--steps", "5").out
    assert "same answer?  n/a: fewer than two lanes have taken a step" in none


def test_labels_and_own_settings(fwtui):
    ran = fwtui(
        *("bench", "--schedule", "race", "--pace", "500", "--steps", "100", "--workload", "digits-mlp"),
        *("--lane", "scripted.ok threads=1 lr=0.25", "--lane", "scripted.slow threads=2"),
    )
    text = " ".join(ran.out.split())
    assert "contended: the lanes ran at the same time" in text
    assert "paced: caches and threads went cold" in text
    assert "they differ in  lr: 0.25, 0.1" in ran.out
    assert "they differ in  threads: 1, 2" in ran.out
    rows = {line[:18].strip(): line[18:].split() for line in ran.out.splitlines()}
    assert rows["held-out accuracy"] == ["1.0000", "1.0000"]


def test_thread_host_keeps_what_a_lane_prints_out_of_the_answer(fwtui):
    ran = fwtui("bench", "--host", "thread", "--lanes", "scripted.noisy", "--steps", "30", "--json")
    assert ran.code == 0
    (lane,) = strictly(ran.out)["lanes"]
    assert lane["memory"]["rss_shared"] is True
    assert "line 29" in ran.err
