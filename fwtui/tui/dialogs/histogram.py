"""How the steady steps of all lanes are distributed, on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from fwtui.format import numbers
from fwtui.tui.common.lane_colours import colour_names
from fwtui.tui.common.model import RaceModel
from fwtui.tui.dialogs.dialog import Dialog

ROWS = 14
_REFRESH_S = 1.0
_LABEL_CELLS = 11
_BLOCKS = " ▏▎▍▌▋▊▉█"

Floats = NDArray[np.float64]


class HistogramScreen(Dialog[None]):
    """Shows the step times of every lane in the same bins, and follows them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,h,enter", "dismiss(None)", "Back")]

    def __init__(self, model: RaceModel) -> None:
        super().__init__()
        self._model = model
        self._body = Static()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -wide"):
            title = Content.assemble(("Step times", "bold"), ("  of the steady steps", "$dim"))
            yield Static(title, classes="dialog--title")
            yield self._body
            yield Static(Content.assemble("esc", (" back", "$dim")), classes="dialog--keys")

    def on_mount(self) -> None:
        """Shows what there is, and what comes."""
        self._show()
        self.set_interval(_REFRESH_S, self._show)

    def on_resize(self, event: events.Resize) -> None:
        """Fits the bars to the room."""
        super().on_resize(event)
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        self._body.update(self._text())

    def _text(self) -> Content:
        lanes = self._model.lanes
        times = [lane.history.steady_step_ns() for lane in lanes]
        edges = bins(times)
        if edges is None:
            return Content.assemble(("no steady steps yet", "$dim"))
        cells = max((self._body.size.width - _LABEL_CELLS) // len(lanes) - 7, 4)
        colours = [f"${name}" for name in colour_names(lanes)]
        shares = [histogram(of, edges) for of in times]
        top = max(float(of.max()) for of in shares)
        heads = [f"{lane.run.lane + 1} {lane.spec.backend}"[: cells + 5] for lane in lanes]
        head = Content(" " * _LABEL_CELLS).append(
            Content("").join(
                Content.assemble((f"{name:<{cells + 7}}", colour))
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
                parts.append((bar(share / top, cells), colour))
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
