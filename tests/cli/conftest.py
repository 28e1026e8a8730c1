"""The command line in this process, and scripted lanes for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from fwtui import cli
from fwtui.backends import catalogue
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
def scripted_frameworks(scripted_backends: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scripted backend as the only one of each framework."""
    names = ("scripted.ok", "scripted.other")
    frameworks = [framework for framework in catalogue.frameworks() if catalogue.is_own(framework)]
    entries = [
        replace(catalogue.entry(name), framework=replace(framework, eager=""))
        for name, framework in zip(names, frameworks, strict=True)
    ]
    scripted.offer(monkeypatch, entries)
