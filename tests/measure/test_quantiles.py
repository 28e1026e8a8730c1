"""Percentiles of a series of any length."""

import numpy as np
import pytest

from fwtui.measure.quantiles import QuantileBuckets


def test_the_first_values_stand_for_themselves():
    kept = QuantileBuckets(8)
    kept.extend(np.array([3.0, 1.0, 2.0]))
    x, *quantiles = kept.buckets()
    assert x.tolist() == [0, 1, 2]
    assert [column.tolist() for column in quantiles] == [[3, 1, 2]] * 3


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_bucket_has_the_percentiles_of_its_values_however_they_come(size):
    values = np.random.default_rng(0).gamma(2.0, 100.0, 1000)
    kept = QuantileBuckets(4)
    kept.extend(values[:4])
    for start in range(4, 1000, size):
        kept.extend(values[start : start + size])
    x, low, middle, high = kept.buckets()
    assert (kept.count, kept.width) == (1000, 256)
    assert x.tolist() == [0, 256, 512, 768]
    for bucket, start in enumerate(x):
        mine = np.sort(values[start : start + 256])
        for quantile, found in zip((0.05, 0.5, 0.95), (low, middle, high), strict=True):
            assert abs(np.searchsorted(mine, found[bucket]) / len(mine) - quantile) < 0.03
    assert (low <= middle).all()
    assert (middle <= high).all()


def test_a_slow_step_in_a_hundred_does_not_move_the_median():
    values = np.full(10_000, 200.0)
    values[::100] = 1e6
    kept = QuantileBuckets(16)
    kept.extend(values)
    _, low, middle, _ = kept.buckets()
    assert set(middle[:-1]) == {200.0}
    assert set(low) == {200.0}


def test_a_bucket_of_millions_is_sampled():
    kept = QuantileBuckets(2)
    rng = np.random.default_rng(1)
    for _ in range(40):
        kept.extend(rng.uniform(0, 1, 50_000))
    assert kept.count == 2_000_000
    assert sum(map(len, kept._open)) < 20_000
    _, low, middle, high = kept.buckets()
    assert middle == pytest.approx([0.5] * len(middle), abs=0.03)
    assert low == pytest.approx([0.05] * len(low), abs=0.03)
    assert high == pytest.approx([0.95] * len(high), abs=0.03)
