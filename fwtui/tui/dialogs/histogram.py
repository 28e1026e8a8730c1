"""How the steady steps of all lanes are distributed, on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.binding import Binding, BindingType
from textual.content import Content

from fwtui.format import numbers
from fwtui.tui.common.lane_colours import colour_names
from fwtui.tui.dialogs.figures import FiguresDialog

ROWS = 14
_LABEL_CELLS = 11
_BLOCKS = " ▏▎▍▌▋▊▉█"

Floats = NDArray[np.float64]


class HistogramScreen(FiguresDialog):
    """Shows the step times of every lane in the same bins."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,h,enter", "dismiss(None)", "Back")]
    HEADING = "Step times"
    ABOUT = "of the steady steps"

    def text(self, cells: int) -> Content:
        """A column of bars for each lane."""
        lanes = self._model.lanes
        times = [lane.history.steady_step_ns() for lane in lanes]
        edges = bins(times)
        if edges is None:
            return Content.assemble(("no steady steps yet", "$dim"))
        bar_cells = max((cells - _LABEL_CELLS) // len(lanes) - 7, 4)
        colours = [f"${name}" for name in colour_names(lanes)]
        shares = [histogram(of, edges) for of in times]
        top = max(float(of.max()) for of in shares)
        heads = [f"{lane.run.lane + 1} {lane.spec.backend}"[: bar_cells + 5] for lane in lanes]
        head = Content(" " * _LABEL_CELLS).append(
            Content("").join(
                Content.assemble((f"{name:<{bar_cells + 7}}", colour))
                for name, colour in zip(heads, colours, strict=True)
            )
        )
        rows = [head]
        for row in range(ROWS):
            at_least = "≥ " if row == ROWS - 1 else ""  # that bin has no end
            label = f"{at_least + numbers.duration(float(edges[row])):>{_LABEL_CELLS - 2}}  "
            parts: list[tuple[str, str]] = [(label, "$dim")]
            for of, colour in zip(shares, colours, strict=True):
                share = float(of[row])
                parts.append((bar(share / top, bar_cells), colour))
                percent = "" if share == 0 else "<1 %" if share < 0.01 else numbers.share(share)
                parts.append((f" {percent:<6}", "$dim"))
            rows.append(Content.assemble(*parts))
        return Content("\n").join(rows)


def bins(times: Sequence[Floats]) -> Floats | None:
    """Edges of `ROWS` bins, each as many times as long as the one before, for the lanes' times in ns.

    The last bin holds all that is longer than the longest lane's 99th percentile. None without any times.
    """
    known = [of for of in times if len(of)]
    if not known:
        return None
    low = min(float(of.min()) for of in known)
    high = max(float(np.percentile(of, 99)) for of in known)
    edges: Floats = np.geomspace(max(low, 1.0), max(high, low * 1.01, 2.0), ROWS)
    edges[0] = max(low, 1.0)
    return edges


def histogram(times: Floats, edges: Floats) -> Floats:
    """Each bin's share of the times, shape (ROWS,); 0 where there are none."""
    if not len(times):
        return np.zeros(ROWS)
    counts, _ = np.histogram(np.maximum(times, edges[0]), np.append(edges, np.inf))
    shares: Floats = counts / len(times)
    return shares


def bar(share: float, cells: int) -> str:
    """Return a bar of `share` of `cells` cells, in eighths of a cell, padded to their width."""
    eighths = round(share * cells * 8)
    full, rest = divmod(min(eighths, cells * 8), 8)
    return ("█" * full + (_BLOCKS[rest] if rest else "")).ljust(cells)
