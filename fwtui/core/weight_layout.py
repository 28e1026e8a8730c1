"""How a framework lays out a weight, and how every framework's is laid out alike.

A dense kernel is (inputs, outputs) in Keras and (outputs, inputs) in PyTorch; a convolution's axes, the gates
of an LSTM and the projections of an attention differ in the same way. Weights of two frameworks are compared
in their common layout. Each layout here is a rearrangement of elements, so that it goes both ways.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class WeightLayout:
    """How the elements of a framework's own array become the common one: these steps, in this order.

    Attributes:
        rows: the part of the first axis that is taken, from and to; None: all of it.
        split: the shape that the array then gets; None: the one it has.
        order: the entries of the first axis in their new order; None: as they are.
        axes: the axes in their new order; None: as they are.
        merge: the shape that it has in the end; None: the one it has.
    """

    rows: tuple[int, int] | None = None
    split: tuple[int, ...] | None = None
    order: tuple[int, ...] | None = None
    axes: tuple[int, ...] | None = None
    merge: tuple[int, ...] | None = None

    def common(self, own: NDArray[Any]) -> NDArray[Any]:
        """The array in the common layout; a view of `own` where that is possible."""
        array = own if self.rows is None else own[slice(*self.rows)]
        array = array if self.split is None else array.reshape(self.split)
        array = array if self.order is None else array[list(self.order)]
        array = array if self.axes is None else array.transpose(self.axes)
        return array if self.merge is None else array.reshape(self.merge)

    def write(self, common: NDArray[Any], own: NDArray[Any]) -> None:
        """Put an array in the common layout into the framework's own one.

        Raises:
            ValueError: it has another shape.
        """
        part = own if self.rows is None else own[slice(*self.rows)]
        split = part.shape if self.split is None else part.reshape(self.split).shape
        axes = tuple(range(len(split))) if self.axes is None else self.axes
        turned = tuple(split[axis] for axis in axes)
        if math.prod(common.shape) != part.size or self.common(own).shape != common.shape:
            raise ValueError(f"an array of shape {common.shape} in place of one of {self.common(own).shape}")
        array = common.reshape(turned).transpose(np.argsort(axes))
        array = array if self.order is None else array[np.argsort(self.order)]
        part[...] = array.reshape(part.shape)

    def words(self) -> str:
        """What is done to the array, such as `transposed` or `axes 2 3 1 0`; "" where nothing is."""
        done = []
        if self.rows is not None:
            done.append(f"rows {self.rows[0]}-{self.rows[1] - 1}")
        if self.order is not None:
            done.append(f"parts {' '.join(map(str, self.order))}")
        if self.axes is not None and self.axes != tuple(range(len(self.axes))):
            done.append("transposed" if self.axes == (1, 0) else f"axes {' '.join(map(str, self.axes))}")
        if self.merge is not None:
            done.append(f"reshaped {'×'.join(map(str, self.merge))}")
        return ", ".join(done)


AS_IS = WeightLayout()
