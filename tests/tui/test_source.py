"""What source a lane's step is made of, found without a framework, and what its lines asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from fwtui.backends.catalogue import BACKENDS
from fwtui.race.plan import LaneRequest, RaceRequest, plan
from fwtui.race.records import LoggedOp, OpLog, OpsLogged
from fwtui.race.spec import OPTIMIZERS
from fwtui.tui.source.costs import Costs
from fwtui.tui.source.page import SourcePage, bar
from fwtui.tui.source.sections import LaneSource, Running, Section
from fwtui.tui.source.text import SourceFile, UnreadableError
from fwtui.workloads.catalogue import NAMES
from tests import two_layer_steps

NET = """
import numpy as np

def _scale(x):
    return x * 2

class Block:
    def run(self, x):
        return _scale(x)

    def other(self):
        return Block()

def unused(): ...

def torch_loss():
    def loss(params, batch):
        title = "\x1b[31mred"
\f
        return Block().run(batch["x"])
    return loss
"""


@pytest.fixture
def net(tmp_path):
    path = tmp_path / "my_net.py"
    path.write_text(NET, encoding="utf-8")
    return path


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


@pytest.mark.parametrize("workload", NAMES)
def test_every_net_is_there(workload):
    for backend in ("tf.eager", "torch.eager"):
        net = LaneSource(spec(backend, workload=workload)).sections()[0]
        assert "loss" in [piece.name for piece in net.pieces]
        assert "each iteration" in net.when


def test_a_function_comes_with_what_it_calls_and_real_line_numbers(net):
    pieces = SourceFile.read(net).functions(["torch_loss", "nothing"])
    assert [(piece.name, piece.first) for piece in pieces] == [
        ("_scale", 4),
        ("Block", 7),
        ("torch_loss", 16),
    ]
    loss = pieces[-1]
    assert loss.lines[2] == '        title = "?[31mred"'
    assert (loss.lines[4], loss.first + 4) == ('        return Block().run(batch["x"])', 20)


def test_a_method_stands_alone_without_its_indentation(net):
    (method,) = SourceFile.read(net).functions(["Block.other"])
    assert (method.first, method.lines) == (11, ("def other(self):", "    return Block()"))
    assert SourceFile.read(net).around(9).name == "Block.run"
    assert SourceFile.read(net).around(19).name == "torch_loss"
    assert SourceFile.read(net).around(2) is None


def test_what_cannot_be_read_is_told_in_words(tmp_path, monkeypatch):
    with pytest.raises(UnreadableError, match=r"no_net.py: No such file"):
        SourceFile.read(tmp_path / "no_net.py")
    bad = tmp_path / "bad.py"
    bad.write_text("def loss(:\n")
    with pytest.raises(UnreadableError, match=r"bad.py is no Python: invalid syntax"):
        SourceFile.read(bad)
    bad.write_bytes(b"# coding: nothing\n")
    with pytest.raises(UnreadableError, match=r"bad.py is no Python: unknown encoding"):
        SourceFile.read(bad)
    monkeypatch.setattr("fwtui.tui.source.text.MOST_BYTES", 10)
    with pytest.raises(UnreadableError, match="larger than"):
        SourceFile.read(bad)


def test_a_line_that_nothing_lists_brings_its_function(net):
    source = LaneSource(spec("torch.eager"))
    before = source.sections()
    extra = source.sections([(str(net), 9), (str(net), 2), ("/no/such/file.py", 3)])[len(before) :]
    assert [[piece.name for piece in section.pieces] for section in extra] == [["Block.run"]]
    assert source.sections([(str(before[0].path), before[0].pieces[0].first)]) == before


def test_costs_are_those_of_each_line_alone():
    costs = Costs.of(two_layer_steps.logged("torch.eager"))
    ops = two_layer_steps.logged("torch.eager").ops
    assert sum(len(cost.ops) for cost in costs.lines.values()) + len(costs.nowhere.ops) == len(ops)
    assert costs.total.ns == sum(op.host_ns for op in ops)
    hidden = next(source for source in costs.lines if source[1] == 18)
    assert len(costs.lines[hidden].ops) == 7
    assert [len(costs.phases[hidden, phase].ops) for phase in ("forward", "backward")] == [3, 4]
    assert costs.share(costs.lines[hidden]) == costs.lines[hidden].ns / costs.total.ns


def test_a_call_costs_what_the_kernels_inside_of_it_do_not():
    line = ("net.py", 3)
    ops = (
        LoggedOp(0, None, "call", (), (), None, host_ns=100),
        LoggedOp(1, "forward", "MatMul", (), (), line, host_ns=70, within=0),
        LoggedOp(2, "backward", "MatMul", (), (), line, host_ns=20, within=0),
    )
    costs = Costs.of(OpsLogged(7, OpLog(ops, "", None)))
    assert (costs.total.ns, costs.nowhere.ns, costs.lines[line].ns) == (100, 10, 90)
    assert (costs.share(costs.lines[line]), costs.share(costs.nowhere)) == (1, None)
    assert Costs.of(OpsLogged(7, OpLog(ops, "", None)), ("step.py", 9)).lines["step.py", 9].ns == 10
    unknown = Costs.of(OpsLogged(7, OpLog((LoggedOp(0, None, "mm", (), (), line),), "", None)))
    assert (unknown.lines[line].ns, unknown.share(unknown.lines[line])) == (None, None)
    assert Costs.of(None).lines == {}


def test_bars():
    assert [bar(share, 4) for share in (None, 0, 0.001, 0.5, 1, 2)] == [
        "    ",
        "    ",
        "▏   ",
        "██  ",
        "████",
        "████",
    ]


def test_what_runs_now_is_marked():
    once = Section(Path("net.py"), "net.py", "trace: once a signature", ("trace",), ())
    each = Section(Path("step.py"), "step.py", "run: each iteration", ("warm-up", "steady"), ())
    assert Running((once,)).told(once) == "▶ trace: once a signature"
    steady = Running((each,), compiled=3)
    assert (steady.told(once), steady.told(each)) == (
        "  trace: once a signature, 3 so far",
        "▶ run: each iteration",
    )
    assert Running((each,), paused=True).told(each) == "‖ run: each iteration"


def test_a_page_without_a_line_of_code():
    page = SourcePage(
        [Section(Path("x.py"), "x.py", "", (), (), "x.py: no such file")], Costs.of(None), Running()
    )
    assert (page.first(), page.moved(None, 1), page.found("x"), page.row_of(("x.py", 1))) == (
        None,
        None,
        [],
        None,
    )
    assert "x.py: no such file" in page.line(1, 80)[0][0]
