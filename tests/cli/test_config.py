"""Defaults from the environment and from the configuration file, and `fwtui config`."""

from __future__ import annotations

import json
import sys

import pytest

from fwtui.cli import planning
from fwtui.core.inputs import SpecError
from fwtui.race.request import LaneRequest


@pytest.fixture
def write(tmp_path, monkeypatch):
    path = tmp_path / "config.toml"
    monkeypatch.setenv("FWTUI_CONFIG", str(path))

    def written(text: str = ""):
        path.write_text(text)
        return path

    return written


@pytest.fixture
def asked(fwtui, monkeypatch):
    """The request that a command line makes."""
    found = []

    def planned(request):
        found.append(request)
        raise SpecError("a test", "enough", "nothing more")

    monkeypatch.setattr(planning, "planned", planned)

    def request(*words: str):
        ran = fwtui(*words)
        assert "a test" in ran.err, ran.err
        return found[-1]

    return request


def test_the_command_line_comes_before_the_environment_and_that_before_the_file(write, asked, monkeypatch):
    write("[defaults]\nseed = 1\nsteps = 10\nlr = 0.5\n[defaults.bench]\nsteps = 20\n")
    monkeypatch.setenv("FWTUI_LR", "0.25")
    request = asked("bench", "--seed", "3")
    assert (request.seed, request.steps, request.lr) == ("3", "20", "0.25")
    request = asked()
    assert (request.seed, request.steps, request.lr) == ("1", "10", "0.25")


def test_switches_and_lists(write, asked, monkeypatch):
    write("[defaults]\ntf32 = true\nsize = {hidden = 7}\n")
    assert asked("bench").tf32
    assert asked("bench").sizes == (("hidden", "7"),)
    monkeypatch.setenv("FWTUI_LANE", "torch.eager lr=2; tf.eager")
    assert asked("bench").lanes == (LaneRequest("torch.eager", lr="2"), LaneRequest("tf.eager"))


def test_of_two_ways_to_say_it_the_default_gives_way(write, asked):
    write('[defaults]\nlanes = "tf.eager"\nworkload = "digits-mlp"\npreset = "small"\nsize = {hidden = 7}\n')
    assert asked("bench", "--lane", "torch.eager threads=1").lanes == (
        LaneRequest("torch.eager", threads="1"),
    )
    request = asked("bench", "--workload", "char-rnn")
    assert (request.workload, request.preset, request.sizes) == ("char-rnn", None, ())
    assert asked("bench", "--torch", "a:B").workload == "two-layer"
    request = asked("bench")
    assert (request.workload, request.preset, request.sizes) == ("digits-mlp", "small", (("hidden", "7"),))


def test_an_error_names_what_is_to_blame(write, fwtui, monkeypatch):
    write("[defaults]\npreset = 'none such'\n")
    assert fwtui("bench").err.startswith("fwtui: config.toml: preset: got 'none such'; accepted: dynamic")
    monkeypatch.setenv("FWTUI_PRESET", "nor this")
    assert fwtui("bench").err.startswith("fwtui: FWTUI_PRESET: got 'nor this'")
    assert fwtui("bench", "--preset", "this").err.startswith("fwtui: --preset: got 'this'")


def test_a_default_is_no_misplaced_option(write, asked):
    write("[defaults]\nseed = 1\n[defaults.live]\nfps = 1\n")
    assert asked("bench").seed == "1"


def test_a_broken_file_stops_no_help_and_no_mending(write, fwtui, monkeypatch):
    path = write("broken")
    ran = fwtui("bench", "--lanes", "torch.eager")
    assert ran.code == 2
    assert "TOML; `fwtui config edit` opens the file" in ran.err
    assert fwtui("bench", "--help").code == 0
    assert fwtui("--version").code == 0
    assert fwtui("config", "path").out == f"{path}\n"
    monkeypatch.setenv("VISUAL", f"{sys.executable} -c 'import sys; open(sys.argv[1], \"w\")'")
    ran = fwtui("config", "edit")
    assert ran.code == 0
    assert path.read_text() == ""


def test_what_is_edited_is_checked(write, fwtui, monkeypatch):
    path = write()
    path.unlink()
    monkeypatch.setenv("VISUAL", "true")
    ran = fwtui("config", "edit")
    assert ran.out == f"{path} is in order\n"
    assert "[interpreters]" in path.read_text()
    path.write_text("[defaults]\nseeed = 1\n")
    ran = fwtui("config", "edit")
    assert (ran.code, ran.err) == (2, "fwtui: config.toml: defaults: got 'seeed'; accepted: seed?\n")
    monkeypatch.setenv("VISUAL", "false")
    assert "got 'exit code 1 of false'" in fwtui("config", "edit").err
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    assert "an editor in $EDITOR" in fwtui("config", "edit").err


def test_what_holds_and_why(write, fwtui, monkeypatch):
    path = write("[defaults]\nseed = 1\n[defaults.parity]\nsteps = 5\n[keys]\npause = 'P'\n[hosts.a]\n")
    monkeypatch.setenv("FWTUI_DTYPE", "float64")
    facts = json.loads(fwtui("config", "--json").out)
    assert (facts["path"], facts["exists"], facts["hosts"]) == (
        str(path),
        True,
        {"a": {"ssh": "a", "python": None, "interpreters": {}}},
    )
    options = {(one["option"], one["command"]): (one["value"], one["from"]) for one in facts["options"]}
    assert options["seed", None] == ("1", "file")
    assert options["steps", "parity"] == ("5", "file")
    assert options["dtype", None] == ("float64", "FWTUI_DTYPE")
    assert options["workload", None] == ("two-layer", "default")
    assert options["as", None] == (None, "default")
    assert (facts["keys"]["pause"], facts["keys"]["quit"], facts["changed_keys"]) == ("P", "q", ["pause"])
    page = fwtui("config").out
    assert "steps (parity)" in page
    assert "key of pause" in page


def test_no_file_is_read_where_none_is_wanted(fwtui, monkeypatch):
    monkeypatch.setenv("FWTUI_CONFIG", "")
    assert "none is read" in fwtui("config").out
    assert fwtui("config", "edit").code == 2
    monkeypatch.setenv("FWTUI_CONFIG", "/no/such/file.toml")
    assert "this one does not exist" in fwtui("config").err
    assert fwtui("config", "sho").code == 2
    assert fwtui("config", "path", "--json").code == 2
