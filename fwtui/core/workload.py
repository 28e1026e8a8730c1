"""What a workload is: a network, its data, its loss, and how it is trained by default."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


Batch = dict[str, NDArray[Any] | int]
"""Arrays become tensors. A Python int stays one on both sides, for Python's own control flow: a static graph
is traced again for each value of it."""


Loss = Callable[[Mapping[str, Any], Mapping[str, Any]], Any]
"""(parameters, batch) -> a scalar tensor, or a dict of scalar tensors with `loss` first."""


class Workload(Protocol):
    """What every workload offers, whether an object of ours or a module of the user's.

    The two generators that one seed gives (`fwtui.core.seeding`) are never shared: `parameters` gets
    one, `batches` and `held_out` each get a fresh copy of the other, so that both split the data alike.
    """

    @property
    def STEPS(self) -> int:  # noqa: N802, a constant in a user's module
        """Steps to train by default."""

    @property
    def OPTIMIZER(self) -> str:  # noqa: N802
        """The optimizer's name by default."""

    @property
    def LEARNING_RATE(self) -> float:  # noqa: N802
        """The optimizer's step size by default."""

    def parameters(self, rng: np.random.Generator) -> Arrays:
        """The first weights, by name, in float64."""

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """One batch a step, without end. The same object again means the same data again."""

    def held_out(self, rng: np.random.Generator) -> Batch | None:
        """Data to evaluate and never to train on; None where there is none."""

    def loss(self, framework: str) -> Loss:
        """The network and its loss in the framework with the key `framework`, which is imported by it."""
