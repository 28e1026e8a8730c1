"""Where options get their values from when they are left out: environment variables, then the configuration.

Each option of each command can be given as `FWTUI_OPTION`, such as `FWTUI_SEED=3`, and in the configuration
file; the command line is preferred to the environment, and that to the file.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import typer
from typer.core import TyperOption

from fwtui.cli.signatures import CONTEXT, with_parameters
from fwtui.config import file
from fwtui.config.configuration import Configuration, load
from fwtui.core.inputs import SpecError

LIVE = "live"
"""What plain `fwtui` is called in the configuration."""
WITHOUT = ("help", "version", "install_completion", "show_completion")
"""Options that have no default to set."""
UNCONFIGURED = ("config", "doctor")
"""Commands that must work where the configuration does not."""
HELP = {"--help", "-h", "--version"}

_WORKLOADS = ("workload", "torch", "torch_b", "tensorflow", "tensorflow_b")
_OF_A_WORKLOAD = ("data", "loss", "layout", "model", "preset", "size", "expect")
_COMMAND_LINE, _ENVIRONMENT, _FILE, _USUAL = "COMMANDLINE", "ENVIRONMENT", "DEFAULT_MAP", "DEFAULT"
_RANK = {_USUAL: 0, _FILE: 1, _ENVIRONMENT: 2, _COMMAND_LINE: 3}


def variable(key: str) -> str:
    """The environment variable of an option, such as `FWTUI_PROBE_EVERY`."""
    return f"FWTUI_{key.upper()}"


def options_of(root: Any) -> dict[str, dict[str, bool]]:
    """Of each command the options that can have defaults, by key, and whether each is a switch."""
    commands = {LIVE: root, **root.commands}
    return {
        name: {_key(one): bool(one.is_flag) for one in _settable(command)}
        for name, command in commands.items()
    }


def _key(option: TyperOption) -> str:
    """What an option is called in the configuration: as it is typed, with `_` in place of `-`."""
    return str(option.opts[0]).removeprefix("--").replace("-", "_")


def _settable(command: Any) -> list[TyperOption]:
    return [one for one in command.params if isinstance(one, TyperOption) and one.name not in WITHOUT]


def take_variables(root: Any) -> None:
    """Have each option take its environment variable; one that may be repeated has semicolons between."""
    for command in (root, *root.commands.values()):
        for option in _settable(command):
            option.envvar, option.show_envvar = variable(_key(option)), False
            if option.multiple:
                vars(option)["split_envvar_value"] = lambda text: [one.strip() for one in text.split(";")]


def use_configuration(context: Any, words: Sequence[str]) -> None:
    """Give a root context the configuration's defaults, read when the first is asked for."""
    if not HELP.intersection(words):
        context.default_map = _Defaults(context.command, words[0] if words else "")


@functools.cache
def _loaded(root: Any) -> Configuration:
    from fwtui.backends import catalogue

    return load(file.location(), options_of(root), [one.key for one in catalogue.frameworks()])


def configuration(root: Any) -> Configuration:
    """The user's configuration; SpecError where it is none."""
    return _loaded(root)


class _Defaults(dict[str, Any]):
    """The configuration's defaults: those of plain `fwtui`, and of each command a mapping of its own.

    Args:
        word: the first word of the command line.
    """

    def __init__(self, root: Any, word: str) -> None:
        self._root, self._word = root, word

    def get(self, key: str, default: Any = None) -> Any:
        if key in self._root.commands:
            return {} if key in UNCONFIGURED else _CommandDefaults(self._root, key)
        if self._word in self._root.commands:  # the options before the command are not asked for
            return default
        return _CommandDefaults(self._root, LIVE).get(key, default)


class _CommandDefaults(dict[str, Any]):
    """One command's defaults: its own, and then those of every command."""

    def __init__(self, root: Any, command: str) -> None:
        self._root, self._command = root, command

    def get(self, key: str, default: Any = None) -> Any:
        command = self._root if self._command == LIVE else self._root.commands[self._command]
        key = next((_key(one) for one in _settable(command) if one.name == key), key)
        defaults = configuration(self._root).defaults
        for table in (defaults.get(self._command, {}), defaults.get("", {})):
            if key in table:
                return table[key]
        return default


def is_typed(context: Any, key: str) -> bool:
    """Whether an option was given on the command line."""
    return source(context, key) == _COMMAND_LINE


def source(context: Any, key: str) -> str:
    """Where an option's value is from."""
    found = context.get_parameter_source(key)
    return _USUAL if found is None else str(found.name)


def given(context: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options without the defaults that do not go with what was asked for more explicitly.

    Of lanes and workloads one way to name them is chosen; settings of another workload are left out.
    """

    def rank(keys: Sequence[str]) -> int:
        return max((_RANK[source(context, key)] for key in keys if options.get(key)), default=0)

    without: set[str] = set()
    for key, others in (("lanes", ["lane"]), ("lane", ["lanes"]), ("workload", _WORKLOADS[1:])):
        if rank([key]) < rank(others):
            without.add(key)
    chosen = rank(_WORKLOADS)
    without |= {key for key in _WORKLOADS[1:] if rank([key]) < rank(["workload"])}
    without |= {key for key in _OF_A_WORKLOAD if rank([key]) < chosen}
    return {key: (None if key in without else value) for key, value in options.items()}


def names_sources(command: Callable[..., int]) -> Callable[..., int]:
    """`command`, with errors that name where a value is from that was not typed; it may take a context."""
    parameters = inspect.signature(command).parameters
    takes_context = CONTEXT.name in parameters

    def run(ctx: typer.Context, **options: Any) -> int:
        try:
            return command(ctx=ctx, **options) if takes_context else command(**options)
        except SpecError as error:
            if (name := _name_of_source(ctx, error.option)) is None:
                raise
            raise SpecError(name, error.got, error.accepted) from error

    own = (p.replace(kind=p.KEYWORD_ONLY) for name, p in parameters.items() if name != CONTEXT.name)
    return with_parameters(run, [CONTEXT, *own], command)


def _name_of_source(context: Any, option: str) -> str | None:
    """What to call an option's value: the variable or the key of the file; None where it was typed."""
    key = option.removeprefix("--").partition(" ")[0].replace("-", "_")
    if not option.startswith("--"):
        return None
    if source(context, key) == _ENVIRONMENT:
        return variable(key)
    path = configuration(context.find_root().command).path if source(context, key) == _FILE else None
    return None if path is None else f"{path.name}: {key}"
