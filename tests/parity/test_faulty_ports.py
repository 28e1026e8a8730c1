"""Faults that people make in ports: none is called agreement, and each is placed."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from fwtui.parity import words
from tests.parity.judging import judged
from tests.ports import FAULTS

pytestmark = [pytest.mark.slow, pytest.mark.spread]

ELSEWHERE = frozenset(
    {
        # Where a constant or an index is wrong, the op that takes it is named.
        "rotary positions of another base",
        "tiles for repeated pixels",
        # A stop that the one side makes for its padding row, and the other does not.
        "padding row trained",
        # Of two losses that are added, the sum.
        "one direction twice",
    }
)
"""Faults that are found, and placed at another line than that at fault."""
WITHIN_HALF_PRECISION = frozenset({"float16 for bfloat16", "second weight not rounded"})
"""Faults that are no larger than what half precision rounds: nothing can be told of them."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_and_placed(name, tmp_path):
    fault = FAULTS[name]
    path = fault.write(tmp_path / "my_port.py")
    finding, text = judged(path)
    assert finding.same is (None if name in WITHIN_HALF_PRECISION else False), text
    if finding.same is None:
        assert "float16" in text
        return
    if name not in ELSEWHERE:
        lines = {f"{path.name}:{line}" for side in fault.line_numbers(path) for line in side}
        assert lines & _places(words.where(finding)), text


def _places(lines: list[str]) -> set[str]:
    """Every `my_port.py:12` in the text."""
    found = set()
    for word in (
        " ".join(lines).replace("(", " ").replace(")", " ").replace(",", " ").replace(";", " ").split()
    ):
        file, _, line = word.partition(":")
        if PurePath(file).suffix == ".py" and line.isdigit():
            found.add(word)
    return found
