"""Details of one cell of the heat map: the worst element of a quantity at a step."""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from fwtui.format import numbers
from fwtui.format.quantities import quantity
from fwtui.measure.probe_gap import Gap, Key
from fwtui.tui.common.lane_colours import colour_names
from fwtui.tui.common.model import RaceModel


class CellDetails(Static):
    """Show one cell, in a column of lines or, in a narrow window, in two of them."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown = Content("")

    def show(
        self, model: RaceModel, key: Key | None, steps: Sequence[int], gap: Gap | None, tight: bool
    ) -> None:
        """Show a cell.

        Args:
            key: the quantity; None where there is no cell.
            steps: the step whose gap it is, and then those that share the cell with it.
            gap: None where nothing could be compared.
            tight: whether there are two lines only.
        """
        text = (
            Content("")
            if key is None
            else (_tight(model, key, steps, gap, self.size.width) if tight else _wide(model, key, steps, gap))
        )
        if not text.is_same(self._shown):
            self._shown = text
            self.update(text, layout=False)


def _wide(model: RaceModel, key: Key, steps: Sequence[int], gap: Gap | None) -> Content:
    title = Content.assemble((quantity(key), "bold"), (f"   before step {steps[0]:,}", ""))
    among = f"the largest of {len(steps)} probes, steps {min(steps):,} to {max(steps):,}" if steps[1:] else ""
    lines = [title, Content.assemble((among, "$dim"))]
    if gap is None:
        return Content("\n").join([*lines, _unknown()])
    if gap.array.problem:
        return Content("\n").join([*lines, Content.assemble((f"✗ {gap.array.problem}", "bold $error"))])
    tolerance = model.session.gap.tolerance
    above = gap.relative > tolerance
    held = (f"✗ above {tolerance:.0e}", "bold $error") if above else (f"within {tolerance:.0e}", "$dim")
    figures = [
        (
            "relative",
            numbers.gap(gap.relative),
            held if model.session.summary.proves(key) or not above else _UNJUDGED,
        ),
        ("of", numbers.magnitude(gap.array.relative_to), (_relative_to(gap), "$dim")),
        ("|a − b|", numbers.gap(gap.array.absolute), ("", "")),
        ("ULPs", numbers.ulps(gap.array.ulps), (f"of {model.session.dtype}", "$dim")),
        ("at", numbers.index(gap.array.index) or "a single number", ("", "")),
    ]
    lines += [Content.assemble((f"{name:<10}", "$dim"), value, "  ", note) for name, value, note in figures]
    lines += [Content(""), *_values(model, gap, 12)]
    return Content("\n").join(lines)


def _relative_to(gap: Gap) -> str:
    """What the gap is relative to."""
    if not math.isfinite(gap.array.relative_to):
        return ""
    if gap.array.is_floor:
        return "the floor of rounding"
    return "the largest element" if gap.array.index else "the larger of both"


_UNJUDGED = ("not judged in float32", "$warning")


def _tight(model: RaceModel, key: Key, steps: Sequence[int], gap: Gap | None, width: int) -> Content:
    where = f"{quantity(key)}{numbers.index(gap.array.index) if gap else ''}"
    title = Content.assemble((where, "bold"), (f" before step {steps[0]:,}  ", "$dim"))
    if gap is None:
        return Content("\n").join([title, _unknown()])
    if gap.array.problem:
        return Content("\n").join([title, Content.assemble((f"✗ {gap.array.problem}", "bold $error"))])
    mark = ("✗ ", "bold $error") if gap.relative > model.session.gap.tolerance else ""
    array = gap.array
    relative = Content.assemble(title, mark, (numbers.gap(gap.relative), "bold"))
    of = Content("")
    if math.isfinite(array.relative_to):
        of = Content.assemble((" of ", "$dim"), numbers.magnitude(array.relative_to))
    absolute = Content.assemble(("  |a − b| ", "$dim"), numbers.gap(array.absolute))
    values = Content("   ").join(_values(model, gap, 0))
    ulps = Content.assemble("   ", numbers.ulps(array.ulps), (" ULPs", "$dim"))
    lines = (
        [relative + of + absolute, relative + of, relative],
        [values + ulps, values],
    )
    return Content("\n").join(_that_fits(variants, width) for variants in lines)


def _that_fits(variants: Sequence[Content], width: int) -> Content:
    """The first of `variants`, the widest first, that fits; the last one where none does."""
    return next((one for one in variants if one.cell_length <= width), variants[-1])


def _unknown() -> Content:
    return Content.assemble(("n/a: no finite number in either lane, or no gradient in both", "$dim"))


def _values(model: RaceModel, gap: Gap, width: int) -> list[Content]:
    """The two values, each in its lane's colour."""
    colours = colour_names(model.lanes)
    return [
        Content.assemble(
            (f"{lane + 1} {model.lanes[lane].spec.backend:<{width}} ", f"${colours[lane]}"),
            numbers.exact(value, model.session.dtype),
        )
        for lane, value in ((0, gap.array.a), (gap.lane, gap.array.b))
    ]
