"""Steps on their way out: preallocated columns that cost the step loop one write each."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping

from fwtui.core.records import Steps

CAPACITY = 8192


class Columns:
    """Collects consecutive steps until they are taken as one `Steps` record."""

    def __init__(self) -> None:
        self._first = self.count = 0
        self._started = array("q", bytes(8 * CAPACITY))
        self._step_ns = array("q", bytes(8 * CAPACITY))
        self._loss = array("d", bytes(8 * CAPACITY))
        # What a network returns besides its loss is known only once it has returned it.
        self._others: dict[str, array[float]] = {}
        self._digests: dict[str, array[float]] = {}

    @property
    def full(self) -> bool:
        """Whether the next write would not fit."""
        return self.count == CAPACITY

    def write(self, started_ns: int, step_ns: int, values: Mapping[str, float]) -> None:
        """Adds one step."""
        row = self.count
        self._started[row] = started_ns
        self._step_ns[row] = step_ns
        self._loss[row] = values["loss"]
        if len(values) > 1:
            self._write_others(row, values)
        self.count = row + 1

    def write_digests(self, values: Mapping[str, float]) -> None:
        """Adds the digests of the step that was written last."""
        for name, value in values.items():
            if name not in self._digests:
                self._digests[name] = array("d", [math.nan]) * CAPACITY
            self._digests[name][self.count - 1] = value

    def take(self) -> Steps:
        """Return everything written since the last call, and clear the buffer."""
        size = self.count
        columns = {"loss": self._loss, **self._others}
        steps = Steps(
            self._first,
            self._started[:size].tobytes(),
            self._step_ns[:size].tobytes(),
            tuple((name, column[:size].tobytes()) for name, column in columns.items()),
            tuple((name, column[:size].tobytes()) for name, column in self._digests.items()),
        )
        unwritten = array("d", [math.nan]) * size
        for column in self._digests.values():
            column[:size] = unwritten
        self._first += size
        self.count = 0
        self._others = {}
        return steps

    def _write_others(self, row: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            if name != "loss":
                if name not in self._others:
                    self._others[name] = array("d", [math.nan]) * CAPACITY
                self._others[name][row] = value
