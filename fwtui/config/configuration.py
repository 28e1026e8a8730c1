"""What the configuration file says, each value checked.

[defaults]                 # of options, for every command that has them
seed = 1
[defaults.parity]          # of one command; `live` is plain `fwtui`
steps = 500
[interpreters]             # of frameworks on this machine
torch = "~/envs/torch"
[hosts.gpu1]               # `ssh=gpu1` in a lane
ssh = "me@gpu1.example"
python = "/opt/torch/bin/python"
tensorflow = "/opt/tf/bin/python"
[screen]
theme = "fwtui-light"
[keys]                     # of the screen, by action
pause = "space,P"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from fwtui.config import file, keys
from fwtui.core.inputs import SpecError
from fwtui.race.environments import Environments, KnownHost
from fwtui.race.options import OPTIONS

SECTIONS = ("defaults", "interpreters", "hosts", "keys")
_TABLE = "a table of settings"
_TEXT = "text, in quotes"


@dataclass(frozen=True)
class Configuration:
    """A configuration file, read.

    Attributes:
        path: the file; None where none is read.
        exists: whether there is such a file.
        defaults: values of options, by command (`""`: every command) and option.
        environments: interpreters and hosts.
        keys: keys by action, as Textual's keymaps have them.
    """

    path: Path | None = None
    exists: bool = False
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    environments: Environments = field(default_factory=Environments)
    keys: Mapping[str, str] = field(default_factory=dict)


def load(
    path: Path | None, commands: Mapping[str, Mapping[str, bool]], frameworks: Iterable[str]
) -> Configuration:
    """The configuration that a file holds.

    Args:
        path: the file; None: nothing is read.
        commands: the options of each command, by key, and whether each is a switch.
        frameworks: keys of those that interpreters can be given for.

    Raises:
        SpecError: the file cannot be read, a key is unknown, or a value is not what the key takes.
    """
    if path is None:
        return Configuration()
    reader = _Reader(path.name, commands, tuple(frameworks))
    tables = file.read(path)
    reader.known("", tables, SECTIONS)
    found = {name: reader.table(name, tables.get(name, {})) for name in SECTIONS}
    return Configuration(
        path=path,
        exists=path.exists(),
        defaults=reader.defaults(found["defaults"]),
        environments=Environments(
            reader.interpreters("interpreters.", found["interpreters"], path.parent),
            tuple(reader.host(name, table) for name, table in found["hosts"].items()),
            path.name,
        ),
        keys=reader.keys(found["keys"]),
    )


class _Reader:
    """Checks tables; errors name the file and the key."""

    def __init__(
        self, name: str, commands: Mapping[str, Mapping[str, bool]], frameworks: tuple[str, ...]
    ) -> None:
        self._name, self._commands, self._frameworks = name, commands, frameworks

    def known(self, where: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
        """SpecError, with the nearest name, where a key is not among `known`."""
        names = tuple(known)
        for key in table:
            if key not in names:
                close = get_close_matches(key, names, n=1)
                accepted = f"{close[0]}?" if close else ", ".join(names)
                raise SpecError(f"{self._name}: {where.removesuffix('.') or 'table'}", key, accepted)

    def table(self, key: str, value: Any) -> dict[str, Any]:
        """The value, where it is a table."""
        if not isinstance(value, dict):
            raise SpecError(f"{self._name}: {key}", value, _TABLE)
        return value

    def text(self, key: str, value: Any) -> str:
        """The value, where it is text, and not blank."""
        if not isinstance(value, str) or not value.strip():
            raise SpecError(f"{self._name}: {key}", value, _TEXT)
        return value

    def keys(self, table: Mapping[str, Any]) -> dict[str, str]:
        """Keys by action, with commas between."""
        texts = {action: self.text(f"keys.{action}", value) for action, value in table.items()}
        found = {action: ",".join(map(str.strip, text.split(","))) for action, text in texts.items()}
        keys.check(f"{self._name}: keys", found)
        return found

    def defaults(self, table: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Values of options, by command and option."""
        shared = {key: value for key, value in table.items() if key not in self._commands}
        every = {key: switch for options in self._commands.values() for key, switch in options.items()}
        found = {"": self._options("defaults.", shared, every)}
        for command in self._commands:
            if command in table:
                own = self.table(f"defaults.{command}", table[command])
                found[command] = self._options(f"defaults.{command}.", own, self._commands[command])
        return found

    def _options(self, where: str, table: Mapping[str, Any], known: Mapping[str, bool]) -> dict[str, Any]:
        given = {key.replace("-", "_"): value for key, value in table.items()}
        if "python" in given:
            hint = "[interpreters], with a line for each framework, such as torch = PATH"
            raise SpecError(f"{self._name}: {where}python", given["python"], hint)
        self.known(where, given, (key for key in known if key != "python"))
        return {key: self._value(f"{where}{key}", key, value, known[key]) for key, value in given.items()}

    def _value(self, where: str, key: str, value: Any, is_switch: bool) -> Any:
        """A value as the command line takes it: text, a list of texts, or whether a switch is on."""
        option = OPTIONS.get(key)
        name = f"{self._name}: {where}"
        if is_switch:
            if not isinstance(value, bool):
                raise SpecError(name, value, "true or false")
            return value
        if option is not None and option.repeats:
            values = [f"{k}={v}" for k, v in value.items()] if isinstance(value, dict) else value
            values = values if isinstance(values, list) else [values]
            if not all(isinstance(one, str) for one in values):
                raise SpecError(name, value, option.kind.accepted)
            return values
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            value = ",".join(value)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise SpecError(name, value, option.kind.accepted if option else _TEXT)
        if option is not None:
            option.kind.read(name, str(value))
        return str(value)

    def interpreters(self, where: str, table: Mapping[str, Any], folder: Path) -> tuple[tuple[str, str], ...]:
        """(framework, path) of each; a relative path is one from the file's own folder."""
        self.known(where, table, self._frameworks)
        paths = {key: Path(self.text(f"{where}{key}", value)).expanduser() for key, value in table.items()}
        return tuple(
            (key, str(folder / path if len(path.parts) > 1 else path)) for key, path in paths.items()
        )

    def host(self, name: str, value: Any) -> KnownHost:
        """A host and its interpreters."""
        table = self.table(f"hosts.{name}", value)
        where = f"hosts.{name}."
        self.known(where, table, ("ssh", "python", *self._frameworks))
        texts = {key: self.text(f"{where}{key}", one) for key, one in table.items()}
        ssh = OPTIONS["ssh"].kind.read(f"{self._name}: {where}ssh", texts.pop("ssh", name))
        return KnownHost(name, ssh, texts.pop("python", None), tuple(texts.items()))
