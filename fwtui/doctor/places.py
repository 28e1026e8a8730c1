"""In which interpreters frameworks are examined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fwtui.backends.entries import FrameworkEntry
from fwtui.core.inputs import SpecError
from fwtui.core.spec import OWN_INTERPRETER, Interpreter
from fwtui.race.environments import Environments


@dataclass(frozen=True)
class Place:
    """A framework in an interpreter.

    Attributes:
        is_expected: whether it is a problem where it is not installed there; in an interpreter that is
            looked over as a whole, one framework is enough.
    """

    framework: FrameworkEntry
    interpreter: Interpreter
    is_expected: bool = True

    @property
    def title(self) -> str:
        """The interpreter, for what is printed; "" for fwtui's own."""
        return "" if self.interpreter == OWN_INTERPRETER else self.interpreter.title


def places(
    frameworks: Sequence[FrameworkEntry],
    environments: Environments,
    pythons: Sequence[str] = (),
    hosts: Sequence[str] = (),
) -> list[Place]:
    """Every framework where its lanes run, then every interpreter and host besides.

    Args:
        environments: those of the configuration.
        pythons, hosts: what else is asked for.

    Raises:
        SpecError: an interpreter is not there.
    """
    found = [Place(framework, _usual(framework, environments)) for framework in frameworks]
    further = [(None, host) for host in dict.fromkeys((*(one.name for one in environments.hosts), *hosts))]
    for python, host in [*((python, None) for python in dict.fromkeys(pythons)), *further]:
        for framework in frameworks:
            interpreter = environments.interpreter(framework.key, python, host, "--python")
            found.append(Place(framework, interpreter, is_expected=False))
    return list(dict.fromkeys(found))


def _usual(framework: FrameworkEntry, environments: Environments) -> Interpreter:
    """Where a framework's lanes run; a configured interpreter that is not there is to be examined, too."""
    try:
        return environments.interpreter(framework.key, None, None, "")
    except SpecError:
        return Interpreter(dict(environments.interpreters)[framework.key])
