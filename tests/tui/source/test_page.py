"""Source as lines."""

from __future__ import annotations

from pathlib import Path

from fwtui.core.oplog import LoggedOp, OpLog
from fwtui.core.records import OpsLogged
from fwtui.tui.source.costs import Costs
from fwtui.tui.source.page import SourcePage, bar
from fwtui.tui.source.sections import Running, Section
from fwtui.tui.source.text import Piece


def test_bars():
    assert [bar(share, 4) for share in (None, 0, 0.001, 0.5, 1, 2)] == [
        "    ",
        "    ",
        "▏   ",
        "██  ",
        "████",
        "████",
    ]


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


def test_a_line_that_asked_for_no_op_has_the_room_of_those_that_did():
    code = "metrics = " + " + ".join(["loss"] * 30)
    section = Section(Path("x.py"), "x.py", "", (), (Piece("f", 9, (code, code)),))
    op = LoggedOp(0, "forward", "mm", (), (), ("x.py", 10), host_ns=4_660_000)
    page = SourcePage([section], Costs.of(OpsLogged(1, OpLog((op,), "", None))), Running())
    quiet, asking = ("".join(text for text, _ in page.line(row, 60)) for row in (1, 2))
    assert len(quiet) == len(asking) == 60
    assert quiet == f" 9  {code[:55]}…"
    assert asking.endswith("… 1 4.66 ms ███")
