"""Models of the two frameworks whose weights find each other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ZOO = sorted(one.stem for one in (Path(__file__).parents[1] / "zoo").glob("[a-z]*.py"))
CUT = ["lenet", "packed_attention", "siamese"]
WAYS = ["torch first", "tensorflow first"]


def pair(names: list[str]) -> dict[tuple[str, str], Any]:
    command = [sys.executable, "-m", "tests.pairing.zoo_probe", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {(one["name"], one["way"]): one for one in found}


@pytest.fixture(scope="module")
def cut() -> dict[tuple[str, str], Any]:
    return pair(CUT)


@pytest.fixture(scope="module")
def rest() -> dict[tuple[str, str], Any]:
    return pair([name for name in ZOO if name not in CUT])


def check(found: dict[str, Any]) -> None:
    assert found["difference"] is None
    assert 0 <= found["gap"] < 1e-6
    assert found["compared"] > 0.8 * (found["weights"] - found["unused"])
    assert found["outputs"]
    assert max(found["outputs"]) < 1e-7  # constants of Keras's layers in float32
    has_modules = found["name"] != "module_of_variables"
    assert (found["without"], found["modules"] > 0) == ([], has_modules)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CUT)
def test_a_thin_cut_of_it_is_paired_and_proven(cut, name, way):
    check(cut[name, way])


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [name for name in ZOO if name not in CUT])
def test_each_pair_is_paired_and_proven(rest, name, way):
    check(rest[name, way])


@pytest.mark.slow
def test_layers_of_one_form_are_told_apart_by_what_they_compute(cut):
    pairs = {one: (other, how) for one, other, how in cut["siamese", "torch first"]["pairs"]}
    assert pairs["gate"][0].endswith("/dense_1")
    assert pairs["gate"][1] == "values"


@pytest.mark.slow
def test_packed_projections_are_those_of_an_attention(cut):
    pairs = cut["packed_attention", "torch first"]["pairs"]
    assert [other.rpartition("/")[2] for one, other, _ in pairs if one == "c_attn"] == [
        "query",
        "key",
        "value",
    ]


def test_there_are_enough():
    assert len(ZOO) >= 25
