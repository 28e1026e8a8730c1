"""The footer: as many keys as there is room for, never one that is cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

_GAP, _NARROW_GAP = "  ", " "


@dataclass(frozen=True, slots=True)
class _Key:
    binding: Binding
    shown: str
    label: str

    @property
    def width(self) -> int:
        return len(self.shown) + 1 + len(self.label)


class KeyFooter(Widget):
    """Shows the keys in the order of their worth; where the window ends, the least of them give way.

    It is one widget: one for each key made a fifth of the first paint.

    Args:
        first: actions whose keys come first and always stay.
        common: actions that every screen has, the most useful first; they give way before a screen's own.
        last: actions whose keys come last and always stay.
    """

    DEFAULT_CSS = """
    KeyFooter { dock: bottom; width: 1fr; height: 1; padding: 0 1; }
    """

    labels: reactive[Mapping[str, str]] = reactive({}, init=False)
    """What an action does at present, where its binding's own words do not say it, by the action."""

    narrow: reactive[bool] = reactive(False, init=False)
    """Whether keys are closer together."""

    def __init__(self, first: Sequence[str], common: Sequence[str], last: Sequence[str]) -> None:
        super().__init__()
        self._first, self._common, self._last = list(first), list(common), list(last)

    def on_mount(self) -> None:
        """Follows the keys that there are."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)

    def _bindings_updated(self, _: Screen[object]) -> None:
        self.refresh()

    @property
    def keys(self) -> list[str]:
        """The keys that are shown, from left to right."""
        return [key.binding.key for key in self._shown()]

    @property
    def plain(self) -> str:
        """What it shows as text."""
        return self.render().plain

    def render(self) -> Content:
        """Each key with what it does."""
        keys = (Content.assemble((key.shown, "bold"), " ", (key.label, "$dim")) for key in self._shown())
        return Content(self._gap).join(keys)

    def on_click(self, event: events.Click) -> None:
        """Does what the key under the mouse does."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        left = 0
        for key in self._shown():
            if left <= offset.x < left + key.width:
                self.app.simulate_key(key.binding.key)
            left += key.width + len(self._gap)

    @property
    def _gap(self) -> str:
        return _NARROW_GAP if self.narrow else _GAP

    def _shown(self) -> list[_Key]:
        """The keys that there is room for, in order."""
        keys = sorted(self._all(), key=self._place)
        staying = {*self._first, *self._last}
        room = self.content_size.width + len(self._gap)
        shown = []
        for key in sorted(keys, key=lambda one: one.binding.action not in staying):
            needed = key.width + len(self._gap)
            if needed <= room or key.binding.action in staying:
                room -= needed
                shown.append(key)
        return sorted(shown, key=keys.index)

    def _all(self) -> list[_Key]:
        found: dict[str, _Key] = {}
        for _, binding, _, _ in self.screen.active_bindings.values():
            if binding.show:
                label = self.labels.get(binding.action, binding.description)
                found.setdefault(binding.action, _Key(binding, self.app.get_key_display(binding), label))
        return list(found.values())

    def _place(self, key: _Key) -> tuple[int, int]:
        for rank, actions in ((0, self._first), (2, self._common), (3, self._last)):
            if key.binding.action in actions:
                return rank, actions.index(key.binding.action)
        return 1, 0
