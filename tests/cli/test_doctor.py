"""`fwtui doctor`: what works, what does not and what mends it, without waiting for ever."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest

from fwtui.backends import catalogue
from fwtui.cli import doctor, terminal
from fwtui.core.spec import OWN_INTERPRETER
from fwtui.doctor.examination import examine
from fwtui.doctor.places import Place
from tests.scripted import modes

pytestmark = pytest.mark.usefixtures("scripted_backends")


def use(monkeypatch, *frameworks):
    monkeypatch.setattr(catalogue, "frameworks", lambda: frameworks)


def test_all_usable(fwtui, monkeypatch):
    monkeypatch.setenv("CXX", sys.executable)
    use(monkeypatch, modes.SCRIPTED)
    ran = fwtui("doctor", "--json")
    assert ran.code == 0
    assert ran.err == ""
    facts = json.loads(ran.out)
    assert {"fwtui", "python", "machine", "terminal", "packages", "frameworks", "problems"} <= set(facts)
    (found,) = facts["frameworks"]
    assert found["usable"] is True
    assert (found["version"], found["device"]) == ("1.2.3", "cpu")
    assert [(one["name"], one["usable"]) for one in found["devices"]] == [("cpu", True), ("cuda:0", False)]
    assert found["import_ns"] > 0
    assert facts["packages"]["textual"]
    assert [one["what"] for one in facts["problems"]] == [
        "Scripted cannot use cuda:0 (Scripted GPU): no CUDA build of Scripted"
    ]


def test_a_missing_framework(fwtui, monkeypatch):
    use(monkeypatch, modes.SCRIPTED, modes.MISSING)
    ran = fwtui("doctor")
    assert ran.code == 1
    assert "✗ Missing is not installed: pip install missing_framework" in ran.out


def test_a_framework_that_has_no_net_leaves_the_others_examined(fwtui, monkeypatch):
    use(monkeypatch, modes.SCRIPTED, replace(modes.SLEEPY, needs_net=True))
    ran = fwtui("doctor")
    assert ran.code == 1
    assert "Scripted   1.2.3" in ran.out
    assert "✗ Sleepy: no workload has a net for it" in ran.out


def test_a_missing_compiler(fwtui, monkeypatch):
    monkeypatch.setenv("CXX", "no-such-compiler")
    use(monkeypatch, modes.SCRIPTED)
    ran = fwtui("doctor")
    assert ran.code == 0
    assert "✗ torch.compile needs a C++ compiler, and finds no no-such-compiler" in ran.out


def test_an_import_that_hangs(monkeypatch):
    found = examine(Place(modes.SLEEPY, OWN_INTERPRETER), patience_s=1.5)
    assert found.problem == "importing it takes more than 2 s"
    assert "import sleepy" in found.mend


def test_terminal_problems():
    good = {
        **{"is_terminal": True, "columns": 80, "lines": 24, "colours": "256", "term": "screen"},
        **{"encoding": "utf-8", "tmux": True, "ssh": False, "no_color": False},
    }
    assert terminal.problems(good) == []
    assert terminal.in_words(good) == "80×24, 256 colours, TERM=screen, utf-8, in tmux"
    bad = {**good, "columns": 60, "term": "dumb", "encoding": "ascii"}
    assert [one["mend"] for one in terminal.problems(bad)] == [
        *("export TERM=xterm-256color", "enlarge it to 80×24", "export LANG=C.UTF-8"),
    ]
    assert terminal.problems({**bad, "is_terminal": False}) == []
    assert doctor.PACKAGES


def test_a_broken_configuration_is_a_problem_and_the_rest_is_looked_over(fwtui, monkeypatch, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("[defaults]\nseeed = 1\n")
    monkeypatch.setenv("FWTUI_CONFIG", str(path))
    use(monkeypatch, modes.SCRIPTED)
    ran = fwtui("doctor", "--json")
    facts = json.loads(ran.out)
    assert ran.code == 1
    assert facts["problems"][0] == {
        "what": "config.toml: defaults: got 'seeed'; accepted: seed?",
        "mend": "fwtui config edit",
    }
    (found,) = facts["frameworks"]
    assert found["usable"] is True
    assert (found["build"], found["clashes"]) == ({"CUDA": "none", "TF32": "off"}, [])


def test_another_interpreter_has_a_row_of_its_own(fwtui, monkeypatch, tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o755)
    use(monkeypatch, modes.SCRIPTED)
    ran = fwtui("doctor", "--python", str(python), "--json")
    facts = json.loads(ran.out)
    assert ran.code == 1
    assert [one["python"] for one in facts["frameworks"]] == [None, str(python)]
    assert f"{python} runs no lane" in facts["problems"][0]["what"]
    assert fwtui("doctor", "--python", str(tmp_path / "none")).code == 2
