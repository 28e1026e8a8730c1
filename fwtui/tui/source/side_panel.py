"""One lane's half of the source screen: its state, its source, and details at the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content

from fwtui.tui.common.lane_side import LaneSide
from fwtui.tui.common.line import Line, Sides
from fwtui.tui.common.page_lines import PageLines
from fwtui.tui.source.page import SourcePage

_STYLES = (
    *("number", "code", "comment", "string", "value", "keyword", "function"),
    *("heading", "rule", "when", "live", "bar"),
)


class SourceLines(PageLines):
    """Lines of code."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"page--{name}" for name in _STYLES}


@dataclass(frozen=True, slots=True, eq=False)
class SourceView:
    """Everything that a side shows.

    Attributes:
        title: the lane, and `colour`, one of `COLOURS`.
        active: whether keys act here.
        status: the lane's state and its logged ops, the widest variant first.
        page: its source, with the cursor's row and those of counterparts.
        details: what is at the cursor, or across from it.
    """

    title: Content
    colour: str
    active: bool
    status: Sequence[Sides]
    page: SourcePage
    cursor: int | None
    counterparts: Sequence[int]
    details: Content


class SourceSide(LaneSide):
    """Shows a `SourceView`."""

    def __init__(self, *, id: str) -> None:
        super().__init__(SourceLines(), id=id)
        self._status, self._head = Line(classes="source--status"), Line(classes="source--head")

    def compose(self) -> ComposeResult:
        yield self._status
        yield self._head
        yield self.lines
        yield self._details

    def show(self, view: SourceView) -> None:
        """Show a new view."""
        self.show_lane(view.title, view.colour, view.active, view.details)
        self._status.show(*view.status)
        line, costs = view.page.head()
        # One cell to the right is the scroll bar's.
        self._head.show((Content.styled(line, "$dim"), Content.styled(f"{costs} ", "$dim")))
        self.lines.show(view.page, view.cursor, view.counterparts)
