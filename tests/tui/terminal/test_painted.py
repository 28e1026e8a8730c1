"""Fewer bytes, and the same screen: held against a terminal that keeps each cell's style."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from rich.cells import cell_len

from fwtui.tui.terminal.painted import PaintedScreen

ESC = "\x1b"
ROWS, COLUMNS = 8, 30


class Cells:
    """A terminal of few words: text, SGR, cursor positions, line breaks and erasing."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.cells = {}
        self.row = self.column = 0
        self.style: tuple[Any, ...] = ()
        return self

    def write(self, data):
        for match in re.finditer(r"\x1b\[([0-9;?]*)([a-zA-Z])|\r|\n|[^\x1b\r\n]", data):
            codes, kind = match.group(1), match.group(2)
            if kind == "m":
                self.sgr(codes)
            elif kind == "H":
                self.row, self.column = (int(code) - 1 for code in codes.split(";"))
            elif kind == "K":
                for column in range(self.column, COLUMNS):
                    self.cells[self.row, column] = " ", self.style
            elif match.group() == "\r":
                self.column = 0
            elif match.group() == "\n":
                self.row += 1
            elif kind is None:
                self.cells[self.row, self.column] = match.group(), self.style
                for column in range(1, cell_len(match.group())):
                    self.cells[self.row, self.column + column] = "", self.style
                self.column += cell_len(match.group())
        return self

    def sgr(self, codes):
        style: dict[int, Any] = dict(self.style)
        left = iter(codes.split(";"))
        for code in left:
            number = int(code or 0)
            if number == 0:
                style = {}
            elif number in (38, 48):
                kind = next(left)
                style[number] = (kind, *(next(left) for _ in range(3 if kind == "2" else 1)))
            elif number in (39, 49):
                style.pop(number - 1, None)
            elif number >= 30:
                style[38 if number % 60 < 40 and number < 100 else 48] = number
            else:
                style[number] = True
        self.style = tuple(sorted(style.items(), key=str))


def frame(rng):
    """What a compositor writes: positions, styled text with a reset behind it, line breaks, and the like."""
    colours = ["38;2;215;221;228", "38;2;70;83;95", "31", "97", "38;5;200", ""]
    grounds = ["48;2;19;26;33", "44", ""]
    parts = []
    for _ in range(rng.randint(1, 30)):
        parts.append(f"{ESC}[{rng.randint(1, ROWS)};{rng.randint(1, 12)}H")
        for _ in range(rng.randint(1, 4)):
            attributes = rng.sample("1234", rng.choice([0, 0, 1]))
            codes = ";".join(filter(None, [*attributes, rng.choice(colours), rng.choice(grounds)]))
            text = "".join(
                rng.choice("aab ⠂" if rng.random() < 0.95 else "é漢") for _ in range(rng.randint(1, 4))
            )
            parts.append(f"{ESC}[{codes}m{text}{ESC}[0m" if codes else text)
        parts.append(
            rng.choice(["\r\nab", "", "", "", f"{ESC}[K", f"{ESC}[?25l", f"{ESC}[1m{ESC}[K{ESC}[0m"])
        )
    return "".join(parts)


def placed(cells):
    """The cells, but for where a wide character was cut in two, which terminals show as they like."""
    return {at: cell for at, cell in cells.cells.items() if cell[0] and cell_len(cell[0]) == 1}


@pytest.mark.parametrize("seed", range(60))
def test_every_cell_is_drawn_as_before(seed):
    rng = random.Random(seed)
    painted, plain, short = PaintedScreen(), Cells(), Cells()
    for number in range(12):
        if number == 6:  # another size: a terminal may do with its cells what it likes
            painted.forget()
            plain.clear(), short.clear()
        data = f"{ESC}[1;1H{frame(rng)}"
        plain.write(data)
        short.write(painted.filtered(data))
        assert placed(short) == placed(plain)
        assert (short.row, short.column, short.style) == (plain.row, plain.column, plain.style)


def test_what_is_there_already_is_not_sent_again():
    painted, style = PaintedScreen(), f"{ESC}[38;2;1;2;3;48;2;4;5;6m"
    screen = f"{ESC}[1;1H{style}first row{ESC}[0m\r\n{style}second{ESC}[0m"
    assert painted.filtered(screen) == f"{ESC}[1;1H{style}first row{ESC}[2;1Hsecond{ESC}[0m"
    assert painted.filtered(screen) == ""
    assert (
        painted.filtered(screen.replace("second", "secant")) == f"{ESC}[2;4H{style}ant{ESC}[0m{ESC}[2;7H"[:-6]
    )
    painted.forget()
    assert painted.filtered(screen) == f"{ESC}[1;1H{style}first row{ESC}[2;1Hsecond{ESC}[0m"


def test_only_what_differs_of_a_style_is_sent():
    data = f"{ESC}[1;1H{ESC}[38;2;1;2;3;48;2;4;5;6ma{ESC}[0m{ESC}[1;38;2;9;9;9;48;2;4;5;6mb{ESC}[0m"
    told = f"{ESC}[1;1H{ESC}[38;2;1;2;3;48;2;4;5;6ma{ESC}[1;38;2;9;9;9mb{ESC}[0m"
    assert PaintedScreen().filtered(data) == told


def test_another_screen_of_the_terminal_is_painted_anew():
    painted, row = PaintedScreen(), f"{ESC}[1;1Ha"
    assert painted.filtered(row) == row
    assert painted.filtered(f"{ESC}[?2026h{row}{ESC}[?2026l") == f"{ESC}[?2026h{ESC}[?2026l"
    for sequence in (f"{ESC}[?1049h", f"{ESC}[2J", f"{ESC}c"):
        assert painted.filtered(sequence) == sequence
        assert painted.filtered(row) == row


@pytest.mark.parametrize(
    "data",
    [
        "",
        "where the cursor is not known",
        f"{ESC}[?1049h{ESC}[?25l",
        f"{ESC}]52;c;aGk=\a",
        f"{ESC}[58;5;3mx{ESC}[31my{ESC}[0m",
        f"{ESC}[38;2;1mx",
        f"{ESC}[53mx{ESC}[31m{ESC}[31my",
    ],
)
def test_what_is_no_painting_or_not_understood_is_sent_as_it_is(data):
    assert PaintedScreen().filtered(data) == data
