"""Which kind of failure an error is: by its type and where it came from, never by its words."""

from __future__ import annotations

import pytest

from fwtui.core.inputs import SpecError
from fwtui.lane.errors import LaneError, failure_of
from fwtui.workloads.user.errors import MEND, WHOLE_STORY, UserFileError


class OutOfMemoryError(RuntimeError):
    """Called as PyTorch's."""


class ResourceExhaustedError(Exception):
    """Called as TensorFlow's."""


def wrapped(error: Exception) -> Exception:
    """As a framework that raises one error for another does."""
    try:
        raise RuntimeError("in a graph") from error
    except RuntimeError as outer:
        return outer


CASES = {
    "a lane's own": (LaneError("unsupported", "no such device"), "unsupported", False),
    "a line of a user's": (UserFileError("net.py:3", "ZeroDivisionError", MEND), "user code", False),
    "somewhere in a user's": (UserFileError("net.py", "an error", WHOLE_STORY), "user code", True),
    "a setting": (SpecError("--batch", 3, "more"), "unsupported", False),
    "memory": (MemoryError(), "out of memory", False),
    "memory, with words": (MemoryError("numpy cannot allocate 3 TiB"), "out of memory", False),
    "memory of PyTorch's": (OutOfMemoryError("CUDA out of memory"), "out of memory", True),
    "memory of TensorFlow's": (wrapped(ResourceExhaustedError("OOM")), "out of memory", True),
    "memory of PyTorch's on the CPU": (
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"),
        "out of memory",
        True,
    ),
    "words about memory": (RuntimeError("out of memory"), "framework", True),
    "what a mode cannot do": (NotImplementedError("no XLA code for strings"), "unsupported", False),
    "what a mode cannot do, without words": (NotImplementedError(), "framework", True),
    "any other": (ValueError("shapes"), "framework", True),
    "none that Python expects": (KeyboardInterrupt(), "framework", True),
}


@pytest.mark.parametrize(("error", "cause", "in_log"), CASES.values(), ids=CASES)
def test_the_cause_of_an_error(error, cause, in_log):
    failure = failure_of(error, "framework")
    assert (failure.cause, failure.in_log) == (cause, in_log)
    assert failure.reason


def test_memory_is_the_cause_in_a_users_file_too():
    error = UserFileError("net.py:3", "it cannot be had", MEND)
    error.__cause__ = MemoryError()
    assert failure_of(error, "user code").cause == "out of memory"


def test_what_the_type_does_not_tell_is_where_the_lane_was():
    assert failure_of(ValueError("shapes"), "user code").cause == "user code"


def test_a_chain_of_errors_that_has_no_end_is_read_once():
    first, second = RuntimeError("one"), RuntimeError("two")
    first.__cause__, second.__cause__ = second, first
    assert failure_of(first, "framework").cause == "framework"
