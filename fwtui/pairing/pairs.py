"""What is known of two models' weights: which layer is whose counterpart, and by what that was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fwtui.core.lane_model import Columns, Flatten, WeightView
from fwtui.core.model_outline import LayerOutline, ModelWeights, WeightOutline
from fwtui.core.weight_layout import AS_IS

Decided = Literal["given", "form", "values", "order"]
"""By the user; as the only layer of its form; by equal values; by the order of use alone."""


@dataclass(frozen=True)
class WeightPair:
    """A weight, or a part of one, and its counterpart.

    Attributes:
        first_part: the part of the first weight; None: all of it.
        second_part: the part of the second weight; None: all of it.
        is_transposed: whether the two common layouts are each other's transposed ones, as those of modules of
            no known kind may be.
    """

    first: WeightOutline
    second: WeightOutline
    first_part: Columns | None = None
    second_part: Columns | None = None
    is_transposed: bool = False


@dataclass(frozen=True)
class LayerPair:
    """A layer, or weights of one, and the counterpart.

    Attributes:
        decided: by what the two were found.
        flatten: how the rows of the kernel differ; None where they do not.
    """

    first: LayerOutline
    second: LayerOutline
    weights: tuple[WeightPair, ...]
    decided: Decided
    flatten: Flatten | None = None

    @property
    def takes_the_same(self) -> bool:
        """Whether both get and give the same: not so where one has more in it than these weights."""
        kinds_are_known = "parameters" not in (self.first.kind, self.second.kind)
        return kinds_are_known and all(pair.first_part is pair.second_part is None for pair in self.weights)

    def first_view(self, pair: WeightPair) -> WeightView:
        """How the first weight's variable, or its part, becomes what the second's part is."""
        flatten = self.flatten if pair.first.role == "kernel" else None
        return WeightView(pair.first.layout, pair.first_part, pair.is_transposed, flatten)

    def converted(self, pair: WeightPair, array: NDArray[Any]) -> NDArray[Any]:
        """The first weight, or its gradient, as the second has it; maybe a view."""
        return replace(self.first_view(pair), layout=AS_IS).common(array)


@dataclass(frozen=True)
class Pairing:
    """All layers of two models, paired, in the first one's order of use.

    Attributes:
        left_out: of each model, names of weights that nothing used and that have no counterpart.
    """

    layers: tuple[LayerPair, ...]
    left_out: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def first_keys(self) -> set[tuple[str, str]]:
        """The layers and roles of the first model's weights that are paired."""
        return {(layers.first.name, pair.first.role) for layers in self.layers for pair in layers.weights}

    def common(self, arrays: Mapping[tuple[str, str], Any]) -> Iterator[tuple[WeightPair, NDArray[Any]]]:
        """Each pair with what it holds of the first model's weights, in the second's common layout."""
        for layers in self.layers:
            for pair in layers.weights:
                if (array := arrays.get((layers.first.name, pair.first.role))) is not None:
                    yield pair, layers.converted(pair, array)

    def to_second(self, arrays: Mapping[tuple[str, str], Any]) -> ModelWeights:
        """The first model's weights, as the second has them."""
        return dict(self.each_to_second(arrays.get))

    def each_to_second(
        self, array_of: Callable[[tuple[str, str]], NDArray[Any] | None]
    ) -> Iterator[tuple[tuple[str, str], NDArray[Any]]]:
        """One weight or gradient after the other, as the second model has it; those that are None stay out.

        Args:
            array_of: gives the first model's, by layer and role.
        """
        sources: dict[tuple[str, str], list[tuple[LayerPair, WeightPair]]] = {}
        for layers in self.layers:
            for pair in layers.weights:
                sources.setdefault((layers.second.name, pair.second.role), []).append((layers, pair))
        for key, found in sources.items():
            parts = []
            for layers, pair in sorted(found, key=lambda one: one[1].second_part or (0, 0)):
                if (array := array_of((layers.first.name, pair.first.role))) is not None:
                    parts.append(layers.converted(pair, array))
            if len(parts) == 1:
                yield key, np.asarray(parts[0], order="C")
            elif parts:
                yield key, np.concatenate(parts, axis=-1)


class UnknownNameError(Exception):
    """Raised where the user's pairs do not fit the models; the message says which."""


class CannotPairError(Exception):
    """Raised where layers are left over.

    Attributes:
        first: the layers of the first model that have no counterpart.
        second: those of the second.
    """

    def __init__(self, first: tuple[LayerOutline, ...], second: tuple[LayerOutline, ...]) -> None:
        super().__init__("the models' weights cannot be paired")
        self.first, self.second = first, second
