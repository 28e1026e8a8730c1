"""Sends the terminal only what is not there already: a cell that has changed, a style that is another one.

Textual paints a whole screen several times over when a dialog opens or the focus moves, and gives every piece
of text its whole style. What is seen is the same; over a slow link it is the difference between a second and
ten.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

from rich.cells import cell_len

from fwtui.tui.sgr import PLAIN, Style, applied, change

_STYLE = re.compile(r"\x1b\[([0-9;]*)m")
_POSITION = re.compile(r"\x1b\[(\d+);(\d+)H")
_TOKEN = re.compile(
    r"\x1b\[(?P<own>[0-9;]+)m(?P<styled>[^\x00-\x1f\x7f]+)\x1b\[0m"  # nearly all that Textual writes
    r"|\x1b\[(?P<codes>[0-9;]*)m"
    r"|(?P<text>[^\x00-\x1f\x7f]+)"
    r"|(?P<breaks>\r?\n)"
    r"|(?P<other>\x1b\[[0-9;:?>=<!]*[ -/]*[@-~]|\x1b[\]P_^X].*?(?:\x07|\x1b\\)|\x1b.|[\x00-\x1f\x7f])",
    re.DOTALL,
)
# Modes, queries and the clipboard leave the cells as they are, but for the change to the other screen.
_HARMLESS = re.compile(
    r"\x1b\[\?(?!1049|1047|47)[0-9;]*\$?[hlp]|\x1b\[[<>=]?[0-9;]*u|\x1b\[6n|\x1b\].*", re.DOTALL
)
# Styled text that changes one row, and leaves no style.
_OF_ONE_ROW = re.compile(r"(?:(?:\x1b\[[0-9;]*m|[^\x00-\x1f\x7f])*\x1b\[0?m)?(?:\r?\n)?")

_Place = tuple[int, int]


class PaintedScreen:
    """Knows what each cell of the terminal shows. What it does not know it has painted."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[list[str], list[Style | None]]] = {}
        # How often each row has changed; and of what was written at a place last: that, how often its row had
        # changed by then, and where it left the cursor. Most of what is painted again is known by that alone.
        self._changes: dict[int, int] = {}
        self._last: dict[_Place, tuple[str, int, _Place]] = {}
        self._cursor: _Place | None = None
        self._has = self._wants = PLAIN
        self._is_stale = False

    def forget(self) -> None:
        """Know nothing any more, as after another size; from any thread."""
        self._is_stale = True

    def filtered(self, data: str) -> str:
        """Return what has the terminal show the same as `data` would; it has no style afterwards."""
        if self._is_stale:
            self._is_stale = False
            self._clear()
        if any(applied(PLAIN, codes) is None for codes in set(_STYLE.findall(data))):
            self.forget()  # what is drawn in a style that is not understood
            return data
        self._has = self._wants = PLAIN
        return "".join(self._pieces(data))

    def _clear(self) -> None:
        self._rows.clear()
        self._last.clear()
        self._cursor = None

    def _pieces(self, data: str) -> Iterator[str]:
        """What is sent of the pieces behind each position."""
        first, *others = _POSITION.split(data)
        at = yield from self._piece(first, self._cursor)
        for row, column, piece in zip(others[::3], others[1::3], others[2::3], strict=True):
            place = int(row) - 1, int(column) - 1
            last = self._last.get(place)
            if (
                last is not None
                and last[0] == piece
                and last[1] == self._changes.get(place[0], 0)
                and self._wants == PLAIN
            ):
                at = last[2]
                continue
            at = yield from self._piece(piece, place)
            if at is not None and self._wants == PLAIN and _OF_ONE_ROW.fullmatch(piece):
                self._last[place] = piece, self._changes.get(place[0], 0), at
        yield self._move(at)
        yield self._restyle(PLAIN)

    def _piece(self, piece: str, at: _Place | None) -> Generator[str, None, _Place | None]:
        """What is sent of text, styles and the like that begin at a place; where they end."""
        for token in _TOKEN.finditer(piece):
            kind, text = token.lastgroup, token.group()
            if kind == "styled" and at is not None:
                text = token["styled"]
                self._wants = self._styled(token["own"])
                yield from self._text(text, at)
                at = at[0], at[1] + _width(text)
                self._wants = PLAIN
            elif kind == "codes":
                self._wants = self._styled(token["codes"])
            elif kind == "text" and at is not None:
                yield from self._text(text, at)
                at = at[0], at[1] + _width(text)
            elif kind == "breaks" and at is not None:
                at = at[0] + 1, 0 if text[0] == "\r" else at[1]
            else:
                yield from (self._move(at), self._restyle(self._wants), text)
                if kind == "styled":
                    self._has = self._wants = PLAIN
                if not _HARMLESS.fullmatch(text):
                    self._clear()
                    at = None
        return at

    def _styled(self, codes: str) -> Style:
        style = applied(self._wants, codes)
        assert style is not None  # see `filtered`
        return style

    def _text(self, text: str, at: _Place) -> Iterator[str]:
        """What is sent of text with one style."""
        (row, column), cells = at, _width(text)
        if cells != len(text):  # of characters wider than a cell, or of none, it is not known what cells hold
            start, end = 0, len(text)
            self._unknown(at, cells)
        elif (news := self._news(at, text)) is not None:
            start, end = news
        else:
            return
        self._changes[row] = self._changes.get(row, 0) + 1
        yield self._move((row, column + start))
        yield self._restyle(self._wants)
        yield text[start:end]
        self._cursor = row, column + (end if cells == len(text) else cells)

    def _move(self, at: _Place | None) -> str:
        """What moves the terminal's cursor there."""
        if at is None or at == self._cursor:
            return ""
        self._cursor = at
        return f"\x1b[{at[0] + 1};{at[1] + 1}H"

    def _restyle(self, style: Style) -> str:
        """What gives the terminal this style."""
        if style is self._has:
            return ""
        sequence = change(self._has, style)
        self._has = style
        return sequence

    def _news(self, at: _Place, text: str) -> tuple[int, int] | None:
        """From which to which of its characters `text` is news, and takes note of them; None for none."""
        (row, column), count = at, len(text)
        characters, styles = self._rows.setdefault(row, ([], []))
        if len(characters) < column + count:
            missing = column + count - len(characters)
            characters += [""] * missing
            styles += [None] * missing
        span, style = slice(column, column + count), self._wants
        if characters[span] == list(text) and styles[span] == [style] * count:
            return None
        same = [a == b and c == style for a, b, c in zip(characters[span], text, styles[span], strict=True)]
        characters[span] = text
        styles[span] = [style] * count
        return same.index(False), count - same[::-1].index(False)

    def _unknown(self, at: _Place, cells: int) -> None:
        """Takes note that nothing is known of these cells."""
        characters, styles = self._rows.setdefault(at[0], ([], []))
        for column in range(at[1], min(at[1] + cells, len(styles))):
            characters[column], styles[column] = "", None


def _width(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
