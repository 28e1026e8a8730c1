"""A model of a user's file in a lane: which of its variables is which weight of all lanes, and the values.

Lanes of one race compare weights by name and shape. A `WeightView` is how a model's own variable, or a part
of one, becomes the array that all lanes have in common; each is a rearrangement, so that it goes both ways,
for weights, gradients and state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fwtui.core.ndarray import Array
from fwtui.core.weight_layout import AS_IS, WeightLayout

Columns = tuple[int, int]
"""A part of the last axis, from and to."""


@dataclass(frozen=True, slots=True)
class Flatten:
    """How a dense layer's inputs differ in order where what was flattened before it has another layout.

    Attributes:
        outer: how many blocks the first side's vector has, each of which is every `outer`-th of the second's.
        inner: how long a block is.
    """

    outer: int
    inner: int

    def turned(self, kernel: NDArray[Any]) -> NDArray[Any]:
        """The first side's kernel (inputs, …) with its rows in the second side's order."""
        rest = kernel.shape[1:]
        return kernel.reshape(self.outer, self.inner, *rest).swapaxes(0, 1).reshape(-1, *rest)

    def turned_back(self, kernel: NDArray[Any]) -> NDArray[Any]:
        """The second side's kernel with its rows in the first side's order."""
        return Flatten(self.inner, self.outer).turned(kernel)


@dataclass(frozen=True, slots=True)
class WeightView:
    """How a variable becomes the array that all lanes have in common: these steps, in this order.

    Attributes:
        layout: the framework's own layout.
        part: columns that are taken; None: all of them.
        is_transposed: whether the axes are reversed.
        flatten: how rows are reordered; None: not at all.
    """

    layout: WeightLayout = AS_IS
    part: Columns | None = None
    is_transposed: bool = False
    flatten: Flatten | None = None

    def common(self, own: NDArray[Any]) -> NDArray[Any]:
        """The common array; a view of `own` where that is possible."""
        return self._arranged(self.layout.common(own))

    def write(self, common: NDArray[Any], own: NDArray[Any]) -> None:
        """Put a common array into the framework's own one, `own`, in place.

        Raises:
            ValueError: it has another shape.
        """
        whole = np.array(self.layout.common(own))
        if (shape := self._arranged(whole).shape) != common.shape:
            raise ValueError(f"an array of shape {common.shape} in place of one of {shape}")
        array = common if self.flatten is None else self.flatten.turned_back(common)
        whole[self._columns] = array.T if self.is_transposed else array
        self.layout.write(whole, own)

    @property
    def _columns(self) -> Any:
        return ... if self.part is None else (..., slice(*self.part))

    def _arranged(self, whole: NDArray[Any]) -> NDArray[Any]:
        array = whole[self._columns]
        array = array.T if self.is_transposed else array
        return array if self.flatten is None else self.flatten.turned(array)


AS_IT_IS = WeightView()
WeightKind = Literal["parameter", "state"]


@dataclass(frozen=True, slots=True)
class LaneWeight:
    """A weight that all lanes have, or a part of their state.

    Attributes:
        name: the same in all lanes.
        own: the framework's name of the variable that holds it.
        added: the name of a second variable that is added to the first, as an LSTM's biases in PyTorch;
            else "".
        is_whole: whether it is one whole variable in each lane.
    """

    name: str
    kind: WeightKind
    own: str
    view: WeightView = AS_IT_IS
    added: str = ""
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class LaneModel:
    """The model that a lane trains.

    Attributes:
        function: the function of the file that gives it.
        weights: those that its counterpart has, too.
        first: their values at the beginning, by name, as all lanes have them.
        known: what the two models differ in however right the port is: names from `KNOWN_DIFFERENCES`, each
            with the weight or state that shows it, "" for an update of all.
        expected: those of them that are meant, and corrected for.
        turned: of the random numbers that this side gets, see `RandomNumbers`.
    """

    function: str
    weights: tuple[LaneWeight, ...]
    first: tuple[tuple[str, Array], ...]
    known: tuple[tuple[str, str], ...] = ()
    expected: tuple[str, ...] = ()
    turned: tuple[tuple[int, int], ...] = ()

    def first_values(self, kind: WeightKind) -> dict[str, NDArray[Any]]:
        """The values at the beginning of the parameters, or of the state."""
        names = {one.name for one in self.weights if one.kind == kind}
        return {name: array.value() for name, array in self.first if name in names}
