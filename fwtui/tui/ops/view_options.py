"""Options of the ops views, and the row above the ops that shows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from textual.content import Content

from fwtui.core.oplog import OP_PHASES, LoggedOp, OpPhase
from fwtui.core.text import plain
from fwtui.format.ops import output, source
from fwtui.ops.rows import ORDERS, Order
from fwtui.ops.vocabulary import canonical
from fwtui.tui.common.line import Sides

ViewName = Literal["log", "totals", "timeline"]
VIEWS: tuple[ViewName, ...] = ("log", "totals", "timeline")
_TITLES: dict[ViewName, str] = {"log": "log", "totals": "totals by op", "timeline": "timeline"}
_ORDERS: dict[Order, str] = {
    "running": "by phase, counterparts in a row",
    "time": "the longest first",
    "bytes": "the most bytes first",
    "op": "by name",
}


@dataclass(slots=True)
class ViewOptions:
    """The view, order, phase and search of the ops screen.

    Attributes:
        phase: the only phase that is shown; None: all.
        term: what is searched for; "" for nothing.
    """

    view: ViewName = "log"
    order: Order = "running"
    phase: OpPhase | None = None
    term: str = ""

    def next_view(self) -> None:
        """Log, totals, timeline, and again the log."""
        self.view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]

    def next_order(self) -> None:
        """By another column; totals have no order of running."""
        orders = [order for order in ORDERS if self.view != "totals" or order != "running"]
        self.order = orders[(orders.index(self.shown_order) + 1) % len(orders)]

    def next_phase(self) -> None:
        """All phases, then each alone."""
        phases = (None, *OP_PHASES)
        self.phase = phases[(phases.index(self.phase) + 1) % len(phases)]

    @property
    def shown_order(self) -> Order:
        """The order that is shown."""
        return "time" if self.view == "totals" and self.order == "running" else self.order

    def less(self) -> bool:
        """Takes away the search, or else the filter, the order, the view; whether there was any."""
        if self.term:
            self.term = ""
        elif self.phase is not None:
            self.phase = None
        elif self.order != "running":
            self.order = "running"
        elif self.view != "log":
            self.view = "log"
        else:
            return False
        return True

    def finds(self, op: LoggedOp) -> bool:
        """Whether the term is in what is to be seen of an op, or in what the op does."""
        words = " ".join(canonical.canonical(op.op) or ())
        said = f"{op.op} {words} {op.name} {output(op)} {op.scope} {source(op)} {op.phase or ''}"
        return self.term.lower() in said.lower()


def following(live: bool, watching: bool, rate: int | None, lanes: int, halted: Mapping[int, str]) -> Content:
    """Which logs are shown, and how often the lanes log.

    Args:
        lanes: how many are shown, and which of them are `halted`, and why.
    """
    often = "about one a second" if rate is None else f"one step in {rate:,}" if rate > 1 else "every step"
    if watching:
        return Content.assemble(
            ("◌ ", "$warning"), "logs every step until the first NaN", ("   u stops", "$dim")
        )
    if live and len(halted) == lanes:
        why = ", ".join(f"{index + 1} {word}" for index, word in halted.items())
        return Content.assemble(("‖ ", "$warning"), "no new logs", (f"   {why}", "$dim"))
    if live:
        return Content.assemble(("● ", "$success"), "follows live", (f"  {often}", "$dim"))
    logged = "" if rate is None else f"  {often} is logged"
    return Content.assemble(("‖ ", "$warning"), "frozen", (logged, "$dim"), ("   z follows", "$dim"))


def state(
    showing: ViewOptions, found: Collection[int], place: int | None, shown: Content, remark: Content
) -> tuple[Sides, ...]:
    """The row, in as many words as there is room for.

    Args:
        found: what the search has found, and `place`, which of it is at the cursor, from 0.
        shown: which logs are shown.
        remark: what else is to be said; it comes first.
    """
    title = Content.assemble((_TITLES[showing.view], "bold"))
    order = Content.assemble((f"   {_ORDERS[showing.shown_order]}", "$dim"))
    phase = (
        Content.assemble("   only ", (showing.phase, f"bold $phase-{showing.phase}")) if showing.phase else ""
    )
    search: str | Content = ""
    if showing.term:
        many = f"{len(found):,}" if found else "not found"
        count = many if place is None else f"{place + 1:,} of {many}"
        search = Content.assemble(("   / ", "$dim"), (plain(showing.term), "bold"), f" {count}")
    parts: Sequence[str | Content] = (title, order, phase, search)
    said = Content.assemble(remark, "   " if remark.plain else "", *parts)
    short = Content.assemble(remark, "   " if remark.plain else "", title, phase, search)
    return (said, shown), (short, shown), (short, Content(""))
