"""One lane's half of the source screen: how it stands, its source, and what is at the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from fwtui.tui.source.page import SourcePage
from fwtui.tui.widgets.graph_lines import GraphLines
from fwtui.tui.widgets.lane_panel import COLOURS
from fwtui.tui.widgets.line import Line, Sides

_STYLES = (
    *("code", "comment", "string", "value", "keyword", "function"),
    *("heading", "rule", "when", "live", "bar"),
)


class SourceLines(GraphLines):
    """Lines of code."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"graph--{name}" for name in _STYLES}


@dataclass(frozen=True, slots=True, eq=False)
class SourceView:
    """All that a side shows.

    Attributes:
        title: the lane, in words, and `colour`, one of `COLOURS`.
        active: whether keys act here.
        status: how the lane stands and what of it was logged, the widest variant first.
        page: its source, with the cursor's row and those of counterparts.
        details: what is at the cursor, or across from it.
    """

    title: str
    colour: str
    active: bool
    status: Sequence[Sides]
    page: SourcePage
    cursor: int | None
    counterparts: Sequence[int]
    details: Content


class SourceSide(Vertical):
    """Shows a `SourceView`."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.lines = SourceLines()
        self._status, self._head = Line(classes="source--status"), Line(classes="source--head")
        self._details = Static(classes="source--details")
        self._title, self._detailed = "", Content("")

    def compose(self) -> ComposeResult:
        yield self._status
        yield self._head
        yield self.lines
        yield self._details

    def show(self, view: SourceView) -> None:
        """Shows the side as it stands in `view`."""
        for colour in COLOURS:
            self.set_class(colour == view.colour, f"-{colour}")
        self.set_class(view.active, "-active")
        if view.title != self._title:
            self._title = view.title
            self.border_title = Content(view.title)
        self._status.show(*view.status)
        self._head.show((Content.styled(view.page.head(), "$dim"), Content("")))
        self.lines.show(view.page, view.cursor, view.counterparts)
        if not view.details.is_same(self._detailed):
            self._detailed = view.details
            self._details.update(view.details, layout=False)
