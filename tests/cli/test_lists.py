"""`fwtui backends`, `fwtui workloads`, and the help pages, which name the choices without importing them."""

from __future__ import annotations

import json

from fwtui.backends import catalogue as backends
from fwtui.cli import options
from fwtui.cli.output import plain_table, show
from fwtui.core import spec
from fwtui.core.version import __version__
from fwtui.race import plan
from fwtui.workloads import catalogue as workloads


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
    assert list(listed) == list(workloads.NAMES)
    first = listed["two-layer"]["presets"][0]
    assert first["parameters"] == 101_000
    assert (first["steps"], first["learning_rate"], first["held_out_rows"]) == (500, 1e-6, None)


def test_version(fwtui):
    assert fwtui("--version").out == f"fwtui {__version__}\n"


def test_help_names_every_choice(fwtui, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    for words in (("--help",), ("bench", "--help"), ("bench", "-h")):
        ran = fwtui(*words)
        assert ran.code == 0
        named = (*workloads.NAMES, *plan.DEFAULT_BACKENDS, *plan.LANE_KEYS)
        choices = (*spec.DTYPES, *spec.OPTIMIZERS, *spec.SCHEDULES, *spec.HOSTS)
        assert [name for name in (*named, *choices) if name not in ran.out] == []


def test_a_request_left_alone_is_the_default():
    assert options.race_request() == plan.RaceRequest()


def test_names_that_look_like_markup_are_printed_as_they_are(capsys):
    table = plain_table()
    table.add_row("final [/]", "[red]x[/red]", ":smile:")
    show(table)
    assert capsys.readouterr().out == "\nfinal [/]  [red]x[/red]  :smile:\n"
