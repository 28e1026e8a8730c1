"""Two models' traces beside each other: where they part although the weights are equal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.core.lane_model import Flatten
from fwtui.core.model_outline import LayerCall, Model, ModelTrace
from fwtui.core.nested import counterparts
from fwtui.core.numerical_policy import NO_GRADIENT, PAIRED
from fwtui.pairing.flatten import flatten_between
from fwtui.pairing.pairs import LayerPair, Pairing


@dataclass(frozen=True)
class Difference:
    """What differs first, in the first model's order of use.

    Attributes:
        first: the first model's layer; "" for what is no layer's.
        second: the second model's.
        what: `input`, `output`, `gradient of kernel`, `model output`, `loss`, or another metric's name.
        gap: relative; None where there is none, as between a number and what is missing.
    """

    first: str
    second: str
    what: str
    gap: float | None


class Comparison:
    """One trace of each model, under a pairing.

    What goes in and out of a layer is a hint: of two right ports, one may pad, scale or activate in another
    layer. What counts are the models' outputs, their metrics, and the gradients.

    Args:
        mine: the first model's trace.
        theirs: the second's, with the first's weights.
        models: what the traces are of; gradients are asked of them one by one, and must be these traces'.
    """

    def __init__(
        self, pairing: Pairing, mine: ModelTrace, theirs: ModelTrace, models: tuple[Model, Model]
    ) -> None:
        self.pairing, self._mine, self._theirs, self._models = pairing, mine, theirs, models
        self._my_calls = {call.layer: call for call in mine.calls}
        self._calls = {call.layer: call for call in theirs.calls}

    def is_equal(self, pair: LayerPair) -> bool | None:
        """Whether two layers give the same; None where nothing is seen.

        Where outputs are equal, inputs need not be: one model may pad outside of a convolution. Where no
        output is seen, inputs tell.
        """
        gaps = dict(self._gaps_of_layer(pair))
        if "output" in gaps:
            return gaps["output"] <= PAIRED
        return all(gap <= PAIRED for gap in gaps.values()) if gaps else None

    def apart(self) -> list[int]:
        """The pairs of layers of which what goes in or comes out is not equal, by their numbers."""
        return [number for number, pair in enumerate(self.pairing.layers) if self.is_equal(pair) is False]

    def equal(self) -> int:
        """How many inputs and outputs of layers are equal; what cannot be seen is not."""
        gaps = [gap for pair in self.pairing.layers for _, gap in self._gaps_of_layer(pair)]
        return sum(gap <= PAIRED for gap in gaps)

    def agrees(self) -> bool:
        """Whether the models' outputs and metrics are equal."""
        return next(self._of_model(), None) is None

    def flatten(self, pair: LayerPair) -> Flatten | None:
        """How the inputs of two dense layers differ in order; what is known of that where none is seen."""
        one, other = self._my_calls.get(pair.first.name), self._calls.get(pair.second.name)
        if one is None or other is None or one.sample is None or other.sample is None:
            return pair.flatten
        return flatten_between(one.sample.value(), other.sample.value(), PAIRED)

    def has_input_of(self, pair: LayerPair, other: LayerPair) -> bool:
        """Whether the first layer of one pair takes what the second layer of another one does."""
        return _same_input(self._my_calls.get(pair.first.name), self._calls.get(other.second.name))

    def shares_input(self, pair: LayerPair, other: LayerPair) -> bool:
        """Whether the first layers of two pairs take the same input."""
        return _same_input(self._my_calls.get(pair.first.name), self._my_calls.get(other.first.name))

    def difference(self) -> Difference | None:
        """The first difference; None where outputs, metrics and gradients are equal."""
        found = next(self._of_model(), None) or next(self._of_gradients(), None)
        layers = (one for pair in self.pairing.layers if (one := self._of_layer(pair)))
        return found and next(layers, found)

    def largest_gap(self) -> float:
        """Of metrics and gradients, relative."""
        return max([gap for _, gap in self._metric_gaps()] + [gap for *_, gap in self._gradient_gaps])

    def tested(self) -> dict[tuple[str, str], int]:
        """Of each of the first model's weights whose gradient is compared, by layer and role: its numbers."""
        untested = set(self.untested())
        mine = {key: gradient for key, gradient in self._mine.gradients if gradient is not None}
        return {key: mine[key].count for key in (self.pairing.first_keys() & mine.keys()) - untested}

    def untested(self) -> Iterator[tuple[str, str]]:
        """The first model's trained weights whose gradient is nothing on both sides, by layer and role."""
        mine, theirs = (
            {key: 0.0 if one is None else one.largest for key, one in trace.gradients}
            for trace in (self._mine, self._theirs)
        )
        least = NO_GRADIENT * max([*mine.values(), *theirs.values()], default=0.0)
        for layers in self.pairing.layers:
            for pair in layers.weights:
                key = layers.first.name, pair.first.role
                other = theirs.get((layers.second.name, pair.second.role), 0.0)
                if pair.first.trained and max(mine.get(key, 0.0), other) <= least:
                    yield key

    def _of_layer(self, pair: LayerPair) -> Difference | None:
        if self.is_equal(pair):
            return None
        for what, gap in self._gaps_of_layer(pair):
            if not gap <= PAIRED:
                return Difference(
                    pair.first.name, pair.second.name, what, gap if math.isfinite(gap) else None
                )
        return None

    def _gaps_of_layer(self, pair: LayerPair) -> Iterator[tuple[str, float]]:
        one, other = self._my_calls.get(pair.first.name), self._calls.get(pair.second.name)
        if one is None or other is None or not pair.takes_the_same:
            return
        for what, mine, theirs in (("input", one.given, other.given), ("output", one.gave, other.gave)):
            if mine is not None and theirs is not None:
                yield what, mine.gap(theirs)
        if one.sample is not None and other.sample is not None:
            yield "order of the inputs", 0.0 if self.flatten(pair) == pair.flatten else math.inf

    def _of_model(self) -> Iterator[Difference]:
        mine, theirs = self._mine.outputs, self._theirs.outputs
        for place, counterpart in counterparts(mine, theirs):
            one, other = mine[place][1], theirs[counterpart][1]
            if one.size != other.size or not one.gap(other) <= PAIRED:
                yield Difference("", "", "model output", one.gap(other) if one.size == other.size else None)
        for name, gap in self._metric_gaps():
            if not gap <= PAIRED:
                yield Difference("", "", name, gap if math.isfinite(gap) else None)

    def _of_gradients(self) -> Iterator[Difference]:
        names = {pair.second.name: pair.first.name for pair in self.pairing.layers}
        for layer, role, gap in self._gradient_gaps:
            if not gap <= PAIRED:
                what = f"gradient of {role}"
                yield Difference(names.get(layer, ""), layer, what, gap if math.isfinite(gap) else None)

    def _metric_gaps(self) -> Iterator[tuple[str, float]]:
        mine, theirs = dict(self._mine.metrics), dict(self._theirs.metrics)
        for name in {**mine, **theirs}:
            one, other = mine.get(name, math.nan), theirs.get(name, math.nan)
            yield name, 0.0 if one == other else abs(one - other) / max(abs(one), abs(other))

    @cached_property
    def _gradient_gaps(self) -> list[tuple[str, str, float]]:
        """Layer, role and gap of each; only one gradient of each model is held at a time."""
        first, second = self._models
        mine = {key: one for key, one in self._mine.gradients if one is not None}
        theirs = {key: one for key, one in self._theirs.gradients if one is not None}
        paired = self.pairing.first_keys()
        whole = max((one.largest for key, one in mine.items() if key in paired), default=0.0)

        @lru_cache(maxsize=1)  # a packed one is several of the other's
        def of_first(key: tuple[str, str]) -> NDArray[Any] | None:
            return first.gradient(*key) if key in mine else None

        found, seen = [], set()
        for key, array in self.pairing.each_to_second(of_first):
            other = second.gradient(*key) if key in theirs else None
            found.append((*key, _gap(array, other, whole)))
            seen.add(key)
        others = (key for key, one in theirs.items() if key not in seen and one.largest > PAIRED * whole)
        return [*found, *((*key, math.inf) for key in others)]


def _largest(array: NDArray[Any]) -> float:
    return float(np.abs(array).max(initial=0))


def _gap(one: NDArray[Any], other: NDArray[Any] | None, whole: float) -> float:
    """The largest distance, relative to the largest element; what is 0 but for rounding counts as that.

    A bias before a norm has a gradient of exactly nothing, of which rounding leaves a little.
    """
    size = _largest(one)
    if other is None:
        return 0.0 if size <= PAIRED * whole else math.inf
    if one.shape != other.shape:
        return math.inf
    distance = _largest(one - other)
    return 0.0 if distance == 0 else distance / max(size, PAIRED * whole)


def _same_input(one: LayerCall | None, other: LayerCall | None) -> bool:
    if one is None or other is None or one.given is None or other.given is None:
        return False
    return one.given.gap(other.given) <= PAIRED
