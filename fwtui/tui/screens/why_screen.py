"""What graph, ops and source have in common: two lanes side by side, and a place that all three share."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from fwtui.backends import catalogue as backends
from fwtui.tui.model import RaceModel
from fwtui.tui.screens.race_screen import RaceScreen
from fwtui.tui.selection import Place, ScreenName, Selection

_BACK = Binding("backspace", "app.go_back", "back", tooltip="where the last jump came from")


class WhyScreen(RaceScreen):
    """Shows two lanes beside each other, in one of which something is selected.

    Attributes:
        NAME: what the screen is called in jumps.
    """

    COMMON: ClassVar[tuple[Binding, ...]] = (_BACK, *RaceScreen.COMMON)
    BINDINGS: ClassVar[list[BindingType]] = [_BACK]
    AUTO_FOCUS: ClassVar[str | None] = ""  # a line to type in is there only when it is asked for
    NAME: ClassVar[ScreenName]

    def __init__(self, model: RaceModel, selection: Selection) -> None:
        super().__init__(model)
        self._selection = selection

    @property
    def lane_index(self) -> int:
        """The lane that keys act on: that of what is selected."""
        return min(self._selection.place.lane, len(self._model.lanes) - 1)

    def focus_lane(self, index: int) -> None:
        """Has keys act on this lane from now on; keeps what is selected there."""
        if index != self._selection.place.lane:
            self._selection.place = Place(index)
        self.look()

    @property
    def sides(self) -> tuple[int, ...]:
        """The lanes side by side: that which keys act on, and another; one where there is no other."""
        frameworks = [backends.entry(lane.spec.backend).framework.key for lane in self._model.lanes]
        return self._selection.sides(self.lane_index, frameworks)

    def go_to(self, place: Place) -> None:
        """Jumps to another place on this screen, so that one key leads back."""
        self._selection.jumped(self.NAME)
        self._selection.place = place
        self.look()
