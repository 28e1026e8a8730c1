"""Sends the terminal only what is not there already: a cell that has changed, a style that is another one.

Textual paints a whole screen several times over when a dialog opens or the focus moves, and gives every piece
of text its whole style. What is seen is the same; over a slow link it is the difference between a second and
ten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len

from fwtui.tui.sgr import PLAIN, Style, applied, change

_TOKEN = re.compile(
    r"\x1b\[(?P<codes>[0-9;]*)m"
    r"|\x1b\[(?P<row>\d+);(?P<column>\d+)H"
    r"|(?P<text>[^\x00-\x1f\x7f]+)"
    r"|(?P<breaks>\r?\n)"
    r"|(?P<other>\x1b\[[0-9;:?>=<!]*[ -/]*[@-~]|\x1b[\]P_^X].*?(?:\x07|\x1b\\)|\x1b.|[\x00-\x1f\x7f])",
    re.DOTALL,
)
# Modes, queries and the clipboard leave the cells as they are, but for the change to the other screen.
_HARMLESS = re.compile(
    r"\x1b\[\?(?!1049|1047|47)[0-9;]*\$?[hlp]|\x1b\[[<>=]?[0-9;]*u|\x1b\[6n|\x1b\].*", re.DOTALL
)


class PaintedScreen:
    """Knows what each cell of the terminal shows. What it does not know it has painted."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[list[str], list[Style | None]]] = {}
        self._cursor: tuple[int, int] | None = None
        self._is_stale = False

    def forget(self) -> None:
        """Know nothing any more, as after another size; from any thread."""
        self._is_stale = True

    def filtered(self, data: str) -> str:
        """Return what has the terminal show the same as `data` would; it has no style afterwards."""
        if self._is_stale:
            self._is_stale = False
            self._rows.clear()
            self._cursor = None
        return "".join(self._parts(data))

    def _parts(self, data: str) -> Iterator[str]:
        has = wants = PLAIN
        at = self._cursor
        for token in _TOKEN.finditer(data):
            kind, text = token.lastgroup, token.group()
            if kind == "codes":
                style = applied(wants, token["codes"])
                if style is None:  # not understood: the rest is sent as it is
                    yield from (self._move(at), change(has, wants), data[token.start() :])
                    self.forget()
                    return
                wants = style
            elif kind == "column":
                at = int(token["row"]) - 1, int(token["column"]) - 1
            elif kind == "text" and at is not None:
                cells = len(text) if text.isascii() else cell_len(text)
                found = self._changed(at, text, wants) if cells == len(text) else (0, len(text))
                if cells != len(text):
                    self._unknown(at, cells)
                if found is not None:
                    start, end = found
                    yield self._move((at[0], at[1] + start))
                    yield change(has, wants)
                    has = wants
                    yield text[start:end]
                    self._cursor = at[0], at[1] + (end if cells == len(text) else cells)
                at = at[0], at[1] + cells
            elif kind == "breaks" and at is not None:
                at = at[0] + 1, 0 if text[0] == "\r" else at[1]
            else:
                yield from (self._move(at), change(has, wants), text)
                has = wants
                if not _HARMLESS.fullmatch(text):
                    self._rows.clear()
                    at = self._cursor = None
        yield self._move(at)
        yield change(has, PLAIN)

    def _move(self, at: tuple[int, int] | None) -> str:
        """What moves the terminal's cursor there."""
        if at is None or at == self._cursor:
            return ""
        self._cursor = at
        return f"\x1b[{at[0] + 1};{at[1] + 1}H"

    def _changed(self, at: tuple[int, int], text: str, style: Style) -> tuple[int, int] | None:
        """From which to which of its characters `text` is news, and takes note of them; None for none."""
        (row, column), count = at, len(text)
        characters, styles = self._rows.setdefault(row, ([], []))
        if len(characters) < column + count:
            missing = column + count - len(characters)
            characters += [""] * missing
            styles += [None] * missing
        span = slice(column, column + count)
        if characters[span] == list(text) and styles[span] == [style] * count:
            return None
        same = [a == b and c == style for a, b, c in zip(characters[span], text, styles[span], strict=True)]
        characters[span] = text
        styles[span] = [style] * count
        return same.index(False), count - same[::-1].index(False)

    def _unknown(self, at: tuple[int, int], cells: int) -> None:
        """Text of other widths than one: what its cells hold is not kept."""
        characters, styles = self._rows.setdefault(at[0], ([], []))
        end = min(at[1] + cells, len(styles))
        for column in range(at[1], end):
            characters[column], styles[column] = "", None
