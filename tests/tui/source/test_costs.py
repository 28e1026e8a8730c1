"""What each line of source asked for."""

from __future__ import annotations

from fwtui.core.oplog import LoggedOp, OpLog
from fwtui.core.records import OpsLogged
from fwtui.tui.source.costs import Costs
from fwtui.tui.source.details import details
from tests import two_layer_steps


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
    assert (costs.call_ns, costs.work.ns) == (100, 90)
    assert "100 % of the kernels" in details(line, "", costs, None, ()).plain
    assert (costs.share(costs.lines[line]), costs.share(costs.nowhere)) == (1, None)
    assert Costs.of(OpsLogged(7, OpLog(ops, "", None)), ("step.py", 9)).lines["step.py", 9].ns == 10
    unknown = Costs.of(OpsLogged(7, OpLog((LoggedOp(0, None, "mm", (), (), line),), "", None)))
    assert (unknown.lines[line].ns, unknown.share(unknown.lines[line])) == (None, None)
    assert Costs.of(None).lines == {}
