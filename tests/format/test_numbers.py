"""Numbers in few signs."""

import math

import pytest

from fwtui.format import numbers


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (None, "n/a"),
        (0, "0 µs"),
        (201_000, "201 µs"),
        (999_400, "999 µs"),
        (999_600, "1 ms"),
        (3_420_000, "3.42 ms"),
        (1.5e9, "1.50 s"),
        (24.3e9, "24.3 s"),
        (125e9, "2:05"),
    ],
)
def test_durations(ns, text):
    assert numbers.duration(ns) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "n/a"), (0, "0:00"), (4.4, "0:04"), (59.6, "1:00"), (725, "12:05"), (11_525, "3:12:05")],
)
def test_clock(seconds, text):
    assert numbers.clock(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "n/a"),
        (309.654, "309.65"),
        (3.0965e7, "3.0965e+07"),
        (1.23456e-6, "1.2346e-06"),
        (0.0, "0"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
    ],
)
def test_losses(value, text):
    assert numbers.loss(value) == text


def test_sizes_counts_and_gaps():
    assert [numbers.size(value) for value in (None, 0, 512_000_000)] == ["n/a", "0 B", "512 MB"]
    assert [numbers.count(value) for value in (None, 0, 101_000)] == ["n/a", "0", "101,000"]
    assert [numbers.gap(value) for value in (None, 0.0, 2.1e-6)] == ["n/a", "0", "2.1e-06"]
    assert [numbers.plural(number, "trace") for number in (0, 1, 1200)] == [
        "0 traces",
        "1 trace",
        "1,200 traces",
    ]
