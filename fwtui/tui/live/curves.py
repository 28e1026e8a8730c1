"""From histories to what charts take: one set of curves a lane, and axes that all lanes share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fwtui.measure.history import History
from fwtui.measure.series import Extrema
from fwtui.tui.charts.axes import Limits, fit_steps
from fwtui.tui.charts.compose import Curve, Role
from fwtui.tui.charts.raster import Scale

WHOLE_RUN = 2_000
"""Steps up to which the axis shows the whole run from its start."""

SPIKE = 3.0
"""Multiple of the median above which step times do not stretch their axis."""

KINDS = ("metric", "step", "memory")
_EMPTY = Extrema()

Floats = NDArray[np.float64]
Arrays = tuple[NDArray[np.int64], Floats, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class LaneCurves:
    """One lane's series by kind: first step, minimum and maximum of each bucket.

    `metric` is the loss, or whatever else the network returns; `step` is the median step in ns, and `band`
    the 5th and the 95th percentile around it; `memory` is in bytes: what the framework has in use on its
    device, or, if not reported, the resident memory of the lane's process (`memory_name` says which).
    """

    series: dict[str, Arrays]
    memory_name: str

    @classmethod
    def of(cls, history: History, metric: str = "loss") -> LaneCurves:
        """Return the present curves of a lane, with one of its metrics."""
        in_use = history.memory.in_use_bytes is not None
        x, low, middle, high = history.step_curve.buckets()
        return cls(
            {
                "metric": history.metric_curves.get(metric, _EMPTY).buckets(),
                "step": (x, middle, middle),
                "band": (x, low, high),
                "memory": (history.in_use_curve if in_use else history.rss_curve).buckets(),
            },
            "in use" if in_use else "resident",
        )

    def curve(self, kind: str, role: Role) -> Curve:
        """One series as a chart takes it."""
        return Curve(*self.series[kind], role=role)


@dataclass
class SharedAxes:
    """The axes that the charts of all lanes share, so that side by side can be read across."""

    x: tuple[int, int] = (0, 1)
    y: dict[str, Limits | None] = field(default_factory=dict)

    def fit(self, lanes: Sequence[LaneCurves], total: int, scales: Mapping[str, Scale]) -> None:
        """Fits all axes to all lanes; each keeps its limits while they serve.

        Args:
            total: steps that the longest lane will have done.
            scales: that of each kind; linear where it has none.
        """
        # A long run's axis grows with it: its first minute would else be one column wide.
        done = max(
            (len(lane.series["step"][0]) and int(lane.series["step"][0][-1]) for lane in lanes), default=0
        )
        first, last = fit_steps(done, total if total <= WHOLE_RUN else None, self.x)
        self.x = (first, min(last, total))
        for kind in KINDS:
            scale = scales.get(kind, "linear")
            shown = "band" if kind == "step" else kind
            ranges: list[tuple[Floats, Floats]] = [lane.series[shown][1:] for lane in lanes]
            if kind == "step" and scale == "linear":
                ranges = [_without_spikes(low, high) for low, high in ranges]
            if kind == "memory":
                ranges.append((np.zeros(1), np.zeros(1)))
            self.y[kind] = Limits.fit(ranges, scale, self.y.get(kind))


def _without_spikes(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Step times without the few that would flatten all the others: a first step can be 10,000 times as long.

    What lies above is drawn at the chart's upper edge; its figures are in the panel.
    """
    finite = high[np.isfinite(high)]
    if not len(finite):
        return low, high
    return np.zeros(1), np.array([min(float(finite.max()), SPIKE * float(np.median(finite)))])
