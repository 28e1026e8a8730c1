"""What can be done on a screen, by its words: for the help and the command palette."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.dom import DOMNode
from textual.screen import Screen


@dataclass(frozen=True, slots=True, eq=False)
class Command:
    """One action.

    Attributes:
        name: what the footer calls it; "" where it does not.
        meaning: what the help says of it.
        key: all its keys, as people write them; "" where none does.
        action, node: what is run, and where.
    """

    name: str
    meaning: str
    key: str
    action: str
    node: DOMNode


def commands_of(screen: Screen[Any]) -> list[Command]:
    """Return every action that has a key on this screen, with the widget that has the focus.

    What the footer shows comes first, then the screen's other keys, then what the focused widget adds.
    """
    found: dict[tuple[str, str], Command] = {}
    for active in sorted(
        screen.active_bindings.values(), key=lambda one: (one.node is not screen, not one.binding.show)
    ):
        binding, node = active.binding, active.node
        if not binding.tooltip:
            continue
        place = binding.action, binding.tooltip
        known = found.get(place)
        keys = dict.fromkeys([*(known.key.split(" ") if known else ()), screen.app.get_key_display(binding)])
        name, node = (known.name, known.node) if known else (binding.description, node)
        found[place] = Command(name, binding.tooltip, " ".join(keys), binding.action, node)
    return list(found.values())
