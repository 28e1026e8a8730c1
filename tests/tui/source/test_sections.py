"""What source a lane's step is made of, found without a framework, and when it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from fwtui.core.spec import OPTIMIZERS
from fwtui.race.plan import plan
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.tui.source.sections import LaneSource, Running, Section
from fwtui.workloads.catalogue import names
from tests.backends.own import BACKENDS


def spec(backend, **settings):
    return plan(RaceRequest((LaneRequest(backend),), device="cpu", **settings)).lanes[0]


@pytest.mark.parametrize("backend", [name for name, entry in BACKENDS.items() if entry.source])
def test_every_function_that_the_catalogue_names_is_there(backend):
    for optimizer in OPTIMIZERS:
        source = LaneSource(spec(backend, optimizer=optimizer))
        sections = source.sections()
        assert [section.problem for section in sections] == [""] * len(sections)
        found = {piece.name for section in sections for piece in section.pieces}
        for part in BACKENDS[backend].source:
            assert not part.call or source.call is not None
            if not part.optimizers or optimizer in part.optimizers:
                assert {name.replace("{optimizer}", optimizer) for name in part.names} <= found


@pytest.mark.parametrize("workload", names())
def test_every_net_is_there(workload):
    for backend in ("tf.eager", "torch.eager"):
        net = LaneSource(spec(backend, workload=workload)).sections()[0]
        assert "loss" in [piece.name for piece in net.pieces]
        assert "each iteration" in net.when


def test_a_line_that_nothing_lists_brings_its_function(net):
    source = LaneSource(spec("torch.eager"))
    before = source.sections()
    extra = source.sections([(str(net), 9), (str(net), 2), ("/no/such/file.py", 3)])[len(before) :]
    assert [[piece.name for piece in section.pieces] for section in extra] == [["Block.run"]]
    assert source.sections([(str(before[0].path), before[0].pieces[0].first)]) == before


def test_what_runs_now_is_marked():
    once = Section(Path("net.py"), "net.py", "trace: once a signature", ("trace",), ())
    each = Section(Path("step.py"), "step.py", "run: each iteration", ("warm-up", "steady"), ())
    assert Running((once,)).describe(once) == "▶ trace: once a signature"
    steady = Running((each,), compiled=3)
    assert (steady.describe(once), steady.describe(each)) == (
        "  trace: once a signature, 3 so far",
        "▶ run: each iteration",
    )
    assert Running((each,), paused=True).describe(each) == "‖ run: each iteration"
