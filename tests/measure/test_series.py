"""Series in bounded memory, against references that are slow and obviously right."""

import numpy as np
import pytest

from fwtui.measure.series import Extrema, Window


def batches(rng, total, largest):
    """`total` values with some that are not finite, in random pieces, some of them empty."""
    values = rng.standard_normal(total)
    values[rng.random(total) < 0.02] = np.nan
    values[rng.random(total) < 0.01] = np.inf
    at = 0
    pieces = []
    while at < total:
        size = int(rng.integers(0, largest))
        pieces.append(values[at : at + size])
        at += size
    return values, pieces


def slow_buckets(values, width):
    with np.errstate(all="ignore"):
        cuts = [values[at : at + width] for at in range(0, len(values), width)]
        low = [np.fmin.reduce(cut) for cut in cuts]
        high = [np.fmax.reduce(cut) for cut in cuts]
    return np.arange(len(cuts)) * width, np.array(low), np.array(high)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("capacity", [2, 16, 64])
def test_extrema_are_those_of_the_whole_series_in_buckets(seed, capacity):
    rng = np.random.default_rng(seed)
    values, pieces = batches(rng, int(rng.integers(1, 3000)), 1 + int(rng.integers(1, 300)))
    extrema, so_far = Extrema(capacity), 0
    for piece in pieces:
        extrema.extend(piece)
        so_far += len(piece)
        start, low, high = extrema.buckets()
        for ours, reference in zip(
            (start, low, high), slow_buckets(values[:so_far], extrema.width), strict=True
        ):
            np.testing.assert_array_equal(ours, reference)
        assert len(low) <= capacity + 1
    assert extrema.count == len(values)
    smallest = 1
    while smallest * capacity < len(values):
        smallest *= 2
    assert extrema.width == smallest, "as fine as there is room"


def test_extrema_are_exact_until_full():
    extrema = Extrema(8)
    extrema.extend(np.arange(8.0))
    assert extrema.width == 1
    np.testing.assert_array_equal(extrema.buckets()[1], np.arange(8.0))
    extrema.extend(np.array([8.0]))
    assert extrema.width == 2


def test_extrema_keep_the_one_slow_step_among_millions():
    extrema = Extrema()
    values = np.ones(100_000)
    values[77_777] = 50
    for _ in range(30):
        extrema.extend(values)
    start, low, high = extrema.buckets()
    assert high.max() == 50
    assert low.min() == 1
    assert 77_777 in [at + step for at in start[high == 50] for step in range(extrema.width)]
    assert sum(array.nbytes for array in (extrema._low, extrema._high)) <= 2 * 8 * 65_536


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("limit", [1, 7, 1000, None])
def test_a_window_holds_the_last_values(seed, limit):
    rng = np.random.default_rng(seed)
    values, pieces = batches(rng, 5000, 1 + int(rng.integers(1, 900)))
    window, so_far = Window(limit), 0
    for piece in pieces:
        window.extend(piece)
        so_far += len(piece)
        kept = values[:so_far] if limit is None else values[:so_far][-limit:]
        np.testing.assert_array_equal(window.values(), kept)
        assert (window.count, window.first) == (so_far, so_far - len(kept))
        since = int(rng.integers(0, so_far + 10))
        np.testing.assert_array_equal(
            window.since(since), values[max(since, window.first) : so_far], err_msg=f"since {since}"
        )


def test_a_windows_memory_is_bounded():
    window, largest = Window(1000), 0
    for _ in range(2000):
        window.extend(np.zeros(500))
        largest = max(largest, len(window._values))
    assert largest <= 2 * (1000 + 500)
