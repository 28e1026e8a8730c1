"""Which graph ran at which step, as one row of cells below the charts' axis of steps."""

from __future__ import annotations

import string
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fwtui.core.records import Compiled
from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.measure.downsample import column_edges
from fwtui.measure.graph_runs import GraphRuns
from fwtui.tui.charts.raster import DOTS_ACROSS

NOTHING, BETWEEN, MARKED = -1, -2, -3
"""In place of a kind: a cell before the first or after the last sample, one that no sample fell into, and one
in which the step was built, traced or compiled.
"""

Cell = tuple[str, int]

LETTERS = string.ascii_lowercase + string.ascii_uppercase
MARK = "▲"


@dataclass(frozen=True, slots=True)
class Ribbon:
    """One row of cells.

    Attributes:
        kinds: of each cell the graph that ran last in it, counted from 0 as they were first seen.
        marks: the cells in which the step was built, traced or compiled.
    """

    kinds: tuple[int, ...]
    marks: frozenset[int]

    @classmethod
    def of(
        cls, runs: GraphRuns, compiled: Sequence[Compiled], x_limits: tuple[int, int], columns: int
    ) -> Ribbon:
        """Return the row for a plot of `columns` cells, on the axis of steps that its charts have."""
        kinds = np.full(columns, NOTHING)
        if len(runs) and columns:
            places = {graph: place for place, graph in enumerate(runs.kinds)}
            at = _columns([ran.step for ran in runs], x_limits, columns)
            kinds[at[0] : at[-1] + 1] = BETWEEN
            kinds[at] = [places.get(ran.graph, len(places)) for ran in runs]
            kinds = _filled(kinds)
        marks = _columns([one.step for one in compiled], x_limits, columns) if columns else ()
        return cls(tuple(map(int, kinds)), frozenset(map(int, marks)))

    def cells(self) -> list[Cell]:
        """Each cell's character, a letter where another graph ran than in the sampled cell before; and its
        kind, or what there is in place of one.
        """
        cells, before = [], NOTHING
        for column, kind in enumerate(self.kinds):
            if column in self.marks:
                cells.append((MARK, MARKED))
            elif kind >= 0:
                cells.append((" " if kind == before else letter(kind), kind))
                before = kind
            else:
                cells.append(("─" if kind == BETWEEN else " ", kind))
        return cells

    def text(self) -> str:
        """The row in characters."""
        return "".join(character for character, _ in self.cells())


def _filled(kinds: np.ndarray) -> np.ndarray:
    """With the graph itself between two samples of the same one."""
    known = np.flatnonzero(kinds >= 0)
    filled = kinds.copy()
    for start, end in pairwise(known):
        if kinds[start] == kinds[end]:
            filled[start:end] = kinds[start]
    return filled


def letter(kind: int) -> str:
    """What a graph is called: `a` is the first that was seen."""
    return LETTERS[kind] if kind < len(LETTERS) else "*"


def figures(
    runs: GraphRuns, compiled: Sequence[Compiled], steps: int, is_static: bool, not_sampled: str = ""
) -> tuple[str, ...]:
    """How many graphs ran, how often another one, and what compiling cost the last time; longest first.

    Args:
        steps: how many steps were done.
        is_static: whether one graph serves many steps; else each step makes its own.
        not_sampled: why it is not known any more which graph runs; "" where it is.
    """
    if not_sampled:
        since = f" since step {runs[-1].step + 1:,}" if runs else ""
        return (f"{numbers.NA}{since}: {plain(not_sampled)}",)
    kinds = f"{len(runs.kinds):,}{'+' if runs.more_kinds else ''}"
    if not runs.samples:
        short = long = numbers.NA
    elif runs.changes:
        share = 100 * runs.changes / (runs.samples - 1)
        short = f"{kinds} kinds"
        changes = f"another in {f'{share:.0f}' if share >= 1 else 'less than 1'} % of samples"
        long = f"{kinds} graphs, {changes}" if is_static else f"{steps:,} graphs of {kinds} kinds, {changes}"
    elif is_static:
        short, long = "1 graph", f"1 graph, run {numbers.plural(steps, 'time')}"
    else:
        short, long = "1 kind", f"{steps:,} graphs, all of 1 kind"
    if not compiled:
        return long, short
    cost = f"{MARK} {'last ' if len(compiled) > 1 else ''}{numbers.duration(compiled[-1].cost_ns)}"
    return f"{long}   {cost}", f"{short}   {cost}", short


def read_out(runs: GraphRuns, step: int) -> str:
    """Which graph ran in the last sample that is not after `step`."""
    at = bisect_right(runs, step, key=lambda ran: ran.step) - 1
    if at < 0:
        return numbers.NA
    ran = runs[at]
    kind = next((place for place, graph in enumerate(runs.kinds) if graph == ran.graph), len(runs.kinds))
    nodes = "" if ran.nodes is None else f", {numbers.plural(ran.nodes, 'node')}"
    return f"step {ran.step:,}  {letter(kind)}{nodes}"


def _columns(steps: Sequence[int], x_limits: tuple[int, int], columns: int) -> np.ndarray:
    """The column of cells that each step is drawn in; a chart has two columns of dots in each."""
    dots = columns * DOTS_ACROSS
    edges = column_edges(x_limits, dots)
    found = np.searchsorted(edges, np.asarray(steps, np.int64), side="right") - 1
    return np.clip(found, 0, dots - 1) // DOTS_ACROSS
