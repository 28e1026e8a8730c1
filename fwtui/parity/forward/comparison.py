"""Both models of a file, evaluated with equal weights in float64 and in float32, and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwtui.core.forward_pass import ForwardPass
from fwtui.core.model_outline import Model
from fwtui.core.numerical_policy import PAIRED
from fwtui.core.workload import Batch
from fwtui.lane.batches import cast
from fwtui.measure.arrays import ArrayGap
from fwtui.pairing.general_position import moved
from fwtui.pairing.pairs import CannotPairError, Pairing
from fwtui.pairing.submodules import submodules
from fwtui.parity.forward.finding import Compared, ForwardFinding
from fwtui.parity.forward.gaps import Arrays, Gaps
from fwtui.parity.forward.judge import judged
from fwtui.parity.forward.request import ForwardRequest
from fwtui.race.models import ModelProcess, Waiting, paired_models, without_counterpart

Pair = tuple[Model, Model]


def compare_outputs(asked: ForwardRequest, waiting: Waiting) -> ForwardFinding:
    """Evaluate a file's two models on batches of its data, in evaluation mode, and compare what they give.

    Weights are paired and proven first, see `fwtui.pairing.proof`. The models are compared with the first
    one's weights, rounded to float32, and with these moved, see `fwtui.pairing.general_position`.

    Raises:
        UserFileError: a model cannot be evaluated, or weights cannot be paired.
    """
    file, dtype = asked.file, asked.dtype
    with ExitStack() as stack:
        try:
            paired = stack.enter_context(paired_models(file, asked.workload, asked.seed, waiting))
        except CannotPairError as error:
            raise without_counterpart(file, error) from None
        pairing = paired.proof.pairing
        exact = {key: array.astype(np.float32) for key, array in paired.proof.first_weights.items()}
        double = paired.first, paired.second
        _load(double, pairing, {key: array.astype(np.float64) for key, array in exact.items()})
        single: Pair | None = None
        if dtype == "float32":
            models = [
                stack.enter_context(ModelProcess(asked.workload, side, asked.seed, waiting, "float32"))
                for side in file.models
            ]
            for model in models:  # both import their framework meanwhile
                model.build()
            for model in models:
                model.trace(cast(paired.batch, "float32"))  # finds its layers
            single = models[0], models[1]
            _load(single, pairing, exact)
        data = [paired.batch, *(paired.first.batch() for _ in range(asked.batches - 1))]
        comparison = Comparison(pairing, double, single)
        for batch in data:
            comparison.add(batch)
        changed = comparison.changed(paired.batch)
        weights = moved(exact, seed=1)
        _load(double, pairing, {key: array.astype(np.float64) for key, array in weights.items()})
        gap, depends = comparison.with_other_weights(paired.batch)
        found = ForwardFinding(
            (file.models[0], file.models[1]),
            Path(file.checkpoint).name if file.checkpoint else f"{file.models[0].function}()",
            comparison.is_called,
            tuple(comparison.outputs.values()),
            tuple(comparison.modules.values()),
            comparison.without,
            gap,
            asked.allowed,
            dtype,
            len(data),
            _examples(data),
        )
    if changed:
        names = " and ".join(file.models[side].function for side in changed)
        return replace(found, reason=f"{names} gives something else when it is called once more")
    return judged(found, depends)


def _load(models: Pair, pairing: Pairing, weights: Mapping[tuple[str, str], NDArray[Any]]) -> None:
    first, second = models
    first.load(dict(weights))
    second.load(pairing.to_second(weights))


def _examples(data: Sequence[Batch]) -> int | None:
    rows = [
        next((len(one) for one in batch.values() if not isinstance(one, int) and one.ndim), None)
        for batch in data
    ]
    known = [count for count in rows if count is not None]
    return sum(known) if len(known) == len(rows) else None


@dataclass
class Comparison:
    """Collects, over batches, the largest gap of each output and each submodule.

    Attributes:
        double: both models in float64, with equal weights.
        single: both in float32, with the same; None where that is not asked for.
        outputs, modules: what was compared, by the two names.
        without: names of outputs that have no counterpart.
        is_called: whether both losses call the models themselves.
    """

    pairing: Pairing
    double: Pair
    single: Pair | None
    outputs: dict[tuple[str, str], Compared] = field(default_factory=dict)
    modules: dict[tuple[str, str], Compared] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    is_called: bool = True
    _first_outputs: Sequence[Arrays] = ()

    def add(self, batch: Batch) -> None:
        """Evaluate one batch."""
        passes = self.double[0].forward(batch), self.double[1].forward(batch)
        single = [model.forward(cast(batch, "float32")) for model in self.single or ()]
        self.is_called = all(one.is_called for one in passes)
        arrays = [self._outputs(*one) for one in zip(self._models, (*passes, *single), strict=True)]
        self._first_outputs = self._first_outputs or arrays[:2]
        gaps = Gaps.of_outputs(passes)
        matched = gaps.matched(*arrays[:2])
        for one, other in matched:
            values = [arrays[side][number][1] for side, number in self._places(one, other)]
            self._keep(self.outputs, gaps.compared((arrays[0][one][0], arrays[1][other][0]), values))
        left = [name for n, (name, _) in enumerate(arrays[0]) if n not in {one for one, _ in matched}]
        left += [name for n, (name, _) in enumerate(arrays[1]) if n not in {other for _, other in matched}]
        self.without = tuple(left)
        for one, other in submodules(self.pairing, passes[0].calls, passes[1].calls):
            self._module(passes, one, other)

    def changed(self, batch: Batch) -> list[int]:
        """The models, by number, that give something else now, with the same weights.

        Args:
            batch: the first one that was added.
        """
        found = []
        for side, model in enumerate(self.double):
            again = self._outputs(model, model.forward(batch))
            pairs = zip(self._first_outputs[side], again, strict=False)
            if not all(np.array_equal(one, other, equal_nan=True) for (_, one), (_, other) in pairs):
                found.append(side)
        return found

    def with_other_weights(self, batch: Batch) -> tuple[float | None, bool]:
        """The largest gap of an output in float64 with the present weights, and whether any is new.

        Args:
            batch: the first one that was added.
        """
        passes = self.double[0].forward(batch), self.double[1].forward(batch)
        arrays = self._outputs(self.double[0], passes[0]), self._outputs(self.double[1], passes[1])
        gaps = Gaps.of_outputs(passes)
        found = [
            gaps.gap(arrays[0][one][1], arrays[1][other][1], "float64")[0]
            for one, other in gaps.matched(*arrays)
        ]
        pairs = zip(self._first_outputs[0], arrays[0], strict=False)
        differ = any(not np.array_equal(before, now) for (_, before), (_, now) in pairs)
        return max((one.relative for one in found if one is not None), default=None), differ

    @property
    def _give_their_own(self) -> set[str]:
        """Names of the first model's layers that give the same in every framework."""
        return {pair.first.name for pair in self.pairing.layers if pair.first.gives_its_own}

    def _outputs(self, model: Model, done: ForwardPass) -> Arrays:
        """What a model gave; where one of the losses calls only parts of its model, its metrics."""
        if self.is_called:
            return model.gave(0)
        return [(name, one.value()) for name, one in done.metrics]

    @property
    def _models(self) -> list[Model]:
        return [*self.double, *(self.single or ())]

    def _places(self, first: int, second: int) -> list[tuple[int, int]]:
        """Of each model, by its number, the place that the two have."""
        return [(side, second if side % 2 else first) for side in range(len(self._models))]

    def _module(self, passes: tuple[ForwardPass, ForwardPass], first: int, second: int) -> None:
        one, other = passes[0].calls[first], passes[1].calls[second]
        same = None
        if one.given is not None and other.given is not None:
            if one.given.size != other.given.size:
                return  # as one step and a sequence
            same = one.given.gap(other.given) <= PAIRED
        values = []
        for side, place in self._places(first + 1, second + 1):
            given = self._models[side].gave(place)
            if not given:
                return
            values.append(given[0][1])
        gap = Gaps(is_module=True).compared((one.name, other.name), values)
        if gap.float64 is not None and gap.float64.problem and one.name not in self._give_their_own:
            return  # as a sequence and its last step
        self._keep(self.modules, replace(gap, weights=frozenset(one.weights), gets_the_same=same))

    @staticmethod
    def _keep(rows: dict[tuple[str, str], Compared], new: Compared) -> None:
        """Keep the largest gaps under one name."""
        known = rows.get((new.first, new.second))
        if known is not None:
            first, second = zip(known.rounding, new.rounding, strict=True)
            new = replace(
                new,
                float64=_larger(known.float64, new.float64),
                float32=_larger(known.float32, new.float32),
                rounding=(_most(*first), _most(*second)),
                gets_the_same=None
                if None in (known.gets_the_same, new.gets_the_same)
                else bool(known.gets_the_same and new.gets_the_same),
            )
        rows[new.first, new.second] = new


def _larger(one: ArrayGap | None, other: ArrayGap | None) -> ArrayGap | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda gap: gap.relative)


def _most(one: float | None, other: float | None) -> float | None:
    known = [value for value in (one, other) if value is not None]
    return max(known, default=None)
