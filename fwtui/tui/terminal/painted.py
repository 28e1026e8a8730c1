"""Sends the terminal only what is not there already: a cell that has changed, a style that is another one.

Textual paints a whole screen several times over when a dialog opens or the focus moves, and gives every piece
of text its whole style. What is seen is the same; over a slow link it is the difference between a second and
ten.
"""

from __future__ import annotations

import re

from rich.cells import cell_len

from fwtui.tui.terminal.sgr import PLAIN, Style, applied, change

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
        self._sent: list[str] = []
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
        self._sent = []
        self._pieces(data)
        return "".join(self._sent)

    def _clear(self) -> None:
        self._rows.clear()
        self._last.clear()
        self._cursor = None

    def _pieces(self, data: str) -> None:
        """Send what is news of the pieces behind each position."""
        first, *others = _POSITION.split(data)
        at = self._piece(first, self._cursor)
        for row, column, piece in zip(others[::3], others[1::3], others[2::3], strict=True):
            place = int(row) - 1, int(column) - 1
            last = self._last.get(place)
            if (
                last is not None
                and last[0] == piece
                and last[1] == self._changes.get(place[0], 0)
                and self._wants is PLAIN
            ):
                at = last[2]
                continue
            at = self._piece(piece, place)
            if at is not None and self._wants is PLAIN and _OF_ONE_ROW.fullmatch(piece):
                self._last[place] = piece, self._changes.get(place[0], 0), at
        self._move(at)
        self._restyle(PLAIN)

    def _piece(self, piece: str, at: _Place | None) -> _Place | None:
        """Send what is news of text, styles and the like that begin at a place; return where they end."""
        for token in _TOKEN.finditer(piece):
            kind, text = token.lastgroup, token.group()
            if kind == "styled" and at is not None:
                self._wants = self._styled(token["own"])
                at = self._text(token["styled"], at)
                self._wants = PLAIN
            elif kind == "codes":
                self._wants = self._styled(token["codes"])
            elif kind == "text" and at is not None:
                at = self._text(text, at)
            elif kind == "breaks" and at is not None:
                at = at[0] + 1, 0 if text[0] == "\r" else at[1]
            else:
                self._move(at)
                self._restyle(self._wants)
                self._sent.append(text)
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

    def _text(self, text: str, at: _Place) -> _Place:
        """Send what is news of text with one style; return where it ends."""
        (row, column), cells = at, _width(text)
        end = row, column + cells
        if cells != len(text):  # of characters wider than a cell, or of none, it is not known what cells hold
            self._unknown(at, cells)
            news = 0, len(text)
        elif (found := self._news(at, text)) is not None:
            news = found
        else:
            return end
        self._changes[row] = self._changes.get(row, 0) + 1
        self._move((row, column + news[0]))
        self._restyle(self._wants)
        self._sent.append(text[news[0] : news[1]])
        self._cursor = (row, column + news[1]) if cells == len(text) else end
        return end

    def _move(self, at: _Place | None) -> None:
        """Move the terminal's cursor there."""
        if at is not None and at != self._cursor:
            self._cursor = at
            self._sent.append(f"\x1b[{at[0] + 1};{at[1] + 1}H")

    def _restyle(self, style: Style) -> None:
        """Give the terminal this style."""
        if style is not self._has:
            self._sent.append(change(self._has, style))
            self._has = style

    def _news(self, at: _Place, text: str) -> tuple[int, int] | None:
        """From which to which of its characters `text` is news, and takes note of them; None for none."""
        (row, column), count = at, len(text)
        characters, styles = self._rows.setdefault(row, ([], []))
        if len(characters) < column + count:
            missing = column + count - len(characters)
            characters += [""] * missing
            styles += [None] * missing
        span, style = slice(column, column + count), self._wants
        old, old_styles, new, new_styles = characters[span], styles[span], list(text), [style] * count
        if old_styles[0] is style and old == new and old_styles == new_styles:
            return None
        start, end = 0, count
        while old_styles[start] is style and old[start] == new[start]:
            start += 1
        while old_styles[end - 1] is style and old[end - 1] == new[end - 1]:
            end -= 1
        characters[span] = new
        styles[span] = new_styles
        return start, end

    def _unknown(self, at: _Place, cells: int) -> None:
        """Takes note that nothing is known of these cells."""
        characters, styles = self._rows.setdefault(at[0], ([], []))
        for column in range(at[1], min(at[1] + cells, len(styles))):
            characters[column], styles[column] = "", None


def _width(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
