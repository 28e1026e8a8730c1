"""The footer: as many keys as there is room for, never one that is cut."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_AROUND, _AROUND_COMPACT = 3, 2
"""Cells that a key takes besides its name and its description."""


class KeyFooter(Footer):
    """Shows the keys in the order of their worth; where the window ends, the least of them give way.

    Args:
        first: keys that come first and always stay.
        common: keys that every screen has, the most useful first; they give way before a screen's own.
        last: keys that come last and always stay.
    """

    def __init__(self, first: Sequence[str], common: Sequence[str], last: Sequence[str]) -> None:
        super().__init__(show_command_palette=False)
        # A screen's keys are known when it is composed: a footer that waits to be told them is not there in
        # the first paint.
        self.set_reactive(Footer._bindings_ready, True)
        self._first, self._common, self._last = list(first), list(common), list(last)
        self._composed: dict[str, ActiveBinding] = {}

    def compose(self) -> ComposeResult:
        self._composed = self.screen.active_bindings
        keys = sorted(super().compose(), key=self._place)
        self._fit(keys)
        yield from keys

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Composes the keys anew, if they are other ones."""
        if screen.active_bindings != self._composed:
            super().bindings_changed(screen)

    def on_resize(self) -> None:
        """Finds out anew what there is room for."""
        self._fit(list(self.children))

    def watch_compact(self) -> None:
        """The same: a compact key takes less room."""
        self._fit(list(self.children))

    def _place(self, key: Widget) -> tuple[int, int]:
        assert isinstance(key, FooterKey)
        for rank, keys in ((0, self._first), (2, self._common), (3, self._last)):
            if key.key in keys:
                return rank, keys.index(key.key)
        return 1, 0

    def _fit(self, keys: Sequence[Widget]) -> None:
        room = self.app.size.width
        staying = {*self._first, *self._last}
        for key in sorted(keys, key=lambda one: isinstance(one, FooterKey) and one.key not in staying):
            assert isinstance(key, FooterKey)
            around = _AROUND_COMPACT if self.compact else _AROUND
            room -= len(key.key_display) + len(key.description) + around
            key.display = room >= 0 or key.key in staying
