"""What a lane's process printed: its frameworks' start-up lines, warnings, tracebacks."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import RichLog, Static

from fwtui.format import numbers
from fwtui.measure.history import LOG_LINES
from fwtui.tui.common.lane import Lane
from fwtui.tui.dialogs.dialog import Dialog

_REFRESH_S = 0.5
_MOST_AT_ONCE = 1_000
"""Number of lines that are written in one go; more would block the screen, and cannot be read so fast."""


class LogScreen(Dialog[None]):
    """Follows one lane's log.

    Args:
        lane: whose.
        shared: whether it is that of the whole process, which every lane prints into.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,l", "dismiss(None)", "Back"),
        Binding("home", "scroll_log(False)", show=False),
        Binding("end", "scroll_log(True)", show=False),
    ]

    def __init__(self, lane: Lane, shared: bool = False) -> None:
        super().__init__()
        self._lane, self._shared = lane, shared
        self._written = 0

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -tall"):
            yield Static(classes="dialog--title")
            yield RichLog(max_lines=LOG_LINES, min_width=0, wrap=True, markup=False, highlight=False)
            yield Static(
                Content.assemble(
                    "↑ ↓", (" scroll   ", "$dim"), "end", (" follow   ", "$dim"), "esc", (" back", "$dim")
                ),
                classes="dialog--keys",
            )

    def on_mount(self) -> None:
        """Shows what there is, and looks for more now and then."""
        self.query_one(RichLog).focus()
        self._follow()
        self.set_interval(_REFRESH_S, self._follow)

    def action_scroll_log(self, end: bool) -> None:
        """To the first or the last line."""
        log = self.query_one(RichLog)
        (log.scroll_end if end else log.scroll_home)(animate=False)

    def _follow(self) -> None:
        history = self._lane.history
        log = self.query_one(RichLog)
        unseen = history.log_lines - self._written
        new = min(unseen, len(history.log), _MOST_AT_ONCE)
        if new or not self._written:
            printed = numbers.plural(history.log_lines, "line")
            lane = f"Lane {self._lane.run.lane + 1} · {self._lane.spec.backend}"
            title = f"{'All lanes, in one process,' if self._shared else lane} printed {printed}"
            self.query_one(".dialog--title", Static).update(Content.assemble((title, "bold")))
        if new:
            follow = log.is_vertical_scroll_end
            if unseen > new:
                log.write(f"… {numbers.plural(unseen - new, 'line')} left out …", scroll_end=follow)
            for line in list(history.log)[-new:]:
                log.write(line, scroll_end=follow)
            self._written = history.log_lines
