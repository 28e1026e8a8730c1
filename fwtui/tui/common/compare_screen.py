"""Base class of the graph, ops and source screens: two lanes side by side and a shared selection."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.worker import Worker

from fwtui.backends import catalogue as backends
from fwtui.tui.common.analysis import AnalysisContext, failure
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.prompt import Prompt
from fwtui.tui.common.race_screen import NARROW_COLUMNS, RaceScreen
from fwtui.tui.common.selection import Place, ScreenName, Selection

_BACK = Binding("backspace", "app.go_back", "back", tooltip="where the last jump came from", id="back")
_MATCH = "match"


class CompareScreen(RaceScreen):
    """Show two lanes side by side, with a selection in one of them.

    The text given to `_say` is kept in `_said` until the next key, for the screen to show.

    Attributes:
        NAME: what the screen is called in jumps.
        HINT: what can be searched for.
    """

    COMMON: ClassVar[tuple[Binding, ...]] = (_BACK, *RaceScreen.COMMON)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next_lane(1)", "lane", tooltip="the next lane"),
        _BACK,
        Binding("n", "find(1)", show=False, tooltip="the next that was searched for", id="next-found"),
        Binding("N", "find(-1)", show=False, tooltip="the one before", key_display="N", id="previous-found"),
        Binding("up,k", "move(-1)", show=False, tooltip="a row up"),
        Binding("down,j", "move(1)", show=False, tooltip="a row down"),
        Binding("pageup", "page(-1)", show=False, tooltip="a page up"),
        Binding("pagedown", "page(1)", show=False, tooltip="a page down"),
        Binding("home", "to_end(False)", show=False, tooltip="the first row"),
        Binding("end", "to_end(True)", show=False, tooltip="the last row"),
    ]
    AUTO_FOCUS: ClassVar[str | None] = ""  # a line to type in is there only when it is asked for
    NAME: ClassVar[ScreenName]
    HINT: ClassVar[str]

    def __init__(self, model: RaceModel, selection: Selection) -> None:
        super().__init__(model)
        self._selection = selection
        self.analysis = AnalysisContext(self._run_in_background, model.log_error)
        self._said = ""
        self._reported = ""
        self._prompt = Prompt(self.HINT, self.typed, self.entered, id=f"{self.NAME}-prompt")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable `ask` while the prompt is open."""
        return action != "ask" or not self._prompt.display

    def look(self, statistics: bool = True) -> None:
        """Show the present state of the race. An error in that is reported; app and lanes go on."""
        if self.is_mounted:
            try:
                self.refresh_view(statistics)
            except Exception as error:
                self._report(error)

    def refresh_view(self, statistics: bool) -> None:
        """Show the present state of the race.

        Args:
            statistics: whether to compute again what costs more than the rest.
        """
        raise NotImplementedError

    async def press(self, event: events.Key) -> bool:
        """Insert a character into the prompt, if there is one; otherwise run the key's action.

        An error in that is reported as one of `look` is.
        """
        self._said = ""
        try:
            if self._prompt.display and event.character is not None and event.is_printable:
                self._prompt.insert(event.character)
                return True
            return await super().press(event)
        except Exception as error:
            self._report(error)
            return True

    def _report(self, error: Exception) -> None:
        """Log an error once, and show one line of it."""
        text = failure(f"the {self.NAME} screen", error)
        if text != self._reported:
            self._reported = text
            self._model.log_error(error)
            self.notify(text, severity="error", markup=False)

    def typed(self, text: str) -> None:
        """Show the effect of the words in the prompt so far."""
        raise NotImplementedError

    def entered(self) -> None:
        """Keep the effect of the words in the prompt."""
        raise NotImplementedError

    def lay_out(self, width: int, height: int) -> None:
        """Do nothing: `look` chooses the sides that fit."""

    @property
    def lane_index(self) -> int:
        """The lane that keys act on: that of what is selected."""
        return min(self._selection.place.lane, len(self._model.lanes) - 1)

    def focus_lane(self, index: int) -> None:
        """Make keys act on this lane; keep the selection if it is in it."""
        if index != self._selection.place.lane:
            self._selection.place = Place(index)
        self.look()

    @property
    def sides(self) -> tuple[int, ...]:
        """The lanes side by side: that which keys act on, and another; one where there is no other."""
        frameworks = [backends.entry(lane.spec.backend).framework.key for lane in self._model.lanes]
        return self._selection.sides(self.lane_index, frameworks)

    def go_to(self, place: Place) -> None:
        """Jump to another place on this screen, so that one key leads back."""
        self._selection.jumped(self.NAME)
        self._selection.place = place
        self.look()

    def _stay(self, before: Place) -> None:
        """Stay at what a search has found since `before`, to which one key leads back."""
        if self._selection.place != before:
            self._selection.jumped(self.NAME, before)

    @property
    def _narrow(self) -> bool:
        """Whether there is room for one side only."""
        return self.size.width < NARROW_COLUMNS

    def _say(self, text: str) -> None:
        """Show a key's result as text until the next key."""
        self._said = text
        self.look()

    def _run_in_background(self, work: Callable[[], None]) -> None:
        self.run_worker(work, name=_MATCH, group=_MATCH, thread=True)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what was computed in the background."""
        if event.worker.group == _MATCH and event.worker.is_finished:
            self.look()
