"""One forward pass of a model, as its process tells of it; the arrays themselves are asked for one by one."""

from __future__ import annotations

from dataclasses import dataclass

from fwtui.core.moments import Moments
from fwtui.core.ndarray import Array
from fwtui.core.nested import Named


@dataclass(frozen=True)
class ModuleCall:
    """The first call of a module or layer inside of a model.

    Attributes:
        name: the framework's own, such as `encoder.0`.
        made_by: the class, such as `Linear`.
        weights: own names of the variables that it or a part of it has.
        given: of the first input; None where that is no array.
        gave: of the first output, before an activation of its own; None where that is no array.
    """

    name: str
    made_by: str
    weights: tuple[str, ...]
    given: Moments | None
    gave: Moments | None


@dataclass(frozen=True)
class ForwardPass:
    """One pass in evaluation mode.

    Attributes:
        is_called: whether the loss calls the model itself, whose outputs can be asked for then.
        metrics: what the loss gave, by name.
        calls: in the order in which they began, without the model's own.
        axes: in which order the framework gets the axes of the data; None for the data's own.
    """

    is_called: bool
    metrics: tuple[Named[Array], ...]
    calls: tuple[ModuleCall, ...]
    axes: tuple[int, ...] | None = None
