"""English text that every Python has, as numbers, and the windows drawn from it.

The text is that of `help()`'s topics (`pydoc_data.topics`), which is the language reference. It differs a
little from one version of Python to the next; the alphabet, and with it every shape, does not.
"""

from __future__ import annotations

from functools import cache
from pydoc_data.topics import topics

import numpy as np
from numpy.typing import NDArray

from fwtui.core.inputs import SpecError
from fwtui.core.workload import Batch

ALPHABET = "\n" + "".join(map(chr, range(ord(" "), ord("~") + 1)))
"""A new line and printable ASCII: 96 characters; a character's number is its place here."""

LONGEST = 1024
"""Characters that a window may have at most."""

_UNKNOWN = "?"
_TYPOGRAPHIC = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\N{NO-BREAK SPACE}": " "}
)
_HELD_OUT_SHARE = 10


@cache
def trained() -> NDArray[np.int64]:
    """The part to train on, as numbers of characters, read-only."""
    return _numbers(_split()[0])


@cache
def held_out() -> NDArray[np.int64]:
    """The last tenth of the paragraphs, none of which is in the other part, read-only."""
    return _numbers(_split()[1])


def check_length(option: str, length: int) -> None:
    """SpecError for windows longer than `LONGEST` characters."""
    if length > LONGEST:
        raise SpecError(option, length, f"a whole number from 1 to {LONGEST:,}")


def draw(rng: np.random.Generator, count: int, length: int) -> Batch:
    """`count` windows from random places of the part to train on, as `windows` makes them."""
    starts = rng.integers(0, len(trained()) - length, count)
    return _windows(trained(), starts, length)


def spread(count: int, length: int) -> Batch:
    """`count` windows spread evenly over the held-out part, as `windows` makes them."""
    starts = np.linspace(0, len(held_out()) - length - 1, count).astype(np.int64)
    return _windows(held_out(), starts, length)


def _windows(text: NDArray[np.int64], starts: NDArray[np.int64], length: int) -> Batch:
    """`inputs` (count, length) and `targets`, the character after each of them; both int64."""
    rows = text[starts[:, None] + np.arange(length + 1)]
    return {"inputs": rows[:, :-1], "targets": rows[:, 1:]}


def _split() -> tuple[str, str]:
    """The text to train on and the held-out text.

    Topics quote one another at length, so each paragraph is taken only once: else a part of what is held out
    would be trained on too.
    """
    texts = (topics[name].translate(_TYPOGRAPHIC) for name in sorted(topics))
    every = (paragraph.strip("\n") for text in texts for paragraph in text.split("\n\n"))
    paragraphs = list(dict.fromkeys(filter(None, every)))
    at = len(paragraphs) - len(paragraphs) // _HELD_OUT_SHARE
    return "\n\n".join(paragraphs[:at]), "\n\n".join(paragraphs[at:])


def _numbers(text: str) -> NDArray[np.int64]:
    known = {character: number for number, character in enumerate(ALPHABET)}
    unknown = known[_UNKNOWN]
    numbers = np.array([known.get(character, unknown) for character in text], np.int64)
    numbers.flags.writeable = False
    return numbers
