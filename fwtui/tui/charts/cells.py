"""A chart as a grid of cells: what differs between two grids, and how a row becomes a strip.

Every character sent costs time on a slow line, so a chart remembers the cells it last showed and repaints
only the spans that differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

BLANK = ord(" ")
BRAILLE = 0x2800
# A longer gap in a curve is blanks of their own, which then are fewer bytes than empty braille.
_LONGEST_GAP = 16


@dataclass(frozen=True, slots=True)
class Cells:
    """A grid of characters, each with an ink.

    Attributes:
        characters: uint32 code points, shape (rows, columns), each one cell wide.
        inks: uint8, same shape: index into the caller's list of styles. 0 is for blanks.
    """

    characters: NDArray[np.uint32]
    inks: NDArray[np.uint8]

    @classmethod
    def blank(cls, rows: int, columns: int) -> Cells:
        """A grid of spaces."""
        return cls(np.full((rows, columns), BLANK, np.uint32), np.zeros((rows, columns), np.uint8))

    def put(self, row: int, column: int, text: str, ink: int) -> None:
        """Writes text into one row; what lies outside of the grid is cut off."""
        rows, columns = self.characters.shape
        if not 0 <= row < rows:
            return
        start, end = max(column, 0), min(column + len(text), columns)
        if start < end:
            codes = _narrow(text)[start - column : end - column]
            self.characters[row, start:end] = np.frombuffer(codes.encode("utf-32-le"), np.uint32)
            self.inks[row, start:end] = ink

    def part(self, start: int, end: int) -> Cells:
        """The columns from `start` up to `end` (exclusive), as a view."""
        return Cells(self.characters[:, start:end], self.inks[:, start:end])

    def strip(self, row: int, styles: Sequence[Style]) -> Strip:
        """One row as a strip, in as few segments as its inks allow.

        Blanks cost one or two bytes and a change of colour about forty, so blanks take the ink beside them;
        between dots they become empty braille, since a segment wholly of braille keeps its width where
        braille comes from another font than the rest (SVG screenshots).

        Args:
            row: which row.
            styles: the style of each ink.
        """
        characters, inks = self.characters[row].copy(), self.inks[row].copy()
        columns = len(characters)
        if columns == 0:
            return Strip([], 0)
        _ink_blanks(characters, inks)
        edges = np.flatnonzero(inks[1:] != inks[:-1]) + 1
        text = characters.tobytes().decode("utf-32-le")
        bounds = pairwise([0, *edges.tolist(), columns])
        return Strip([Segment(text[start:end], styles[inks[start]]) for start, end in bounds], columns)


def _ink_blanks(characters: NDArray[np.uint32], inks: NDArray[np.uint8]) -> None:
    """Gives each run of blanks of one row the ink that costs least, in place."""
    columns = len(characters)
    blank = np.concatenate(([False], characters == BLANK, [False]))
    edges = np.flatnonzero(blank[1:] != blank[:-1])
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        after_dots = start > 0 and BRAILLE < characters[start - 1] <= BRAILLE + 0xFF
        if not after_dots:
            inks[start:end] = inks[start - 1] if start else inks[end % columns]
        elif end < columns and end - start <= _LONGEST_GAP:
            characters[start:end] = BRAILLE
            inks[start:end] = inks[start - 1]
        else:
            inks[start:end] = 0


def changes(before: Cells, after: Cells) -> list[tuple[int, int, int]]:
    """Where two grids of the same shape differ: one span a row, `(row, first column, last column + 1)`.

    One span and not several, since Textual sends each span's row from the widget's left edge on. The ink of a
    blank does not count.
    """
    inked = (before.inks != after.inks) & (after.characters != BLANK)
    differs = (before.characters != after.characters) | inked
    rows = np.flatnonzero(differs.any(axis=1))
    if rows.size == 0:
        return []
    first = differs[rows].argmax(axis=1)
    last = differs.shape[1] - differs[rows, ::-1].argmax(axis=1)
    return list(zip(rows.tolist(), first.tolist(), last.tolist(), strict=True))


def _narrow(text: str) -> str:
    """Text in which every character is one cell wide, so that columns can be counted in characters."""
    if text.isascii():
        return text
    return "".join(character if cell_len(character) == 1 else "?" for character in text)
