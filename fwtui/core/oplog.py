"""What a backend does in one step, op by op: the one form that logs of every framework and mode have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from fwtui.core.graph import Tensor
from fwtui.core.lane_model import WeightView
from fwtui.core.ndarray import Array

OpPhase = Literal["forward", "backward", "update"]
OP_PHASES: tuple[OpPhase, ...] = get_args(OpPhase)
"""In the order in which they run."""


@dataclass(frozen=True, slots=True)
class TensorStats:
    """A tensor's values in a few figures.

    Attributes:
        mean, std: of its finite elements, std over all of them (not the sample's); None where there are none.
            `mean` is the real part of the mean of complex elements.
        largest: largest magnitude of a finite element.
        nans, infinities: how many elements are not finite; a complex one with a NaN in either part is a NaN.
        mean_imaginary: the imaginary part of the mean of complex elements; None for real ones.
    """

    mean: float | None
    std: float | None
    largest: float | None
    nans: int = 0
    infinities: int = 0
    mean_imaginary: float | None = None

    @property
    def center(self) -> float | complex | None:
        """The mean as one number, complex where the elements are."""
        if self.mean is None or self.mean_imaginary is None:
            return self.mean
        return complex(self.mean, self.mean_imaginary)


@dataclass(frozen=True, slots=True)
class OpInput:
    """A tensor that an op took.

    Attributes:
        origin: the number of the op that made it, the name that it has in the parameters or the batch
            (`parameter w1`, `batch x`), or None for anything else, such as a constant.
        output: which of that op's outputs.
        tensor: its dtype and shape; None where the framework does not tell.
    """

    origin: int | str | None
    output: int = 0
    tensor: Tensor | None = None


@dataclass(frozen=True, slots=True)
class LoggedOp:
    """One op that ran in a logged step, or one kernel that ran inside of it.

    Attributes:
        number: its place in the log, counted from 0.
        phase: None where it is unknown, and for a call that is the whole step.
        op: the framework's own name for it, such as `aten.mm` or `MatMul`.
        inputs: what it took, in order.
        outputs: what it gave.
        source: file and line of the net, or of the step, that asked for it, also in the backward pass where
            the framework can tell; None where it cannot.
        results: what of the outputs is a result of the step, as (name, place in the outputs): each metric
            (`loss`), each gradient (`gradient w1`) and each weight as the update left it (`parameter w1`).
        values: the outputs whole, where they were asked for; otherwise empty.
        fingerprints: of each output, None for one that holds no numbers; empty where they are not known.
        device: where it ran, such as `cpu` or `cuda:0`; None where it is unknown.
        started_ns: when it was called, in ns since the step began; None where it was not measured.
        host_ns: for how long it kept the host, its dispatch included; for a kernel, how long it ran.
        nbytes: memory that was allocated for its outputs; 0 for a view; None where it is not known.
        within: the number of the op that it ran inside of, such as the one call of a compiled step.
        name: what it is called in the backend's graph, such as `gradient/MatMul_1`; "" without one.
        has_float32_attribute: whether it computes with a number that it holds in float32, whatever its
            inputs are, such as the slope of TensorFlow's `LeakyRelu`.
        is_without_gradient: whether recording of its gradient was disabled, as by `torch.no_grad`.
        scope: the module of a model as it is that it belongs to, such as `encoder/layers/0`; "" at the top,
            and where the network has none.
        result_views: of each result, how its values become those that all lanes have in common; empty where
            they are these already.
    """

    number: int
    phase: OpPhase | None
    op: str
    inputs: tuple[OpInput, ...]
    outputs: tuple[Tensor, ...]
    source: tuple[str, int] | None
    results: tuple[tuple[str, int], ...] = ()
    values: tuple[Array, ...] = ()
    fingerprints: tuple[TensorStats | None, ...] = ()
    device: str | None = None
    started_ns: int | None = None
    host_ns: int | None = None
    nbytes: int | None = None
    within: int | None = None
    name: str = ""
    has_float32_attribute: bool = False
    is_without_gradient: bool = False
    result_views: tuple[WeightView, ...] = ()
    scope: str = ""

    @property
    def place(self) -> tuple[tuple[str, int] | None, str]:
        """Its line and its module: a model's layers may all be called in one line."""
        return self.source, self.scope

    @property
    def origins(self) -> tuple[int | str | None, ...]:
        """Where each tensor that it took came from, see `OpInput.origin`."""
        return tuple(taken.origin for taken in self.inputs)


@dataclass(frozen=True, slots=True)
class OpLog:
    """Every op of one step, in the order in which they began.

    Attributes:
        how: how the log was taken, in one line.
        took_ns: the whole step's time while it was logged, which is more than a step takes.
        is_work_timed: whether `host_ns` lasts until an op's work was done. It does not where the host goes on
            while a device does what it was given; False also where it is unknown.
    """

    ops: tuple[LoggedOp, ...]
    how: str
    took_ns: int | None
    is_work_timed: bool = False
