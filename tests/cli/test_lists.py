"""`fwtui backends`, `fwtui workloads`, and the help pages, which name the choices without importing them."""

from __future__ import annotations

import json
from functools import cache
from importlib import metadata

from fwtui.backends import catalogue as backends
from fwtui.cli import options
from fwtui.cli.output import plain_table, show
from fwtui.core import entry_points, spec
from fwtui.core.version import __version__
from fwtui.race import request
from fwtui.race.options import LANE_KEYS
from fwtui.workloads import catalogue as workloads
from fwtui.workloads.two_layer.workload import TwoLayer
from tests.installing import install


def test_backends(fwtui):
    ran = fwtui("backends")
    assert ran.code == 0
    assert all(name in ran.out for name in backends.names())
    listed = json.loads(fwtui("backends", "--json").out)["backends"]
    assert [one["name"] for one in listed] == list(backends.names())
    assert all(set(one) == {"name", "framework", "graph", "summary"} for one in listed)
    assert {one["graph"] for one in listed} >= {"static", "dynamic"}


def test_workloads(fwtui, tmp_path):
    ran = fwtui("workloads")
    assert ran.code == 0
    assert "64×1000→100→10 relu" in ran.out
    assert "101,000" in ran.out
    path = tmp_path / "workloads.json"
    assert fwtui("workloads", "--json", str(path)).out == ""
    listed = {one["name"]: one for one in json.loads(path.read_text())["workloads"]}
    assert list(listed) == list(workloads.names())
    first = listed["two-layer"]["presets"][0]
    assert first["parameters"] == 101_000
    assert (first["steps"], first["learning_rate"], first["held_out_rows"]) == (500, 1e-6, None)


def test_a_package_that_cannot_be_used_is_named_beside_the_lists(fwtui, tmp_path, monkeypatch):
    points = {
        "fwtui.backends": {"mine": "mine.modes:BACKENDS"},
        "fwtui.workloads": {"mine": "mine.modes:PRESETS"},
    }
    install(tmp_path, monkeypatch, "mine", {"modes": "1 / 0"}, points)
    monkeypatch.setattr(entry_points, "_installed", cache(metadata.entry_points))
    monkeypatch.setattr(backends, "_found", cache(backends._found.__wrapped__))
    monkeypatch.setattr(workloads, "_installed", cache(workloads._installed.__wrapped__))
    for command, listed in (("backends", "torch.eager"), ("workloads", "two-layer")):
        ran = fwtui(command)
        assert (ran.code, listed in ran.out) == (0, True)
        (problem,) = ran.err.splitlines()
        assert problem.startswith("mine: mine = mine.modes:")
        assert problem.endswith("cannot be used: ZeroDivisionError: division by zero")
        assert json.loads(fwtui(command, "--json").out)["problems"] == [problem]


def test_a_package_whose_data_cannot_be_had_leaves_the_other_workloads_listed(fwtui, monkeypatch):
    class Broken(TwoLayer):
        def batches(self, rng):
            return iter(())

    monkeypatch.setattr(workloads, "_installed", cache(lambda: ({"broken": {"default": Broken()}}, ())))
    ran = fwtui("workloads", "--json")
    listed = json.loads(ran.out)
    assert (ran.code, listed["problems"]) == (0, ["broken: its data cannot be had: StopIteration"])
    shown = [one["name"] for one in listed["workloads"]]
    assert shown == [one for one in workloads.names() if one != "broken"]
    assert fwtui("workloads", "broken").code == 1


def test_version(fwtui):
    assert fwtui("--version").out == f"fwtui {__version__}\n"


def test_help_names_every_choice(fwtui, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    for words in (("--help",), ("bench", "--help"), ("bench", "-h")):
        ran = fwtui(*words)
        assert ran.code == 0
        named = (*workloads.names(), *request.DEFAULT_BACKENDS, *LANE_KEYS)
        choices = (*spec.DTYPES, *spec.OPTIMIZERS, *spec.SCHEDULES, *spec.HOSTS)
        assert [name for name in (*named, *choices) if name not in ran.out] == []


def test_a_request_left_alone_is_the_default():
    assert options.race_request() == request.RaceRequest()


def test_names_that_look_like_markup_are_printed_as_they_are(capsys):
    table = plain_table()
    table.add_row("final [/]", "[red]x[/red]", ":smile:")
    show(table)
    assert capsys.readouterr().out == "\nfinal [/]  [red]x[/red]  :smile:\n"
