"""`fwtui graph`: its formats, its JSON, which is a contract, and its exit codes."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from tests.json_schema import problems

pytestmark = pytest.mark.usefixtures("scripted_backends")

SCHEMA = json.loads(files("fwtui.graphs").joinpath("schema.json").read_text("utf-8"))
SMALL = ("--size", "hidden=4", "--size", "d_in=4")


def graph(fwtui, *words: str, backend: str = "scripted.ok"):
    return fwtui("graph", backend, *SMALL, *words)


def test_a_tree_a_graph_and_why_another_is_missing(fwtui, tmp_path):
    path = tmp_path / "graph.json"
    ran = graph(fwtui, "--json", str(path))
    assert ran.code == 0, ran.err
    assert "scripted.ok   Scripted 1.2.3   cpu   56 parameters   after 1 step" in ran.out
    assert "32 a step, as 1 of 3 nodes tell" in ran.out
    assert "╰─ MatMul       net/product  float32[2×2]  32 flops" in ran.out
    assert "after an optimizer: not captured: a script is not optimized" in ran.out
    told = json.loads(path.read_text("utf-8"))
    assert problems(told, SCHEMA) == []
    assert (told["backend"], told["step"], told["parameters"]) == ("scripted.ok", 1, 56)
    assert (told["workload"]["name"], told["workload"]["sizes"]["hidden"]) == ("two-layer", 4)
    assert [one["kind"] for one in told["graphs"]] == ["traced"]
    assert [one["kind"] for one in told["missing"]] == ["optimized"]


def test_drawn(fwtui):
    ran = graph(fwtui, "--as", "draw", "--steps", "3", "--kind", "traced")
    assert ran.code == 0
    assert "after 3 steps" in ran.out
    lines = [line.split() for line in ran.out.splitlines() if line.startswith(("○", "●"))]
    assert [line[:4] for line in lines][1:] == [
        ["●", "1", "forward", "MatMul"],
        ["●", "2", "loss", "Sum"],
    ]
    assert "optimized" not in ran.out


@pytest.mark.parametrize("form", ["dot", "model-explorer"])
def test_what_another_tool_opens_is_alone_on_standard_output(fwtui, form):
    ran = graph(fwtui, "--as", form)
    assert ran.code == 0
    if form == "dot":
        assert ran.out.startswith('digraph "traced" {\n')
        assert ran.out.endswith("\n}\n")
    else:
        assert json.loads(ran.out)["label"] == "two-layer, scripted.ok"
    assert "not captured" in ran.err


def test_no_graph_is_1(fwtui):
    ran = graph(fwtui, "--kind", "optimized", "--json")
    assert ran.code == 1
    told = json.loads(ran.out)
    assert problems(told, SCHEMA) == []
    assert (told["graphs"], len(told["missing"])) == ([], 1)


def test_a_lane_that_fails_is_1_and_says_why(fwtui):
    ran = graph(fwtui, "--steps", "30", "--json", backend="scripted.raise")
    assert ran.code == 1
    assert "the script says no" in ran.err
    told = json.loads(ran.out)
    assert problems(told, SCHEMA) == []
    assert (told["outcome"], told["step"], told["graphs"]) == ("failed", None, [])


BAD = {
    "no backend": ((), "BACKEND: got ''", "torch.eager, torch.compile"),
    "an unknown backend": (("jax.jit",), "got 'jax.jit'", "tf.function"),
    "an unknown format": (("scripted.ok", "--as", "svg"), "--as: got 'svg'", "tree, draw, dot"),
    "an unknown kind": (
        ("scripted.ok", *SMALL, "--kind", "n\x07"),
        "--kind: got 'n\\x07'",
        "traced, optimized",
    ),
    "no step": (("scripted.ok", "--steps", "0"), "--steps: got '0'", "a whole number from 1"),
    "an option of a race": (("scripted.ok", "--lanes", "tf.eager"), "--lanes: no such option", "--help"),
    "two backends": (("scripted.ok", "tf.eager"), "got 'tf.eager'", "options only"),
}


@pytest.mark.parametrize(("words", "names", "accepts"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line(fwtui, words, names, accepts):
    ran = fwtui("graph", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert names in ran.err
    assert accepts in ran.err
