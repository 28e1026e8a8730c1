"""A lane's own settings as one line of text, checked before it is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from fwtui.core.inputs import SpecError
from fwtui.race.request import LaneRequest, parse_lane
from fwtui.tui.dialogs.dialog import Dialog


class LaneSettings(Dialog[LaneRequest | None]):
    """Returns the lane as it was edited, or None.

    Args:
        title: the dialog's.
        lane: the lane as it is.
        present: each setting as it is now, and what it may be: (name, value, accepted) triples.
        check: raises SpecError where the race refuses the lane.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(
        self,
        title: str,
        lane: LaneRequest,
        present: Sequence[tuple[str, str, str]],
        check: Callable[[LaneRequest], object],
    ) -> None:
        super().__init__()
        self._title, self._lane, self._present, self._check = title, lane, present, check

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content.assemble((self._title, "bold")), classes="dialog--title")
            yield Input(self._lane.text(), placeholder="torch.eager lr=2e-6", select_on_focus=False)
            yield Static(self._settings(), classes="dialog--settings")
            yield Static(classes="dialog--detail -short")
            yield Static(
                Content.assemble("enter", (" restart the lane so   ", "$dim"), "esc", (" back", "$dim")),
                classes="dialog--keys",
            )

    def _settings(self) -> Content:
        """A row for each setting: its name, its present value, and what is accepted."""
        rows = (
            Content.assemble((f"{name:<10}", "bold"), f"{value:<15}", (accepted, "$dim"))
            for name, value, accepted in (("setting", "now", "accepted"), *self._present)
        )
        return Content("\n").join(rows)

    def on_input_changed(self) -> None:
        """Tells at once what would be refused."""
        try:
            self._parse()
        except SpecError as error:
            self._explain(str(error), "$error")
        else:
            self._explain("", "$dim")

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
