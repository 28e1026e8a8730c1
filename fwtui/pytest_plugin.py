"""Fixtures of pytest that prove a port: `assert_same_training`, and `assert_same_outputs`.

pytest finds them by an entry point wherever fwtui is installed.
"""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest

LANES = {"torch": "torch.eager", "tensorflow": "tf.eager"}
STEPS = 20
_WIDTH = 120
"""Cells of the report."""


class ModelsDifferError(AssertionError):
    """Raised where two models differ, or could not be judged; the message is the report.

    Attributes:
        result: what `fwtui.parity` or `fwtui.forward` returned.
    """

    def __init__(self, result: Any, report: str) -> None:
        super().__init__(report)
        self.result = result


class ModelsNotJudgedError(ModelsDifferError):
    """Raised where it could not be judged whether two models are the same."""


@pytest.fixture
def assert_same_training() -> Any:
    """Check that two models train alike; ModelsDifferError where they do not, or that is not known."""
    return assert_same


def assert_same(
    *, steps: int = STEPS, dtype: str = "float64", lanes: list[str] | None = None, **settings: Any
) -> Any:
    """Train two models from equal weights, op by op and in float64 by default, and compare all they compute.

    Args:
        steps: optimizer updates.
        dtype: `float64`, or `float32`, which is also compared with float64.
        lanes: backends, in the order of the models; each framework's eager one by default.
        settings: `torch`, `tensorflow`, `torch_b`, `tensorflow_b`: two of them, each a class, a function that
            gives the model, or the name of one; `loss`: a name, or a function of model and batch for each;
            `data`: a mapping of arrays, with the target as `y`, or the path of an .npz file; and the other
            settings of `fwtui.parity`.

    Returns:
        What `fwtui.parity` returns.

    Raises:
        ModelsDifferError: they differ; `ModelsNotJudgedError` where that could not be judged.
        SpecError: a setting makes no sense, or a model cannot be used.
    """
    import fwtui

    __tracebackhide__ = True
    sides = [side for side in ("torch", "torch_b", "tensorflow", "tensorflow_b") if settings.get(side)]
    chosen = lanes or [LANES[side.removesuffix("_b")] for side in sides]
    result = fwtui.parity(chosen or list(LANES.values()), steps=steps, dtype=dtype, **settings)
    return _checked(result)


@pytest.fixture
def assert_same_outputs() -> Any:
    """Check that two models give the same; ModelsDifferError where they do not, or that is not known."""
    return assert_same_forward


def assert_same_forward(*, dtype: str = "float64", **settings: Any) -> Any:
    """Evaluate two models with equal weights, in evaluation mode, and compare what they give.

    Args:
        dtype: `float64`, or `float32`, which is also compared with float64.
        settings: as for `assert_same_training`, but for what only a training has; no `loss` is needed.

    Returns:
        What `fwtui.forward` returns.

    Raises:
        ModelsDifferError: they differ; `ModelsNotJudgedError` where that could not be judged.
        SpecError: a setting makes no sense, or a model cannot be used.
    """
    import fwtui

    __tracebackhide__ = True
    return _checked(fwtui.forward(dtype=dtype, **settings))


def _checked(result: Any) -> Any:
    __tracebackhide__ = True
    if not result.same:
        kind = ModelsNotJudgedError if result.same is None else ModelsDifferError
        raise kind(result, _report(result))
    return result


def _report(result: Any) -> str:
    from rich.console import Console

    text = StringIO()
    Console(file=text, width=_WIDTH).print(result)
    known = result.to_dict()["verdict"].get("known_differences")
    hint = f'\n\nexpect="{",".join(known)}" accepts what is known.' if known else ""
    first = "\n".join([result.verdict, *result.where])
    return f"{first}{hint}\n\n{text.getvalue()}"
