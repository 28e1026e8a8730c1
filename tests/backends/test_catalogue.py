"""Backends of other packages: found by entry points, and what is wrong with those that cannot be used."""

from __future__ import annotations

import pytest

from fwtui.backends import catalogue
from fwtui.core import entry_points
from fwtui.core.inputs import SpecError
from tests.installing import install

GOOD = """
from fwtui.backends.entries import BackendEntry, FrameworkEntry
FRAMEWORK = FrameworkEntry("mine", "Mine", "mine", "mine", slot=4)
BACKENDS = [BackendEntry("mine.eager", FRAMEWORK, "eager", "dynamic: mine", "a step")]
"""


@pytest.fixture
def offer(tmp_path, monkeypatch):
    """Installs a package whose module `modes` has this text."""

    def installed(text: str, name: str = "mine") -> None:
        install(
            tmp_path, monkeypatch, name, {"modes": text}, {"fwtui.backends": {name: f"{name}.modes:BACKENDS"}}
        )
        catalogue.forget()

    yield installed
    monkeypatch.undo()
    catalogue.forget()


def test_a_package_adds_a_backend(offer):
    before = catalogue.names()
    offer(GOOD)
    assert catalogue.names() == (*before, "mine.eager")
    assert catalogue.problems() == ()
    entry = catalogue.entry("mine.eager")
    assert (entry.framework.title, entry.graph) == ("Mine", "dynamic")
    assert [one.key for one in catalogue.frameworks()] == ["tensorflow", "torch", "mine"]
    assert catalogue.simplest(entry.framework) == "mine.eager"
    assert not catalogue.is_own(entry.framework)
    assert catalogue.is_own(catalogue.entry("torch.eager").framework)


FAULTS = {
    "raises": ("1 / 0", "ZeroDivisionError"),
    "exits": ("raise SystemExit(3)", "SystemExit"),
    "does not compile": ("def", "SyntaxError"),
    "lacks it": ("", "AttributeError"),
    "imports what is missing": ("import nothing_of_this_name", "ModuleNotFoundError"),
    "no sequence": (f"{GOOD}BACKENDS = 3", "it is no list or tuple of BackendEntry"),
    "other things": (f"{GOOD}BACKENDS = ['mine']", "it is no list or tuple of BackendEntry"),
    "no name": (GOOD.replace('"mine.eager"', '"mine eager"'), "'mine eager' is no name for a backend"),
    "escapes": (GOOD.replace('"mine.eager"', r'"mine.\x1b[2J"'), r"'mine.\x1b[2J' is no name for a backend"),
    "a title with escapes": (
        GOOD.replace('"Mine"', r'"\x1b[2J"'),
        "a text of mine.eager's cannot be printed",
    ),
    "twice": (f"{GOOD}BACKENDS *= 2", "there are two backends mine.eager"),
    "one of fwtui's": (GOOD.replace('"mine.eager"', '"torch.eager"'), "there are two backends torch.eager"),
    "no graph": (GOOD.replace("dynamic: mine", "fast"), "begins with neither 'static:' nor 'dynamic:'"),
    "no key": (GOOD.replace('FrameworkEntry("mine"', 'FrameworkEntry("my-net"'), "'my-net' is no key"),
    "slot": (GOOD.replace("slot=4", "slot=5"), "Mine's slot is 5, not one of 1 to 4"),
    "a name of another type": (GOOD.replace('"mine.eager"', "7"), "of entry 1, name is a value"),
    "no framework": (GOOD.replace('mine.eager", FRAMEWORK', 'mine.eager", None'), "framework is a value of"),
    "what raises when it is looked at": (
        f"{GOOD}class Odd(list):\n    def __iter__(self): raise OSError('no')\nBACKENDS = Odd(BACKENDS)",
        "OSError: no",
    ),
    "eager": (GOOD.replace("slot=4", "slot=4, eager='mine.slow'"), "there is no backend mine.slow"),
}


@pytest.mark.parametrize(("text", "why"), FAULTS.values(), ids=FAULTS)
def test_a_package_that_cannot_be_used_is_named_and_takes_nothing_with_it(offer, text, why):
    before = catalogue.names()
    offer(text)
    assert catalogue.names() == before
    (problem,) = catalogue.problems()
    assert problem.startswith("mine: mine = mine.modes:BACKENDS in fwtui.backends cannot be used: ")
    assert why in problem
    assert problem.isprintable()
    with pytest.raises(SpecError, match=r"backend: got 'mine\.eager'; accepted: torch\.eager, "):
        catalogue.entry("mine.eager")


def test_what_a_package_prints_is_in_no_answer(offer, capsys):
    offer(rf"import sys; print('hello'); sys.stderr.write('\x1b[2J\n'){GOOD}")
    assert catalogue.names()[-1] == "mine.eager"
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "hello\n\\x1b[2J\n")


def test_of_two_packages_with_one_name_the_first_counts(offer):
    offer(GOOD)
    offer(GOOD, "other")
    assert catalogue.names()[-1] == "mine.eager"
    (problem,) = catalogue.problems()
    assert problem.startswith("other: ")
    assert problem.endswith("there are two backends mine.eager")


def test_nothing_is_imported_to_list_entry_points(offer):
    offer("1 / 0")
    (found,) = entry_points.in_group("fwtui.backends")
    assert (found.name, found.value) == ("mine", "mine.modes:BACKENDS")
