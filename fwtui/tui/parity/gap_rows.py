"""The table behind the heat map: every quantity of one step, in figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from fwtui.format import numbers
from fwtui.format.quantities import PREFIXES, quantity
from fwtui.measure.probe_gap import Gap, Key
from fwtui.tui.common.model import RaceModel
from fwtui.tui.parity.heat_cells import tail

_WIDEST_NAME = 34
_SPACE = 2


class GapRows(Widget):
    """Shows one row a quantity, and scrolls to the chosen one."""

    DEFAULT_CSS = """
    GapRows { width: 1fr; height: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[tuple[Key, Gap | None]] = []
        self._chosen: Key | None = None
        self._dtype, self._tolerance, self._lanes = "float32", 0.0, 2
        self._top = 0

    def show(self, rows: Sequence[tuple[Key, Gap | None]], chosen: Key | None, model: RaceModel) -> None:
        """Shows these rows from now on; a gap of None is one that could not be worked out."""
        said = list(rows), chosen, model.session.dtype, model.session.gap.tolerance, len(model.lanes)
        if said != (self._rows, self._chosen, self._dtype, self._tolerance, self._lanes):
            self._rows, self._chosen, self._dtype, self._tolerance, self._lanes = said
            self.refresh()

    def render(self) -> Content:
        width, height = self.size
        columns = self._columns(width)
        if not self._rows or height < 2:
            return Content("")
        at = next((place for place, (key, _) in enumerate(self._rows) if key == self._chosen), 0)
        body = height - 1
        self._top = min(max(min(self._top, at), at - body + 1), max(len(self._rows) - body, 0))
        other = "other lane" if self._lanes > 2 else "lane 2"
        heads = [(other if name == "other" else name, size) for name, size in columns]
        lines = [Content.assemble(("".join(_line(heads)), "$dim"))]
        for key, gap in self._rows[self._top : self._top + body]:
            cells = self._cells(gap)
            cells["quantity"] = _named(key, gap, columns[0][1])
            name, *figures = _line([(cells[name], size) for name, size in columns])
            above = gap is not None and gap.relative > self._tolerance
            relative = (figures[0], "bold $error" if above else "")
            line = Content.assemble((name, "bold" if key == self._chosen else ""), relative, *figures[1:])
            lines.append(line.stylize("on $block-cursor-background") if key == self._chosen else line)
        return Content("\n").join(lines)

    def _columns(self, width: int) -> list[tuple[str, int]]:
        """Names and widths: the quantity gets what is left, and what is least needed gives way."""
        value = 24 if self._dtype == "float64" else 16
        sizes = {"relative": 9, "of": 8, "|a − b|": 8, "ULPs": 8, "at": 12, "lane 1": value, "other": value}
        longest = max((len(quantity(key)) for key, _ in self._rows), default=0)
        for name in ("|a − b|", "at", "of", "ULPs", "other", "lane 1"):
            left = width - sum(size + _SPACE for size in sizes.values())
            if left >= min(longest, _WIDEST_NAME):
                break
            del sizes[name]
        left = width - sum(size + _SPACE for size in sizes.values())
        return [("quantity", max(left, 1)), *sizes.items()]

    def _cells(self, gap: Gap | None) -> dict[str, str]:
        if gap is None:
            unknown = dict.fromkeys(("of", "|a − b|", "ULPs", "at", "lane 1", "other"), "")
            return {**unknown, "relative": numbers.NA}
        array = gap.array
        is_comparable = not array.problem
        other = f"{gap.lane + 1}: " if self._lanes > 2 else ""
        return {
            "relative": ("✗ " if gap.relative > self._tolerance else "") + numbers.gap(gap.relative),
            "of": numbers.magnitude(array.relative_to) if math.isfinite(array.relative_to) else "",
            "|a − b|": numbers.gap(array.absolute),
            "ULPs": numbers.ulps(array.ulps),
            "at": numbers.index(array.index),
            "lane 1": numbers.exact(array.a, self._dtype) if is_comparable else "",
            "other": other + numbers.exact(array.b, self._dtype) if is_comparable else "",
        }


def _named(key: Key, gap: Gap | None, room: int) -> str:
    """The quantity, or why it cannot be compared."""
    if gap is not None and gap.array.problem:
        return f"{quantity(key)}: {gap.array.problem}"[:room]
    kind = PREFIXES[key[0]]
    return (kind + tail(key[1], room - len(kind)))[:room]


def _line(cells: Sequence[tuple[str, int]]) -> list[str]:
    """The first cell on the left, the figures flush right."""
    (name, room), *figures = cells
    return [name.ljust(room), *(" " * _SPACE + text.rjust(size)[:size] for text, size in figures)]
