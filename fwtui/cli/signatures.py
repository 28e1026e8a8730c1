"""Functions with the parameters that Typer is to make options of."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import typer

CONTEXT = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)


def with_parameters(
    run: Callable[..., int], parameters: Iterable[inspect.Parameter], like: Callable[..., Any]
) -> Callable[..., int]:
    """`run`, with `parameters` in place of its own, and with the name and the docstring of `like`."""
    found = list(parameters)
    run.__name__, run.__doc__ = like.__name__, like.__doc__
    run.__signature__ = inspect.Signature(found, return_annotation=int)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in found}
    return run
