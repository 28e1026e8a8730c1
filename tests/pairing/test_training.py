"""Models of the two frameworks that are trained from the same weights."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from typing import Any

import pytest

from tests.pairing.test_zoo import ZOO

CUT = [
    *("packed_attention", "resnet_block", "lstm"),
    *("interchangeable", "tied_with_bias", "auxiliary_head", "conditional_layers"),
]
SINGLE_CONSTANTS = {"autoencoder", "dcgan", "grouped_conv"}
"""Their Keras layers compute with constants in float32, whatever the dtype, such as a leaky ReLU's slope."""
DTYPES = ["float64", "float32"]
PART = 8
"""Models that one process trains."""


def train(names: list[str], steps: int) -> dict[tuple[str, str], Any]:
    command = [sys.executable, "-m", "tests.pairing.training_probe", str(steps), *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=900)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {(one["name"], one["dtype"]): one for one in found}


@pytest.fixture(scope="module")
def cut() -> dict[tuple[str, str], Any]:
    return train(CUT, 5)


@functools.cache
def hundred_steps(part: int) -> dict[tuple[str, str], Any]:
    """Some of the zoo, which takes minutes in all."""
    return train(ZOO[part * PART : (part + 1) * PART], 100)


def check(found: dict[str, Any], steps: int) -> None:
    single = found["name"] in SINGLE_CONSTANTS or found["dtype"] == "float32"
    tolerance = 1e-4 if found["dtype"] == "float32" else 1e-8 if single else 1e-10
    assert found["steps"] == steps
    assert max(found["loss"], found["evaluation"], found["end"]) <= tolerance
    assert found["moved"] > 1e-4, "it trains"
    assert found["names"][0] == found["names"][1]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", CUT)
def test_a_thin_cut_of_the_zoo_trains_alike(cut, name, dtype):
    check(cut[name, dtype], 5)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ZOO)
def test_each_pair_of_the_zoo_trains_alike_for_a_hundred_steps(name, dtype):
    check(hundred_steps(ZOO.index(name) // PART)[name, dtype], 100)
