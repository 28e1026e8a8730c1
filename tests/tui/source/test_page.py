"""Source as lines."""

from __future__ import annotations

from pathlib import Path

from fwtui.tui.source.costs import Costs
from fwtui.tui.source.page import SourcePage, bar
from fwtui.tui.source.sections import Running, Section


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
