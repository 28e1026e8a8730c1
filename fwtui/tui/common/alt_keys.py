"""Esc and the letter after it, where Textual takes the two for one key with Alt.

A terminal sends Alt and a letter as Esc and the letter. Textual reads as one key what arrives within 100 ms,
so that over a slow link, which sends several keys in one packet, Esc and then q would do nothing.
"""

from __future__ import annotations

from textual.events import Key


def split_alt(event: Key) -> list[Key]:
    """Return the two keys of a letter or digit with Alt, which no action here has; others as they are."""
    if not event.key.startswith("alt+") or event.character is None or not event.character.isalnum():
        return [event]
    parts = [Key("escape", "\x1b"), Key(event.character, event.character)]
    for part in parts:
        part.time = event.time
    return parts
