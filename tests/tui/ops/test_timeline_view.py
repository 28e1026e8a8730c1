"""Bars from begin to end, and the scale above them."""

import pytest

from fwtui.core.oplog import LoggedOp, OpLog
from fwtui.core.records import OpsLogged
from fwtui.ops.align.log_pair import pair
from fwtui.ops.rows import arrange
from fwtui.tui.ops.lines import RenderContext
from fwtui.tui.ops.timeline_view import TimelineView, axis


def late():
    """A call, and two kernels of it, each 0.5 ms long, that begin 10 ms later."""
    call = LoggedOp(0, None, "session.run", (), (), None, started_ns=0, host_ns=11_000_000)
    kernels = [
        LoggedOp(
            number, "forward", "MatMul", (), (), None, within=0, host_ns=500_000, started_ns=9_500_000 + at
        )
        for number, at in ((1, 500_000), (2, 1_000_000))
    ]
    return OpsLogged(1, OpLog((call, *kernels), "", None))


@pytest.mark.parametrize("width", [160, 111])
def test_the_axis_is_the_ops_and_its_end_is_told(width):
    pairing = pair((late(), None))
    view = TimelineView(
        RenderContext(pairing, arrange(pairing), (0,), None, frozenset()), axis(pairing, None)
    )
    head = "".join(span.text for span in view.head(width)).rstrip()
    assert head.endswith("1.1 ms╷")
    assert "0 " in head
    lines = ["".join(span.text for span in view.line(index, width)) for index in range(len(view))]
    assert len(head) == max(len(line) for line in lines)
    bars = [line.count("█") for line in lines if "MatMul" in line]
    assert min(bars) > 0.4 * len(head.partition("0 ")[2])
