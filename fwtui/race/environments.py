"""In which interpreter, and on which host, a lane runs: as asked for, completed from a configuration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fwtui.core.spec import Interpreter
from fwtui.race.options import OPTIONS

_PYTHON = OPTIONS["python"]


@dataclass(frozen=True)
class KnownHost:
    """A host that the configuration has a name for.

    Attributes:
        name: what stands for it in `ssh=NAME`.
        ssh: the host as OpenSSH's client knows it.
        python: its interpreter for every framework; None: `python3`.
        interpreters: (framework, path) of those that have their own.
    """

    name: str
    ssh: str
    python: str | None = None
    interpreters: tuple[tuple[str, str], ...] = ()

    def interpreter(self, framework: str) -> str | None:
        """The path of the interpreter for a framework; None: `python3`."""
        return dict(self.interpreters).get(framework, self.python)


@dataclass(frozen=True)
class Environments:
    """The interpreters and hosts of a configuration.

    Attributes:
        interpreters: (framework, path) of those on this machine; a framework without one runs in fwtui's own.
        hosts: of other machines.
        source: the name of the file they are from, for errors.
    """

    interpreters: tuple[tuple[str, str], ...] = ()
    hosts: tuple[KnownHost, ...] = ()
    source: str = ""

    def interpreter(self, framework: str, python: str | None, ssh: str | None, option: str) -> Interpreter:
        """Where a lane of `framework` runs. A path on another host is that host's affair.

        Args:
            framework: its key, such as `torch`.
            python: the interpreter that was asked for; None: the configuration's, or else the usual one.
            ssh: the host that was asked for, by its name here or as ssh knows it.
            option: how `python` was given, for errors.

        Raises:
            SpecError: there is no such interpreter on this machine.
        """
        if ssh is not None:
            known = next((host for host in self.hosts if host.name == ssh), KnownHost(ssh, ssh))
            return Interpreter(python or known.interpreter(framework), known.ssh)
        if python is None:
            python, option = (
                dict(self.interpreters).get(framework),
                f"{self.source}: interpreters.{framework}",
            )
        return Interpreter(None if python is None else _PYTHON.kind.read(option, python))


def of_models(
    environments: Environments, lanes: Iterable[tuple[str, Interpreter]], frameworks: Iterable[str]
) -> dict[str, str]:
    """The interpreters of this machine that hold models while their weights are paired, by framework.

    Args:
        lanes: (framework, where it runs) of each lane: a framework's first one here says where.
        frameworks: those of the models.

    Raises:
        SpecError: a configured interpreter is not there.
    """
    here = [(key, interpreter) for key, interpreter in lanes if interpreter.ssh is None]
    found = {}
    for framework in frameworks:
        known = next((one for key, one in here if key == framework), None)
        known = known or environments.interpreter(framework, None, None, "")
        if known.python is not None:
            found[framework] = known.python
    return found


NO_ENVIRONMENTS = Environments()
