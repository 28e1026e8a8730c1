"""The actions of the screen that can have other keys, with their usual ones, as Textual names keys."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from fwtui.core.inputs import SpecError

EVERYWHERE = {
    "live": "1",
    "graph": "2",
    "ops": "3",
    "source": "4",
    "parity": "5",
    "backend": "b",
    "workload": "w",
    "pause": "space",
    "step": "full_stop",
    "device": "d",
    "restart": "r",
    "log": "l",
    "compiled": "c",
    "settings": "s",
    "help": "question_mark",
    "quit": "q",
    "histogram": "h",
    "memory": "M",
    "pause-lane": "p",
    "restart-all": "R",
    "add-lane": "a",
    "remove-lane": "x",
    "theme": "t",
    "actions": "ctrl+p",
    "copy": "Y",
    "redraw": "ctrl+l",
}
"""On every screen of a race."""

_SEARCHED = {"search": "slash", "next-found": "n", "previous-found": "N", "back": "backspace"}
SCREENS: dict[str, dict[str, str]] = {
    "live": {"zoom": "enter", "metric": "m", "scale": "y"},
    "graph": {
        **_SEARCHED,
        "counterpart": "g",
        "view": "v",
        "next-graph": "e",
        "differences": "D",
        "filter": "F",
        "inputs": "left_square_bracket",
        "outputs": "right_square_bracket",
        "recapture": "u",
    },
    "ops": {
        **_SEARCHED,
        "counterpart": "g",
        "view": "v",
        "follow": "z",
        "order": "o",
        "filter": "F",
        "until-nan": "exclamation_mark",
        "more-often": "plus",
        "less-often": "minus",
    },
    "source": {**_SEARCHED, "counterpart": "g", "next-op": "e"},
    "parity": {"check": "f", "table": "enter", "order": "o"},
}
"""On one of them."""

FIXED = ("escape", "up", "down", "left", "right", "tab", "shift+tab", "j", "k", "ctrl+c", "ctrl+z", "ctrl+q")
"""Keys that always move, leave, or cancel."""
_NAMES = {".": "full_stop", "?": "question_mark", "/": "slash", "!": "exclamation_mark", "+": "plus"}
_NAMES |= {"-": "minus", "[": "left_square_bracket", "]": "right_square_bracket", " ": "space"}
ACTIONS = tuple(dict.fromkeys([*EVERYWHERE, *(name for keys in SCREENS.values() for name in keys)]))


def check(option: str, keys: Mapping[str, str]) -> None:
    """Check a keymap, keys with commas between by action.

    Raises:
        SpecError: there is no such action, or two that can be asked for on one screen have the same key.
    """
    for action, text in keys.items():
        if action not in ACTIONS:
            close = get_close_matches(action, ACTIONS, n=1)
            raise SpecError(option, action, f"{close[0]}?" if close else ", ".join(ACTIONS))
        if fixed := [key for key in _split(text) if key in FIXED]:
            raise SpecError(f"{option}.{action}", fixed[0], "another key: this one is fixed")
    for own in SCREENS.values():
        taken: dict[str, str] = {}
        for action, usual in {**EVERYWHERE, **own}.items():
            for key in _split(keys.get(action, usual)):
                other = taken.setdefault(key, action)
                if other != action:
                    which = action if action in keys else other
                    rest = other if which == action else action
                    raise SpecError(
                        f"{option}.{which}", key, f"a key that no other action has, as {rest} does"
                    )


def _split(text: str) -> list[str]:
    return [_NAMES.get(key, key) for key in text.split(",")]
