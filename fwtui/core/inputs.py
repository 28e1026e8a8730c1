"""Checks of what users give: numbers and words of options, with one error for what makes no sense."""

from __future__ import annotations

import math
from collections.abc import Iterable

from fwtui.core.text import printable


class SpecError(ValueError):
    """Input that does not exist or makes no sense; the message is one line.

    Attributes:
        option: what was set, as the user would write it (`--steps`, `lane 2: lr`).
        got: what came.
        accepted: what would have been accepted, in words.
    """

    def __init__(self, option: str, got: object, accepted: str) -> None:
        self.option, self.got, self.accepted = option, got, accepted
        shown = text_of(got)
        # Of a long path the end says most.
        shown = shown if len(shown) <= 80 else f"{shown[:37]}...{shown[-40:]}"
        super().__init__(f"{printable(option)}: got {shown!r}; accepted: {printable(accepted)}")


def text_of(value: object) -> str:
    """`str(value)`, also of what has none: Python writes out no integer of thousands of digits."""
    try:
        return str(value)
    except Exception:
        return f"a value of type {type(value).__name__}"


def known_size(name: str, value: object, known: Iterable[str]) -> None:
    """SpecError where a workload with the sizes `known` has none called `name`."""
    if name not in known:
        choices = ", ".join(known) or "none: it has no sizes"
        raise SpecError("--size", f"{name}={value}", f"NAME=N, the name one of {choices}")


def whole_range(low: int, high: int) -> str:
    """What `whole_number` accepts."""
    return f"a whole number from {low:,} to {high:,}"


def positive_range(high: float, low: float | None = None) -> str:
    """What `positive_number` accepts."""
    return f"a number above 0, at most {high:g}" if low is None else f"a number from {low:g} to {high:g}"


def whole_number(option: str, text: str | int, low: int, high: int) -> int:
    """`text` as an int within `low..high`; SpecError for a float, a word or a number outside."""
    accepted = whole_range(low, high)
    try:
        value = int(str(text), 10) if str(text).isascii() and "_" not in str(text) else low - 1
    except ValueError:
        raise SpecError(option, text, accepted) from None
    if not low <= value <= high:
        raise SpecError(option, text, accepted)
    return value


def positive_number(option: str, text: str | float, high: float, low: float | None = None) -> float:
    """`text` as a finite float in `0 < x <= high`, or from `low` on; SpecError for anything else, NaN too."""
    accepted = positive_range(high, low)
    try:
        # A bool is 1.0 to Python, and no number that anybody means.
        is_number = not isinstance(text, bool) and (
            not isinstance(text, str) or (text.isascii() and "_" not in text)
        )
        value = float(text) if is_number else math.nan
    except (TypeError, ValueError, OverflowError):
        raise SpecError(option, text, accepted) from None
    if not (math.isfinite(value) and 0 < value <= high) or (low is not None and value < low):
        raise SpecError(option, text, accepted)
    return value


def one_of(option: str, text: str, choices: tuple[str, ...]) -> str:
    """`text` where it is one of `choices`; SpecError that lists them where it is not."""
    if text not in choices:
        raise SpecError(option, text, ", ".join(choices))
    return text
