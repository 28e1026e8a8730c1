"""How long a chart's parts take to draw, for histories of any length.

    python benchmarks/charts.py

Histories longer than 65,536 steps are drawn from as many buckets, as the app keeps them. Prints the median of
many runs in milliseconds, for a chart of 78 × 20 cells with two curves.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from fwtui.measure.downsample import to_columns
from fwtui.tui.charts import frame
from fwtui.tui.charts.axes import DURATION, Limits
from fwtui.tui.charts.cells import changes
from fwtui.tui.charts.compose import Curve, View, compose
from fwtui.tui.charts.raster import Layer, draw

COLUMNS, ROWS, GUTTER, BUCKETS = 78, 20, 8, 65_536
PARTS = ("downsample", "raster", "limits", "frame", "whole chart", "diff")


def median_ms(run: Callable[[], object], repeats: int = 200) -> float:
    """Median wall time of one call, in milliseconds, after a few unmeasured ones."""
    for _ in range(5):
        run()
    took = []
    for _ in range(repeats):
        start = time.perf_counter_ns()
        run()
        took.append(time.perf_counter_ns() - start)
    return statistics.median(took) / 1e6


def curve(steps: int, role: str, seed: int) -> Curve:
    """Step times of a lane in ns, in buckets of equal length once there are more than 65,536 steps."""
    rng = np.random.default_rng(seed)
    width = -(-steps // BUCKETS)
    x = np.arange(0, steps, width)
    low = rng.normal(200e3 + 200e3 * seed, 10e3, len(x))
    high = low + (rng.exponential(20e3, len(x)) if width > 1 else 0.0)
    return Curve(x, low, high, "own" if role == "own" else "other")


def measure(steps: int) -> list[float]:
    """The parts' times in the order of `PARTS`, in milliseconds."""
    own, other = curve(steps, "own", 0), curve(steps, "other", 1)
    x_limits = (0, steps)
    limits = Limits.fit([(own.low, own.high), (other.low, other.high)])
    assert limits is not None
    view = View("step time", "p50 201 µs", x_limits, limits, GUTTER, x_axis=True, formatter=DURATION)
    _, columns, rows = frame.plot_area(COLUMNS, ROWS - 1, GUTTER, x_axis=True)
    reduced = [to_columns(c.x, c.low, c.high, x_limits, 2 * columns) for c in (other, own)]
    layers = [Layer(*reduced[0], 1, sparse=True), Layer(*reduced[1], 2)]
    y, x = ((0, "500"), (8, "250"), (16, "0")), ((0, "0"), (columns // 2, "250"), (columns - 1, "500"))

    def new_frame() -> frame.Frame:
        frame.draw.cache_clear()
        return frame.draw(COLUMNS, ROWS - 1, GUTTER, y, x)

    cells = [compose(view, curves, COLUMNS, ROWS) for curves in ([other], [other, own])]
    return [
        median_ms(lambda: to_columns(own.x, own.low, own.high, x_limits, 2 * columns)),
        median_ms(lambda: draw(layers, rows, columns, limits.pair)),
        median_ms(lambda: Limits.fit([(own.low, own.high), (other.low, other.high)], previous=limits)),
        median_ms(new_frame, repeats=50),
        median_ms(lambda: compose(view, [other, own], COLUMNS, ROWS)),
        median_ms(lambda: changes(*cells)),
    ]


def main() -> None:
    """Prints the table."""
    sys.stdout.write(f"{'steps':>12}" + "".join(f"{part:>13}" for part in PARTS) + "   ms, median\n")
    for steps in (400, 10_000, 65_536, 1_000_000, 10_000_000):
        sys.stdout.write(f"{steps:>12,}" + "".join(f"{took:>13.3f}" for took in measure(steps)) + "\n")


if __name__ == "__main__":
    main()
