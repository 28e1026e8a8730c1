"""The command line: one thin file a command, each importing late what it needs.

Bad input is reported in one line on standard error, with exit code 2.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import traceback
from collections.abc import Sequence
from io import TextIOWrapper
from typing import NoReturn

BAD_INPUT = 2
CRASHED = 2
INTERRUPTED = 130
BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Runs one command and exits with its code.

    Args:
        argv: the words after `fwtui`; None takes the process's own.

    Raises:
        SystemExit: always; 2 for bad input.
    """
    _open_missing_streams()
    try:
        os.getcwd()  # noqa: PTH109
    except OSError as error:
        sys.exit(_refuse(f"the current folder cannot be used ({error.strerror}); change to another one"))
    if isinstance(sys.stdout, TextIOWrapper):  # an encoding without → or µ gets a ?, not a traceback
        sys.stdout.reconfigure(errors="replace")
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except BrokenPipeError:  # the reader closed the pipe, as `head` does
        from fwtui.cli.output import discard_output

        discard_output()
        code = BROKEN_PIPE
    except KeyboardInterrupt:
        code = INTERRUPTED
    if sys.flags.inspect:  # PYTHONINSPECT would have Python ask for commands now, and print SystemExit before
        atexit._run_exitfuncs()
        os._exit(code)
    sys.exit(code)


def _run(argv: list[str]) -> int:
    from typer import TyperException

    from fwtui.cli import errors, options
    from fwtui.cli.app import command_line
    from fwtui.core.inputs import SpecError

    try:
        code = command_line().main(options.filled_in(argv), prog_name="fwtui", standalone_mode=False)
    except SystemExit as ended:  # Typer ends with 1 here, with which `fwtui parity` says that lanes differ
        if isinstance(ended.__context__, BrokenPipeError):
            raise ended.__context__ from None
        raise
    except SpecError as error:
        return _refuse(str(error))
    except TyperException as error:
        return _refuse(errors.one_line(error))
    except BrokenPipeError:
        raise
    except Exception:  # of ours: Python's own 1 would say that lanes, models or outputs differ
        traceback.print_exc()
        return CRASHED
    return code if isinstance(code, int) else 0


def _refuse(line: str) -> int:
    with contextlib.suppress(OSError):  # the exit code reports it in any case
        print(f"fwtui: {line}", file=sys.stderr, flush=True)  # noqa: T201
    return BAD_INPUT


def _open_missing_streams() -> None:
    """Opens the null device in place of standard streams that were closed at the start (`<&-`, `>&-`).

    Otherwise the next file opened gets one of their descriptors, such as a pipe to a lane, which the lane's
    own standard input would then replace.
    """
    for fd in range(3):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free descriptor
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115, PTH123, open as long as we run
