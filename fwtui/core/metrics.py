"""Metrics that a loss function returns: their names, and checks of their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RETURNED = "the loss function returned"
"""How an error begins that says what a loss function must not return."""
MAX_METRICS = 16


def named_metrics(returned: Any) -> dict[str, Any]:
    """What a workload's loss function returned, by name, with `loss` first.

    Raises:
        ValueError: it is no scalar tensor or a dict of them, none is called `loss`, the loss is not of
            floating point, a metric is complex, or there are more than `MAX_METRICS`.
    """
    metrics = dict(returned) if isinstance(returned, Mapping) else {"loss": returned}
    if "loss" not in metrics:
        raise ValueError(f"{RETURNED} no 'loss', only {', '.join(map(repr, metrics))}")
    if len(metrics) > MAX_METRICS:
        raise ValueError(f"{RETURNED} {len(metrics)} metrics, more than {MAX_METRICS}")
    for name, value in metrics.items():
        # None: TensorFlow does not know the rank while it traces.
        if getattr(value, "ndim", -1) not in (0, None):
            shape = tuple(value.shape) if hasattr(value, "shape") else type(value).__name__
            raise ValueError(f"{RETURNED} {name!r} as {shape}, no scalar tensor")
        if _is_complex(value.dtype):
            raise ValueError(
                f"{RETURNED} {name!r} as {_name(value.dtype)}: return its magnitude, real part or angle"
            )
    dtype = metrics["loss"].dtype
    if hasattr(dtype, "kind"):
        raise ValueError(f"{RETURNED} a loss that is NumPy's, no tensor")
    if not (dtype.is_floating_point if hasattr(dtype, "is_floating_point") else dtype.is_floating):
        raise ValueError(f"{RETURNED} a loss of {dtype}, no floating-point number")
    return {"loss": metrics["loss"], **metrics}


def _is_complex(dtype: Any) -> bool:
    """Whether a framework's dtype, or NumPy's, is one of complex numbers."""
    return bool(getattr(dtype, "is_complex", getattr(dtype, "kind", "") == "c"))


def _name(dtype: Any) -> str:
    """`complex64`, in each framework."""
    return str(getattr(dtype, "name", dtype)).removeprefix("torch.")
