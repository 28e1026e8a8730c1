"""What compared probes put to the test: a parameter that has no gradient, or never moves, proves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from fwtui.core.ndarray import Array
from fwtui.core.records import Probed
from fwtui.measure.comparability import listed


class Coverage:
    """Which parameters have had a gradient, and which have moved, over the probes so far, in any lane."""

    def __init__(self) -> None:
        self._probes = 0
        self._names: dict[str, None] = {}
        self._with_gradient: set[str] = set()
        self._with_nonzero_gradient: set[str] = set()
        self._moved: set[str] = set()
        self._first: dict[tuple[int, str], Array] = {}

    def update(self, probes: Sequence[Probed]) -> None:
        """Takes in one step's probes, a lane each."""
        self._probes += 1
        for lane, probe in enumerate(probes):
            for name, gradient in probe.gradients:
                if gradient is not None:
                    self._with_gradient.add(name)
                    if name not in self._with_nonzero_gradient and np.any(gradient.value()):
                        self._with_nonzero_gradient.add(name)
            for name, parameter in probe.parameters:
                self._names.setdefault(name)
                if name not in self._moved:
                    self._see(lane, name, parameter)

    def _see(self, lane: int, name: str, parameter: Array) -> None:
        first = self._first.setdefault((lane, name), parameter)
        if first is not parameter and first.data != parameter.data:
            self._moved.add(name)
            self._first = {key: array for key, array in self._first.items() if key[1] != name}

    @property
    def untested(self) -> str:
        """Why agreement would prove nothing; "" where it proves something."""
        if not self._names:
            return ""
        if not self._with_nonzero_gradient:
            return f"nothing was tested: no gradient reaches {listed(self._names)}"
        if self._probes > 1 and not self._moved:
            return f"nothing was tested: the training does not change {listed(self._names)}"
        if unused := self._without(self._with_gradient):
            return f"neither network trains {listed(unused)}: use it, or do not return it from parameters()"
        return ""

    @property
    def warnings(self) -> list[str]:
        """What was not tested, where all else was."""
        if self.untested or not self._names:
            return []
        flat = self._without(self._with_nonzero_gradient)
        still = [name for name in self._without(self._moved) if name not in flat] if self._probes > 1 else []
        return [
            *([f"not tested: the gradient of {listed(flat)} is zero in every probe"] if flat else []),
            *([f"not tested: the training does not change {listed(still)}"] if still else []),
        ]

    def _without(self, names: Iterable[str]) -> list[str]:
        known = set(names)
        return [name for name in self._names if name not in known]
