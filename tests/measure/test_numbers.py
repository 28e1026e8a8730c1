"""Numbers in words and in JSON, real and complex."""

import json
import math

import pytest

from fwtui.measure.numbers import distinct_texts, imaginary_json, real_json


@pytest.mark.parametrize(
    ("a", "b", "texts"),
    [
        (1.0, 2.0, ("1", "2")),
        (1.00001, 1.00002, ("1.00001", "1.00002")),
        (1.0, 1.0, ("1", "1")),
        (1.2 + 0.3j, 1.2 - 0.3j, ("1.2+0.3j", "1.2-0.3j")),
        (0.5, 0.5 + 0.1j, ("0.5", "0.5+0.1j")),
        (math.nan, 1.0, ("nan", "1")),
        (complex(0, math.inf), 1j, ("0+infj", "0+1j")),
    ],
)
def test_two_numbers_are_told_with_digits_that_show_that_they_differ(a, b, texts):
    assert distinct_texts(a, b, 4) == texts


def test_the_component_that_differs_decides_on_the_digits():
    """The imaginary parts are rounding alone, and differ in their first digit."""
    a, b = distinct_texts(complex(1.00001, 1e-17), complex(1.00002, 3e-17), 4)
    assert a.startswith("1.00001+")
    assert b.startswith("1.00002+")


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        (1.5, [1.5, None]),
        (1.5 + 0j, [1.5, 0.0]),
        (1 - 2j, [1.0, -2.0]),
        (complex(1, math.nan), [1.0, None]),
        (math.inf, [None, None]),
        (None, [None, None]),
    ],
)
def test_json_has_a_number_for_each_part(value, parts):
    told = [real_json(value), imaginary_json(value)]
    assert json.loads(json.dumps(told, allow_nan=False)) == parts
