"""The configuration file: every value is checked, and what is wrong is one line that names file and key."""

from __future__ import annotations

import re

import pytest

from fwtui.config import template
from fwtui.config.configuration import Configuration, load
from fwtui.core.inputs import SpecError
from fwtui.race.environments import KnownHost

COMMANDS = {
    "live": {"seed": False, "tf32": True, "lanes": False, "size": False, "fps": False},
    "bench": {"seed": False, "steps": False, "python": False},
}
FRAMEWORKS = ("torch", "tensorflow")


@pytest.fixture
def read(tmp_path):
    def written(text: str) -> Configuration:
        path = tmp_path / "config.toml"
        path.write_text(text)
        return load(path, COMMANDS, FRAMEWORKS)

    return written


def test_no_file_sets_nothing(tmp_path):
    found = load(tmp_path / "config.toml", COMMANDS, FRAMEWORKS)
    assert not found.exists
    assert not any(found.defaults.values())
    assert load(None, COMMANDS, FRAMEWORKS) == Configuration()


def test_defaults_of_every_command_and_of_one(read):
    found = read(
        """
        [defaults]
        seed = 3
        tf32 = true
        lanes = ["tf.function", "torch.eager"]
        size = {hidden = 7, batch = 2}
        [defaults.bench]
        steps = 20
        """
    )
    everywhere = {"seed": "3", "tf32": True, "lanes": "tf.function,torch.eager"}
    assert found.defaults == {
        "": {**everywhere, "size": ["hidden=7", "batch=2"]},
        "bench": {"steps": "20"},
    }


def test_interpreters_and_hosts(read, tmp_path):
    found = read(
        """
        [interpreters]
        torch = "envs/torch"
        tensorflow = "python3.12"
        [hosts.gpu1]
        ssh = "me@gpu1.example"
        torch = "/opt/torch/bin/python"
        [hosts.box]
        python = "/usr/bin/python3"
        """
    )
    assert dict(found.environments.interpreters) == {
        "torch": str(tmp_path / "envs/torch"),  # from the file's own folder
        "tensorflow": "python3.12",  # a name on PATH stays one
    }
    assert found.environments.hosts == (
        KnownHost("gpu1", "me@gpu1.example", None, (("torch", "/opt/torch/bin/python"),)),
        KnownHost("box", "box", "/usr/bin/python3"),
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("seed", "config.toml: got \"Expected '=' after a key"),
        ("[default]", "config.toml: table: got 'default'; accepted: defaults?"),
        ("defaults = 3", "config.toml: defaults: got '3'; accepted: a table"),
        ("[defaults]\nsed = 1", "config.toml: defaults: got 'sed'; accepted: seed?"),
        ("[defaults]\nseed = -1", "config.toml: defaults.seed: got '-1'; accepted: a whole number"),
        ("[defaults]\nseed = true", "config.toml: defaults.seed: got 'True'; accepted: a whole number"),
        ("[defaults]\nseed = [1]", "config.toml: defaults.seed: got '[1]'; accepted: a whole number"),
        ("[defaults]\ntf32 = 1", "config.toml: defaults.tf32: got '1'; accepted: true or false"),
        ("[defaults]\nsize = [1]", "config.toml: defaults.size: got '[1]'; accepted: NAME=N"),
        ("[defaults]\nfps = {x = 1}", "config.toml: defaults.fps: got \"{'x': 1}\"; accepted: text"),
        ("[defaults.bench]\nfps = 2", "config.toml: defaults.bench: got 'fps'; accepted:"),
        ("[defaults.bench]\npython = 'x'", "accepted: [interpreters], with a line for each framework"),
        ("[interpreters]\njax = 'x'", "config.toml: interpreters: got 'jax'; accepted: torch, tensorflow"),
        (
            "[interpreters]\ntorch = ' '",
            "config.toml: interpreters.torch: got ' '; accepted: text, in quotes",
        ),
        ("[hosts]\na = 'b'", "config.toml: hosts.a: got 'b'; accepted: a table of settings"),
        ("[hosts.a]\nssh = '-oProxyCommand=x'", "config.toml: hosts.a.ssh: got '-oProxyCommand=x'"),
        ("[hosts.a]\npyton = 'b'", "config.toml: hosts.a: got 'pyton'; accepted: python?"),
        ("[keys]\npaus = 'x'", "config.toml: keys: got 'paus'; accepted: pause"),
        (
            "[keys]\npause = 'p'",
            "keys.pause: got 'p'; accepted: a key that no other action has, as pause-lane",
        ),
        ("[keys]\npause = 'm'", "keys.pause: got 'm'; accepted: a key that no other action has, as metric"),
        ("[keys]\npause = '?'", "accepted: a key that no other action has, as help does"),
        ("[keys]\npause = 'escape'", "config.toml: keys.pause: got 'escape'; accepted: another key"),
    ],
)
def test_what_is_wrong_is_one_line(read, text, line):
    with pytest.raises(SpecError) as refused:
        read(text)
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)


def test_keys_may_be_swapped(read):
    assert read("[keys]\npause = 'p, P'\npause-lane = 'space'").keys == {
        "pause": "p,P",
        "pause-lane": "space",
    }


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(SpecError, match="text in UTF-8"):
        load(path, COMMANDS, FRAMEWORKS)
    path.unlink()
    path.mkdir()
    with pytest.raises(SpecError, match="a readable file"):
        load(path, COMMANDS, FRAMEWORKS)


def test_the_template_is_a_configuration_also_without_its_hashes(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(template.TEMPLATE)
    assert not any(load(path, COMMANDS, FRAMEWORKS).defaults.values())
    lines = [line.removeprefix("# ") for line in template.TEMPLATE.splitlines()]
    path.write_text("\n".join(line for line in lines if re.match(r"\[[a-z0-9.]+\]$|[a-z]+ = ", line)))
    found = load(path, {**COMMANDS, "live": {**COMMANDS["live"], "theme": False}}, FRAMEWORKS)
    assert found.defaults["bench"] == {"steps": "2000"}
    assert found.defaults["live"] == {"theme": "fwtui-light", "fps": "4"}
    assert [host.name for host in found.environments.hosts] == ["gpu1"]
    assert found.keys
