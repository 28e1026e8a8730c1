"""Whether a lane's updates follow its optimizer's equations, from its own weights and gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.core.numerical_policy import GRADIENT_ROUNDINGS, TOLERANCES
from fwtui.core.optimizers import BETA_1, BETA_2, DECAY, EPSILON, MOMENTUM, WEIGHT_DECAY
from fwtui.core.records import Probed

Floats = NDArray[np.float64]
State = dict[str, Floats]
Rule = Callable[[Floats, Floats, State, float, int], Floats]
"""(weight, gradient, state, learning rate, number of the update from 1) -> the weight's new values."""

MAX_UPDATES = 4
"""Updates that are checked by default: these steps are probed one by one."""
MAX_ELEMENTS = 2**18
"""Elements of one parameter that are checked, evenly spread; checking must not take as long as training."""


def _sgd(weight: Floats, gradient: Floats, state: State, rate: float, count: int) -> Floats:
    return weight - rate * gradient


def _momentum(weight: Floats, gradient: Floats, state: State, rate: float, count: int) -> Floats:
    state["buffer"] = MOMENTUM * state.get("buffer", 0.0) + gradient
    return weight - rate * state["buffer"]


def _adam(weight: Floats, gradient: Floats, state: State, rate: float, count: int) -> Floats:
    state["mean"] = BETA_1 * state.get("mean", 0.0) + (1 - BETA_1) * gradient
    state["square"] = BETA_2 * state.get("square", 0.0) + (1 - BETA_2) * gradient**2
    root = np.sqrt(state["square"] / (1 - BETA_2**count))
    return weight - rate * (state["mean"] / (1 - BETA_1**count)) / (root + EPSILON)


def _adamw(weight: Floats, gradient: Floats, state: State, rate: float, count: int) -> Floats:
    return _adam(weight * (1 - rate * WEIGHT_DECAY), gradient, state, rate, count)


def _rmsprop(weight: Floats, gradient: Floats, state: State, rate: float, count: int) -> Floats:
    state["square"] = DECAY * state.get("square", 0.0) + (1 - DECAY) * gradient**2
    return weight - rate * gradient / (np.sqrt(state["square"]) + EPSILON)


_RULES: dict[str, Rule] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "adam": _adam,
    "adamw": _adamw,
    "rmsprop": _rmsprop,
}


@dataclass(frozen=True, slots=True)
class UpdateGap:
    """How far an update is from the equation's.

    Attributes:
        step: the step whose update it is.
        name: the parameter.
        relative: largest difference over the array's largest change.
        index: the worst element's place.
        given, expected: the parameter there after the update, and after the equation.
    """

    step: int
    name: str
    relative: float
    index: tuple[int, ...]
    given: float
    expected: float


@dataclass
class _Parameter:
    state: State = field(default_factory=dict)
    updates: int = 0
    decided: Any = True
    """Elements whose gradient has been more than rounding in each step."""


class UpdateCheck:
    """Follows the first updates of one lane by the equations in `fwtui.core.optimizers`, in float64.

    Adam and RMSprop divide a gradient by its own size: of one that is zero but for rounding they make a whole
    step in a direction that rounding alone decides. Such elements are not judged.

    Args:
        most: updates to check, from the first one on, as long as each step is probed.

    Attributes:
        checked: how many updates were followed.
        off: the first update that is further from the equation's than the tolerance; None without any.
        undecided: parameters of which some elements' updates are decided by rounding alone.
    """

    def __init__(
        self, optimizer: str, learning_rate: float | None, dtype: str, most: int = MAX_UPDATES
    ) -> None:
        self._rule, self._rate, self._most = _RULES.get(optimizer, _sgd), learning_rate or 0.0, most
        self._is_known = optimizer in _RULES
        self._eps, self.tolerance = float(np.finfo(dtype).eps), TOLERANCES[dtype]
        self._next = 0
        self._parameters: dict[str, _Parameter] = {}
        self._expected: dict[str, tuple[Floats, Floats]] = {}
        self.checked = 0
        self.off: UpdateGap | None = None
        self.undecided: set[str] = set()

    @property
    def wants(self) -> int | None:
        """The step whose probe comes next; None where no more is checked, or there are no equations."""
        return self._next if self._is_known and self._next <= self._most else None

    def update(self, probe: Probed, noise: Mapping[str, float]) -> None:
        """Takes in the probe of the step that `wants` names.

        Args:
            noise: by parameter, how far its gradients are known to be off by rounding, absolutely.
        """
        self._next += 1
        if self._expected:
            self._check(probe)
        if self._next <= self._most:
            self._predict(probe, noise)

    def _check(self, probe: Probed) -> None:
        self.checked += 1
        gaps = [
            gap for name, array in probe.parameters if (gap := self._gap(probe.step - 1, name, array.value()))
        ]
        worst = max(gaps, key=lambda gap: gap.relative, default=None)
        if self.off is None and worst is not None and worst.relative > self.tolerance:
            self.off = worst

    def _gap(self, step: int, name: str, value: NDArray[Any]) -> UpdateGap | None:
        """How far a parameter is from what the equation makes of it; None where that is not known."""
        new, (old, expected) = _sample(value), self._expected[name]
        slack = 8 * self._eps * np.maximum(np.abs(new), np.abs(old))
        with np.errstate(invalid="ignore"):
            apart = np.maximum(np.abs(new - expected) - slack, 0.0)
        apart = np.where(np.isfinite(apart) & self._parameters[name].decided, apart, 0.0)
        if not apart.any():
            return None
        at = int(apart.argmax())
        change = np.abs(expected - old)
        scale = max(float(change[np.isfinite(change)].max(initial=0.0)), float(np.finfo(np.float64).tiny))
        index = np.unravel_index(at * _stride(value.size), value.shape)
        relative = float(apart[at]) / scale
        return UpdateGap(step, name, relative, tuple(map(int, index)), float(new[at]), float(expected[at]))

    def _predict(self, probe: Probed, noise: Mapping[str, float]) -> None:
        gradients = {name: None if one is None else _sample(one.value()) for name, one in probe.gradients}
        largest = {name: _largest(one) for name, one in gradients.items() if one is not None}
        floor = GRADIENT_ROUNDINGS * self._eps * max(largest.values(), default=0.0)
        self._expected = {}
        for name, array in probe.parameters:
            weight, gradient = _sample(array.value()), gradients.get(name)
            if gradient is None:
                self._expected[name] = weight, weight
                continue
            one = self._parameters.setdefault(name, _Parameter())
            one.updates += 1
            own = largest[name]
            rounding = GRADIENT_ROUNDINGS * self._eps * own
            uncertain = max(rounding, noise.get(name, 0.0), floor if own <= floor else 0.0)
            if self._rule not in (_sgd, _momentum):
                one.decided = one.decided & (np.abs(gradient) > uncertain)
                if not np.all(one.decided | (gradient == 0)):
                    self.undecided.add(name)
            with np.errstate(all="ignore"):
                self._expected[name] = (
                    weight,
                    self._rule(weight, gradient, one.state, self._rate, one.updates),
                )
        for name, _ in probe.parameters:
            self._parameters.setdefault(name, _Parameter())


def _stride(size: int) -> int:
    return max(1, -(-size // MAX_ELEMENTS))


def _sample(array: NDArray[Any]) -> Floats:
    flat = array.ravel()
    return flat[:: _stride(flat.size)].astype(np.float64)


def _largest(array: Floats) -> float:
    return float(np.abs(array[np.isfinite(array)]).max(initial=0.0))
