"""The command line in this process, and scripted lanes for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from fwtui import cli
from fwtui.backends import catalogue
from fwtui.race import hosts
from tests import scripted


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def fwtui(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs `fwtui WORDS…` and gives its exit code and what it printed."""

    def run(*words: str) -> Ran:
        with pytest.raises(SystemExit) as exit_:
            cli.main(words)
        printed = capsys.readouterr()
        return Ran(exit_.value.code, printed.out, printed.err)

    return run


@pytest.fixture
def scripted_lanes(monkeypatch: pytest.MonkeyPatch):
    """The scripted backends, in this process's catalogue and in the lanes'."""
    before = dict(catalogue.BACKENDS)
    scripted.register()
    monkeypatch.setattr(hosts, "CHILD", scripted.CHILD)
    yield
    catalogue.BACKENDS.clear()
    catalogue.BACKENDS.update(before)


@pytest.fixture
def scripted_frameworks(scripted_lanes: None):
    """A scripted backend as the only one of each framework."""
    names = ("scripted.ok", "scripted.other")
    entries = [
        replace(catalogue.BACKENDS[name], framework=framework)
        for name, framework in zip(names, catalogue.FRAMEWORKS.values(), strict=True)
    ]
    catalogue.BACKENDS.clear()
    catalogue.BACKENDS.update({entry.name: entry for entry in entries})
