"""The command-line parser's errors about bad input, as one line in the style of `SpecError`."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from typer import TyperException

from fwtui.cli.options import metavar
from fwtui.core.inputs import SpecError
from fwtui.core.text import plain


def one_line(error: TyperException) -> str:
    """`OPTION: got WHAT; accepted: WHAT`, as `SpecError` says it, for what the parser refused."""
    context = getattr(error, "ctx", None)
    option = getattr(error, "option_name", None)
    if hasattr(error, "possibilities"):
        return _unknown_option(str(option), context)
    if option is not None:
        return _missing_value(str(option), error)
    if extra := re.search(r"extra argument\S* \((.*)\)", error.format_message()):
        return str(SpecError(_command(context), extra[1], "options only, see --help"))
    return plain(" ".join(error.format_message().split()))


def unknown_command(name: str, known: list[str]) -> SpecError:
    """The error for a command that there is not."""
    return SpecError("command", name, f"{', '.join(known)}{_closest(name, known)}")


def _unknown_option(option: str, context: Any) -> str:
    known = [name for param in context.command.get_params(context) for name in param.opts] if context else []
    line = f"{plain(option)}: no such option in {context.command_path if context else 'fwtui'}"
    return f"{line}{_closest(option, known) or ';'} --help lists what is accepted"


def _missing_value(option: str, error: TyperException) -> str:
    if "does not take" in error.format_message():
        return f"{option}: got a value; accepted: none, it is a switch"
    return f"{option}: got no value; accepted: {metavar(option) or 'a value'}"


def _command(context: Any) -> str:
    return str(context.command_path) if context is not None else "fwtui"


def _closest(name: str, known: list[str]) -> str:
    found = get_close_matches(name, known, n=1)
    return f"; did you mean {found[0]}?" if found else ""
