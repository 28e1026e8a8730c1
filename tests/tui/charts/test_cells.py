"""What differs between two grids, and rows as strips."""

from __future__ import annotations

import numpy as np
from rich.style import Style

from fwtui.tui.charts.cells import Cells, changes

STYLES = [Style(), Style(color="red"), Style(color="blue")]


def grid(*rows, inks=None):
    cells = Cells.blank(len(rows), len(rows[0]))
    for at, text in enumerate(rows):
        cells.put(at, 0, text, 1)
    if inks is not None:
        cells.inks[:] = inks
    return cells


def test_one_span_a_changed_row():
    assert changes(grid("abcdef", "abcdef"), grid("abcdef", "aXcdXf")) == [(1, 1, 5)]
    assert changes(grid("abc"), grid("abc")) == []


def test_the_ink_counts_but_not_that_of_a_blank():
    before, after = grid("a b"), grid("a b")
    after.inks[0, 1] = 2
    assert changes(before, after) == []
    after.inks[0, 2] = 2
    assert changes(before, after) == [(0, 2, 3)]


def test_changes_agree_with_a_slow_loop():
    rng = np.random.default_rng(7)
    for _ in range(100):
        shape = tuple(rng.integers(1, 12, 2))
        two = [
            Cells(
                rng.choice([32, 65, 66], shape).astype(np.uint32), rng.integers(0, 2, shape).astype(np.uint8)
            )
            for _ in range(2)
        ]
        wanted = []
        for row in range(shape[0]):
            at = [
                c
                for c in range(shape[1])
                if two[0].characters[row, c] != two[1].characters[row, c]
                or (two[1].characters[row, c] != 32 and two[0].inks[row, c] != two[1].inks[row, c])
            ]
            if at:
                wanted.append((row, at[0], at[-1] + 1))
        assert changes(*two) == wanted


def segments(cells):
    strip = cells.strip(0, STYLES)
    assert strip.cell_length == cells.characters.shape[1]
    return [(segment.text, segment.style) for segment in strip]


def test_blanks_take_the_ink_beside_them():
    cells = grid("  ab  cd ", inks=[0, 0, 1, 1, 0, 0, 2, 2, 0])
    assert segments(cells) == [("  ab  ", STYLES[1]), ("cd ", STYLES[2])]


def test_short_gaps_in_a_curve_are_empty_braille_and_the_rest_is_blank():
    assert segments(grid("⠉  ⠉   ")) == [("⠉⠀⠀⠉", STYLES[1]), ("   ", STYLES[0])]
    gap = " " * 20
    assert segments(grid(f"⠉{gap}⠉")) == [("⠉", STYLES[1]), (gap, STYLES[0]), ("⠉", STYLES[1])]


def test_drawing_a_strip_changes_nothing():
    cells = grid("⠉ ⠉")
    cells.strip(0, STYLES)
    assert changes(cells, grid("⠉ ⠉")) == []
    assert cells.characters[0, 1] == ord(" ")


def test_text_is_cut_at_the_edges_and_never_wide():
    cells = Cells.blank(2, 4)
    cells.put(0, 2, "abcdef", 1)
    cells.put(1, -2, "abcd", 1)
    cells.put(5, 0, "no", 1)
    assert ["".join(map(chr, row)) for row in cells.characters] == ["  ab", "cd  "]
    cells.put(0, 0, "漢µ", 1)
    assert "".join(map(chr, cells.characters[0])) == "?µab"


def test_an_empty_row():
    assert Cells.blank(1, 0).strip(0, STYLES).cell_length == 0
    assert segments(Cells.blank(1, 3)) == [("   ", STYLES[0])]
