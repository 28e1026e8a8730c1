"""From histories to curves, and the axes that lanes share."""

import numpy as np
import pytest

from fwtui.core.device_memory import FrameworkMemory, ProcessMemory
from fwtui.core.records import Steps
from fwtui.measure.history import History
from fwtui.tui.live.curves import KINDS, LaneCurves, SharedAxes


def lane(losses, step_us=100.0, in_use=None, rss=None):
    history = History()
    history.apply(ProcessMemory(rss, rss, None))
    history.apply(FrameworkMemory(in_use_bytes=in_use))
    count = len(losses)
    times = np.broadcast_to(np.asarray(step_us) * 1e3, count).astype(np.int64)
    loss = np.asarray(losses, np.float64)
    history.apply(Steps(0, times.tobytes(), times.tobytes(), (("loss", loss.tobytes()),)))
    return LaneCurves.of(history)


def test_step_times_are_medians_in_a_band():
    x, low, high = lane([3.0, 2.0, 1.0], step_us=250).series["step"]
    assert x.tolist() == [0, 1, 2]
    assert low.tolist() == high.tolist() == [250e3] * 3
    times = np.where(np.arange(12_800) % 10, 100.0, 900.0)
    lanes = lane([1.0] * 12_800, times)
    assert set(lanes.series["step"][1]) == {100e3}
    _, low, high = lanes.series["band"]
    assert (set(low), set(high)) == ({100e3}, {900e3})


def test_memory_is_what_the_framework_counts_or_else_what_is_resident():
    counted, resident = lane([1.0], in_use=5, rss=9), lane([1.0], rss=9)
    assert (counted.memory_name, counted.series["memory"][1].tolist()) == ("in use", [5.0])
    assert (resident.memory_name, resident.series["memory"][1].tolist()) == ("resident", [9.0])


def test_axes_hold_every_lane():
    axes = SharedAxes()
    axes.fit([lane([1.0] * 50, 100, rss=10), lane([1000.0] * 80, 300, rss=90)], 500, {"metric": "log"})
    assert axes.x[0] == 0
    assert 79 <= axes.x[1] <= 500
    low, high = axes.y["metric"].low, axes.y["metric"].high
    assert low <= 1
    assert high >= 1000
    assert axes.y["metric"].scale == "log"
    assert axes.y["memory"].low <= 0
    assert axes.y["memory"].high >= 90
    assert axes.y["step"].low <= 0
    assert axes.y["step"].high >= 300e3


def test_a_first_step_that_compiles_does_not_flatten_the_others():
    times = np.full(200, 100.0)
    times[0] = 1e6
    axes = SharedAxes()
    axes.fit([lane([1.0] * 200, times)], 200, {"metric": "log"})
    assert 100e3 <= axes.y["step"].high <= 1000e3


@pytest.mark.parametrize(("total", "most"), [(500, 500), (1_000_000, 1_000)])
def test_a_long_runs_axis_grows_with_it(total, most):
    axes = SharedAxes()
    axes.fit([lane([1.0] * 60)], total, {})
    assert 59 <= axes.x[1] <= most


def test_axes_stay_while_they_serve():
    axes = SharedAxes()
    axes.fit([lane(np.linspace(9, 1, 100))], 500, {})
    before = axes.x, dict(axes.y)
    axes.fit([lane(np.linspace(9, 0.99, 101))], 500, {})
    assert (axes.x, axes.y) == before


def test_lanes_without_steps():
    axes = SharedAxes()
    axes.fit([LaneCurves.of(History())], 500, {"metric": "log"})
    assert axes.y["metric"] is None
    assert set(axes.y) == set(KINDS)
    axes.fit([lane([float("nan")] * 3)], 500, {"metric": "log"})
    assert axes.y["metric"] is None
