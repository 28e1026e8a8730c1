"""The Python API: without a terminal, in a running event loop and in any thread."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from typing import assert_type

import pytest
from rich.console import Console

import fwtui
from fwtui.api import GraphResult, OpsResult, ParityResult, RaceResult
from fwtui.api.html import as_html
from fwtui.race.race import Race

pytestmark = pytest.mark.usefixtures("scripted_backends")
BOTH = ("scripted.ok", "scripted.other")


def text(result) -> str:
    console = Console(width=140, record=True, file=None)
    with console.capture() as captured:
        console.print(result)
    return captured.get()


def test_names_that_are_packages_too_are_the_functions():
    from fwtui.ops import totals
    from fwtui.parity import check
    from fwtui.race import plan

    assert {type(one).__name__ for one in (totals, check, plan)} == {"module"}
    for name in ("race", "parity", "ops", "graph"):
        assert callable(getattr(fwtui, name))
        assert name in dir(fwtui)


def test_a_race():
    result = assert_type(fwtui.race(BOTH, steps=60, seed=3), RaceResult)
    assert result.same is True
    assert result.outcomes == ("done", "done")
    assert [lane["steps"] for lane in result.to_dict()["lanes"]] == [60, 60]
    json.dumps(result.to_dict(), allow_nan=False)
    assert "same answer?  yes" in text(result)
    html = result._repr_html_()
    assert "<th>1 scripted.ok</th>" in html
    assert "<td>done</td>" in html
    assert "same answer?" in html


def test_parity_that_holds_and_that_does_not():
    assert fwtui.parity(("scripted.ok", "scripted.ok"), steps=20).same is True
    result = assert_type(fwtui.parity(("scripted.ok", "scripted.rough"), steps=20), ParityResult)
    assert result.same is False
    assert result.verdict.startswith("no: ")
    assert result.where
    assert result.to_dict()["verdict"]["same"] is False
    assert "same answer?" in text(result)


def test_a_graph_and_ops():
    graph = assert_type(fwtui.graph("scripted.ok", steps=2), GraphResult)
    assert graph.graphs
    assert graph.to_dict()["graphs"]
    assert "nodes" in text(graph)
    logs = assert_type(fwtui.ops("scripted.ok", match="scripted.other", steps=2), OpsResult)
    assert [log.log.ops != () for log in logs.logs] == [True, True]
    assert len(logs.to_dict()["lanes"]) == 2
    assert text(logs).strip()


async def test_in_a_running_event_loop():
    assert fwtui.parity(("scripted.ok", "scripted.ok"), steps=10).same is True
    assert (await asyncio.to_thread(fwtui.race, BOTH, steps=10)).outcomes == ("done", "done")


def test_in_a_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(fwtui.race(BOTH, steps=10).same))
    thread.start()
    thread.join()
    assert found == [True]


@pytest.mark.parametrize(
    ("call", "option"),
    [
        (lambda: fwtui.race(BOTH, stepz=3), "stepz"),
        (lambda: fwtui.race("torch.eager"), "lanes"),
        (lambda: fwtui.race(("nonsense",)), "lanes"),
        (lambda: fwtui.race(BOTH, steps=0), "steps"),
        (lambda: fwtui.parity(BOTH[:1]), "lanes"),
        (lambda: fwtui.parity(BOTH, tolerance=0), "tolerance"),
        (lambda: fwtui.parity(BOTH, tolerance=1e-9), "tolerance"),
        (lambda: fwtui.graph("nonsense"), "backend"),
        (lambda: fwtui.ops("scripted.ok", match="nonsense"), "backend"),
        (lambda: fwtui.race(BOTH, sizes={"nonsense": 3}), "sizes"),
        (lambda: fwtui.race(BOTH, sizes=[("hidden", 3)]), "sizes"),
        (lambda: fwtui.race([3]), "lanes"),  # type: ignore[list-item]  # what is refused
        (lambda: fwtui.race(None), "lanes"),
        (lambda: fwtui.race("tf.eager"), "lanes"),
        (lambda: fwtui.race([]), "lanes"),
        (lambda: fwtui.race(BOTH, tf32="yes"), "tf32"),
        (lambda: fwtui.parity(BOTH, truth="no"), "truth"),
        (lambda: fwtui.parity(BOTH, tolerance=True), "tolerance"),
        (lambda: fwtui.parity(BOTH, tolerance=[1]), "tolerance"),
        (lambda: fwtui.ops("scripted.ok", steps=-1), "steps"),
        (lambda: fwtui.ops("scripted.ok", steps=None), "steps"),
        (lambda: fwtui.ops("scripted.ok", steps=False), "steps"),
        (lambda: fwtui.race(BOTH, steps=10**5000), "steps"),
        (lambda: fwtui.race(BOTH, workload=True), "workload"),
        (lambda: fwtui.race(BOTH, data=3), "data"),
        (lambda: fwtui.race(BOTH, sizes=0), "sizes"),
    ],
)
def test_bad_input_is_a_spec_error(call, option):
    with pytest.raises(fwtui.SpecError) as error:
        call()
    assert error.value.option.startswith(option)


def test_importing_fwtui_imports_nothing_else():
    code = (
        "import sys, fwtui; print([m for m in ('numpy', 'rich', 'torch', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_html_is_escaped():
    assert as_html("a < b") == "<p>a &lt; b</p>"


def test_a_lane_that_fails_is_told_where_a_graph_or_a_log_was_asked_for():
    for result in (fwtui.graph("missing.ok"), fwtui.ops("missing.ok")):
        said = "lane 1 missing.ok failed"
        assert said in text(result)
        assert said in repr(result)
        assert said in result._repr_html_()


def test_an_interrupt_while_lanes_are_started_leaves_none(monkeypatch):
    start = Race.start

    def interrupted(race):
        start(race)
        raise KeyboardInterrupt

    monkeypatch.setattr(Race, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fwtui.race(BOTH, steps=10**6)  # the fixture of all tests finds a lane that is left
