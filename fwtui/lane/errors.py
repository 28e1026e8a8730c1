"""Why a lane cannot go on."""

from __future__ import annotations

from collections.abc import Iterator

from fwtui.core.error_text import error_text, first_line, message
from fwtui.core.inputs import SpecError
from fwtui.core.outcome import Cause, Failure
from fwtui.workloads.user.errors import WHOLE_STORY, UserFileError

SMALLER = "smaller sizes may fit"

_OUT_OF_MEMORY = ("OutOfMemoryError", "ResourceExhaustedError")
"""PyTorch's and TensorFlow's names for it."""
_CPU_ALLOCATOR = "DefaultCPUAllocator: "
"""PyTorch's on the CPU has no type of its own for it."""


class LaneError(Exception):
    """A lane cannot go on. The message is the reason for the user."""

    def __init__(self, cause: Cause, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.failure = Failure(cause, reason, hint)


def failure_of(error: BaseException, otherwise: Cause) -> Failure:
    """Why a lane failed with `error`.

    Args:
        otherwise: the cause where the error's type does not tell.
    """
    if isinstance(error, LaneError):
        return error.failure
    if isinstance(error, UserFileError):
        cause: Cause = "out of memory" if any(map(_is_out_of_memory, _chain(error))) else "user code"
        return Failure(cause, error.reason, error.hint, in_log=error.hint == WHOLE_STORY)
    if isinstance(error, SpecError):
        return Failure("unsupported", str(error))
    if isinstance(error, MemoryError):
        return Failure("out of memory", ": ".join(filter(None, ("out of memory", message(error)))), SMALLER)
    if any(_is_out_of_memory(one) for one in _chain(error)):
        return Failure("out of memory", error_text(error), SMALLER, in_log=True)
    if isinstance(error, NotImplementedError) and message(error):
        return Failure("unsupported", f"not possible: {first_line(error)}", "another backend may do it")
    return Failure(otherwise, error_text(error), WHOLE_STORY, in_log=True)


def _is_out_of_memory(error: BaseException) -> bool:
    named = isinstance(error, MemoryError) or type(error).__name__ in _OUT_OF_MEMORY
    return named or (type(error) is RuntimeError and _CPU_ALLOCATOR in str(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and those that it was raised from."""
    seen: set[int] = set()
    next_one: BaseException | None = error
    while next_one is not None and id(next_one) not in seen:
        seen.add(id(next_one))
        yield next_one
        next_one = next_one.__cause__ or next_one.__context__
