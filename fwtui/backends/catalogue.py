"""The backends by name: fwtui's own, and those of installed packages.

A package adds backends with an entry point in the group `fwtui.backends`, which names a sequence of
`BackendEntry`. To list them all imports no framework; `load` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from itertools import chain

from fwtui.backends.base import Framework, ModelModule
from fwtui.backends.entries import BackendEntry, FrameworkEntry, OpNames
from fwtui.core import entry_points
from fwtui.core.inputs import one_of
from fwtui.core.text import printable
from fwtui.core.typed_fields import mistyped

GROUP = "fwtui.backends"
SLOTS = (1, 2, 3, 4)
"""The colours that the themes have for frameworks."""

_OWN = ("fwtui.backends.torch.modes", "fwtui.backends.tensorflow.modes")
_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_-]*")
_KEY = re.compile(r"[a-z][a-z0-9_]*")


@cache
def _found() -> tuple[dict[str, BackendEntry], tuple[str, ...]]:
    """Every backend by its name, and what is wrong with packages that offer some."""
    own = [one for module in _OWN for one in import_module(module).BACKENDS]
    offered, problems = entry_points.load(
        GROUP, lambda _, these, before: _problem(these, [*own, *chain.from_iterable(before.values())])
    )
    return {one.name: one for one in (*own, *chain.from_iterable(offered.values()))}, problems


def _problem(offered: object, known: Sequence[BackendEntry]) -> str:
    """Why what a package offers is no sequence of backends; "" where it is one."""
    if not isinstance(offered, list | tuple) or not all(isinstance(one, BackendEntry) for one in offered):
        return "it is no list or tuple of BackendEntry"
    for number, one in enumerate(offered, 1):
        if wrong := mistyped(one):
            return f"of entry {number}, {wrong}"
    names = [one.name for one in (*known, *offered)]
    for one in offered:
        framework = one.framework
        if not _NAME.fullmatch(one.name):
            return f"{one.name!r} is no name for a backend, such as torch.eager"
        if names.count(one.name) > 1:
            return f"there are two backends {one.name}"
        if one.graph not in ("static", "dynamic"):
            return f"{one.name}'s summary begins with neither 'static:' nor 'dynamic:'"
        if not _KEY.fullmatch(framework.key):
            return f"{framework.key!r} is no key for a framework, such as torch"
        if framework.slot not in SLOTS:
            return f"{framework.title}'s slot is {framework.slot}, not one of 1 to 4"
        if framework.eager not in ("", *names):
            return f"there is no backend {framework.eager}, which is to run op by op"
        if any(text != printable(text) for text in (one.summary, one.each_step, framework.title)):
            return f"a text of {one.name}'s cannot be printed"
    return ""


def problems() -> tuple[str, ...]:
    """A line for each package whose backends cannot be used."""
    return _found()[1]


def forget() -> None:
    """Search for packages again at the next question, as after one was installed."""
    entry_points.forget()
    _found.cache_clear()


def names() -> tuple[str, ...]:
    """Every backend's name."""
    return tuple(_found()[0])


def entries() -> tuple[BackendEntry, ...]:
    """Every backend."""
    return tuple(_found()[0].values())


def entry(name: str) -> BackendEntry:
    """The entry called `name`; SpecError that lists them all for another."""
    return _found()[0][one_of("backend", name, names())]


def frameworks() -> tuple[FrameworkEntry, ...]:
    """Every framework that has a backend, by colour."""
    return tuple(sorted(dict.fromkeys(one.framework for one in entries()), key=lambda one: one.slot))


def is_own(framework: FrameworkEntry) -> bool:
    """Whether it is one of fwtui's own frameworks, not another package's."""
    return any(module.startswith(f"{framework.folder}.") for module in _OWN)


def op_names() -> tuple[OpNames, ...]:
    """What each framework's ops do, those of fwtui's own frameworks first."""
    return tuple(one.ops for one in dict.fromkeys(one.framework for one in entries()))


def simplest(framework: FrameworkEntry) -> str:
    """The name of the framework's backend that runs op by op, or of its first."""
    return framework.eager or next(one.name for one in entries() if one.framework == framework)


def model_module(framework: FrameworkEntry) -> ModelModule:
    """What takes a framework's models as they are; ImportError where it is not installed, or takes none."""
    module: ModelModule = import_module(f"{framework.folder}.model")
    return module


def load(framework: FrameworkEntry) -> Framework:
    """Imports a framework and gives its modules; ImportError where it is not installed."""
    return Framework(*(import_module(f"{framework.folder}.{file}") for file in ("step", "device", "memory")))
