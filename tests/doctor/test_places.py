"""In which interpreters frameworks are examined, and which of what is found there is a problem."""

from __future__ import annotations

import sys

import pytest

from fwtui.backends import catalogue
from fwtui.core.inputs import SpecError
from fwtui.core.records import Device, Imported
from fwtui.core.spec import OWN_INTERPRETER, Interpreter
from fwtui.doctor.examination import Finding, problems_of
from fwtui.doctor.places import Place, places
from fwtui.measure.history import History
from fwtui.race.environments import Environments, KnownHost

TENSORFLOW, TORCH = catalogue.frameworks()
THERE = Interpreter("/envs/one/bin/python")


def absent(framework, interpreter, is_expected=False):
    place = Place(framework, interpreter, is_expected)
    return Finding(place, History(), f"{framework.title} is not installed", "pip install it", is_absent=True)


def broken(framework, interpreter, problem="it does not import"):
    return Finding(Place(framework, interpreter, False), History(), problem, "mend it")


def works(framework, interpreter, **imported):
    lane = History()
    lane.apply(Imported(framework.title, "1.0", (), 1, 2, **imported))
    return Finding(Place(framework, interpreter, False), lane)


def test_each_framework_where_its_lanes_run_and_then_what_is_asked_for(tmp_path):
    python = tmp_path / "python"
    python.touch()
    known = Environments((("torch", sys.executable),), (KnownHost("box", "me@box"),), "config.toml")
    own = [Place(TENSORFLOW, OWN_INTERPRETER), Place(TORCH, Interpreter(sys.executable))]
    both = [Place(framework, Interpreter(str(python)), False) for framework in (TENSORFLOW, TORCH)]
    hosts = [Place(framework, Interpreter(None, "me@box"), False) for framework in (TENSORFLOW, TORCH)]
    assert places((TENSORFLOW, TORCH), known, [str(python), str(python)], ["box"]) == [*own, *both, *hosts]


def test_an_interpreter_that_is_not_there():
    gone = Environments((("torch", "/no/such/python"),), (), "config.toml")
    assert places((TORCH,), gone) == [Place(TORCH, Interpreter("/no/such/python"))]
    with pytest.raises(SpecError, match="--python: got '/nor/this'"):
        places((TORCH,), Environments(), ["/nor/this"])


def test_a_framework_of_one_s_own_must_be_there():
    finding = absent(TORCH, OWN_INTERPRETER, is_expected=True)
    assert problems_of([finding, works(TENSORFLOW, OWN_INTERPRETER)]) == [
        ("PyTorch is not installed", "pip install it")
    ]


def test_in_another_environment_one_framework_is_enough():
    assert problems_of([absent(TORCH, THERE), works(TENSORFLOW, THERE)]) == []
    assert problems_of([absent(TORCH, THERE), absent(TENSORFLOW, THERE)]) == [
        ("/envs/one/bin/python: no framework is installed there", "")
    ]


def test_what_an_interpreter_lacks_is_told_once():
    line = "fwtui needs Python 3.11 or newer, and this is 3.8.1"
    findings = [broken(framework, THERE, line) for framework in (TORCH, TENSORFLOW)]
    assert problems_of(findings) == [(f"/envs/one/bin/python: {line}", "mend it")]
    assert problems_of(findings[:1]) == [(f"/envs/one/bin/python: PyTorch: {line}", "mend it")]


def test_gpus_and_libraries_are_told_with_their_interpreter():
    gpus = (Device("cuda:0", "H200", "too old a driver"), Device("cpu", "CPU"))
    found = works(TORCH, THERE, clashes=("torch needs nvidia-x 1, and 2 is installed",))
    assert found.clashes() == ("/envs/one/bin/python: torch needs nvidia-x 1, and 2 is installed",)
    lane = History()
    lane.apply(Imported("PyTorch", "1.0", gpus, 1, 2))
    hindered = Finding(Place(TORCH, OWN_INTERPRETER), lane)
    assert hindered.hindered_gpus() == ("PyTorch cannot use cuda:0 (H200): too old a driver",)
