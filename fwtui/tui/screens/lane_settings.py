"""A lane's own settings as one line of text, checked before it is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from fwtui.race.plan import LANE_KEYS, LaneRequest, parse_lane
from fwtui.race.spec import SpecError
from fwtui.tui.screens.dialog import Dialog


class LaneSettings(Dialog[LaneRequest | None]):
    """Returns the lane as it was edited, or None.

    Args:
        title: the dialog's.
        lane: the lane as it is.
        check: raises SpecError where the race refuses the lane.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, title: str, lane: LaneRequest, check: Callable[[LaneRequest], object]) -> None:
        super().__init__()
        self._title, self._lane, self._check = title, lane, check

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content.assemble((self._title, "bold")), classes="dialog--title")
            yield Input(self._lane.text(), placeholder="torch.eager lr=2e-6", select_on_focus=False)
            yield Static(classes="dialog--detail")
            yield Static(
                Content.assemble("enter", (" start the lane anew   ", "$dim"), "esc", (" back", "$dim")),
                classes="dialog--keys",
            )

    def on_mount(self) -> None:
        """Says what can be set."""
        self._explain(f"BACKEND, then any of: {', '.join(f'{key}=…' for key in LANE_KEYS)}", "$dim")

    def on_input_changed(self) -> None:
        """Tells at once what would be refused."""
        try:
            self._parse()
        except SpecError as error:
            self._explain(str(error), "$error")
        else:
            self._explain(f"BACKEND, then any of: {', '.join(f'{key}=…' for key in LANE_KEYS)}", "$dim")

    def on_input_submitted(self) -> None:
        """Takes the line, if it makes sense; once, for a second Enter may already be on its way."""
        if not self.is_current:
            return
        try:
            self.dismiss(self._parse())
        except SpecError as error:
            self._explain(str(error), "$error")

    def _parse(self) -> LaneRequest:
        lane = parse_lane(self.query_one(Input).value, "lane")
        self._check(lane)
        return lane

    def _explain(self, text: str, style: str) -> None:
        self.query_one(".dialog--detail", Static).update(Content.assemble((text, style)))
