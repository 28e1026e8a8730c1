"""The optimizer that a user's file gives for its model, with the schedule that is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import keras
import tensorflow as tf

from fwtui.backends.base import ModelError
from fwtui.backends.tensorflow.exact_numbers import exact_numbers

_NAMES = {
    "beta_1": "β1",
    "beta_2": "β2",
    "epsilon": "ε",
    "rho": "ρ",
    "weight_decay": "weight decay",
    "momentum": "momentum",
    "nesterov": "nesterov",
    "amsgrad": "amsgrad",
    "centered": "centered",
    "clipnorm": "clipping by norm",
    "global_clipnorm": "clipping by the global norm",
    "clipvalue": "clipping by value",
    "gradient_accumulation_steps": "gradient accumulation",
    "use_ema": "averaging of weights",
}
"""What settings are called in all frameworks."""


class OwnOptimizer:
    """An optimizer of Keras's, or of another package, as it is.

    Args:
        make: (model) -> an optimizer.
        model: whose variables it updates.
        variables: those that gradients are given for, in that order, as the model has them.
        is_exact: whether its numbers, such as a momentum, are not rounded to float32.

    Raises:
        ModelError: `make` gives something else.
    """

    def __init__(
        self, make: Callable[[Any], Any], model: Any, variables: Sequence[Any], is_exact: bool = False
    ) -> None:
        self._numbers = exact_numbers if is_exact else nullcontext
        self._variables = list(variables)
        self._optimizer = make(model)
        if not isinstance(self._optimizer, keras.optimizers.Optimizer):
            what = f"a {type(self._optimizer).__name__}, no keras.optimizers.Optimizer"
            raise ModelError(
                what, "return the optimizer; its schedule is its learning_rate", of_optimizer=True
            )
        self._optimizer.build(self._variables)

    def __call__(self, gradients: Sequence[tf.Tensor | None]) -> list[tf.Operation]:
        """Change the variables that have a gradient."""
        pairs = zip(gradients, self._variables, strict=True)
        with self._numbers():
            self._optimizer.apply_gradients([(one, variable) for one, variable in pairs if one is not None])
        return []

    @property
    def settings(self) -> dict[str, float]:
        """By the names that all frameworks' have."""
        config = self._optimizer.get_config()
        given = {name: config.get(own, 0) for own, name in _NAMES.items() if own in config}
        constraints = sum(getattr(one, "constraint", None) is not None for one in self._variables)
        return {name: float(value or 0) for name, value in given.items()} | {"constraints": constraints}

    @property
    def learning_rates(self) -> tuple[float, ...]:
        """That of the coming update."""
        return (float(self._optimizer.learning_rate),)


def _refused(what: str, hint: str) -> ModelError:
    return ModelError(what, hint, of_optimizer=True)
