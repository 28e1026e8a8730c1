"""What a step changes and a look at it must not: variables and random numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

from fwtui.backends.tensorflow.oplog_internals import other_random_numbers


@contextmanager
def noted(variables: list[tf.Variable]) -> Iterator[None]:
    """Adds every variable that is made meanwhile to `variables`: an optimizer's own are to be had nowhere."""

    def note(create: Callable[..., tf.Variable], **given: Any) -> tf.Variable:
        variable = create(**given)
        variables.append(variable)
        return variable

    with tf.variable_creator_scope(note):
        yield


def draws(ops: Iterable[tf.Operation]) -> bool:
    """Whether one of a graph's ops draws random numbers, each time the next ones: its kernel counts them."""
    return any(
        op.op_def.is_stateful and any(attribute.name == "seed2" for attribute in op.op_def.attr) for op in ops
    )


@contextmanager
def put_back(variables: Sequence[tf.Variable]) -> Iterator[None]:
    """Whatever is done meanwhile, the variables and random numbers are afterwards what they were.

    But for the random numbers of kernels that have a seed of their own: how far those are nobody can change.
    """
    # Copies: a variable whose values are also held elsewhere is not updated in place, which takes longer.
    values = [variable.numpy() for variable in variables]
    try:
        with other_random_numbers():
            yield
    finally:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
