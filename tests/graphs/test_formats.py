"""What other tools open: JSON by its schema, DOT for Graphviz and Netron, Model Explorer's collections."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from fwtui.core.graph import PHASES, Graph, Node, NoGraph, Tensor
from fwtui.graphs.dot import as_dot
from fwtui.graphs.json_format import as_json
from fwtui.graphs.model_explorer import as_model_explorer
from tests.graphs.examples import anyhow, step
from tests.json_schema import problems

SCHEMA = json.loads(files("fwtui.graphs").joinpath("schema.json").read_text("utf-8"))
ODD = Graph(
    "odd: one",
    "with all that can go wrong",
    "by hand",
    (
        Node("Const", "x", "constant", (), (Tensor("float32", ()),), detail="(1, 2 three)"),
        Node("Const", "x", "constant", (), ()),
        Node('fused<"a">', 'a|b{c}<d> "e" \\ \x1b[31m:f', "update", ((0, 0), (0, 0), (1, 3)), (), "s/{t}"),
    ),
    (("kernel.cpp", "int main() {}"),),
)
GRAPHS = pytest.mark.parametrize("graph", [step(3), anyhow(3), ODD], ids=lambda graph: graph.kind)
NODE = re.compile(r'"([^"]+)" \[label="\{([^"{}<>]*)\}" fillcolor="#[0-9a-f]{6}"\]')
EDGE = re.compile(r'"([^"]+)" -> "([^"]+)" \[label="([^"]*)"\]')


@GRAPHS
def test_json_is_as_its_schema_says_and_has_everything(graph):
    told = json.loads(json.dumps(as_json([graph, NoGraph("b", "title", "reason")]), allow_nan=False))
    assert problems(told["graphs"], SCHEMA["properties"]["graphs"], SCHEMA) == []
    assert problems(told["missing"], SCHEMA["properties"]["missing"], SCHEMA) == []
    (one,) = told["graphs"]
    assert one["parts"] == dict(graph.parts)
    for index, (node, made) in enumerate(zip(graph.nodes, one["nodes"], strict=True)):
        assert made["id"] == index
        assert (made["op"], made["name"], made["phase"]) == (node.op, node.name, node.phase)
        assert [tuple(taken) for taken in made["inputs"]] == list(node.inputs)
        assert [tuple(one["shape"]) for one in made["outputs"]] == [one.shape for one in node.outputs]


def test_the_schema_refuses_what_is_not_so():
    (graph,) = as_json([step(1)])["graphs"]
    rule = SCHEMA["$defs"]["graph"]
    for key, wrong in {"phase": "sideways", "inputs": [[1]], "flops": -1, "id": "1", "source": {}}.items():
        nodes = [{**graph["nodes"][0], key: wrong}]
        assert problems({**graph, "nodes": nodes}, rule, SCHEMA), key
    assert problems({key: value for key, value in graph.items() if key != "parts"}, rule, SCHEMA)
    assert SCHEMA["$defs"]["node"]["properties"]["phase"]["enum"] == list(PHASES)


@GRAPHS
def test_dot_has_each_node_and_each_edge(graph):
    first, *body, last = as_dot(graph).splitlines()
    assert re.fullmatch(r'digraph "[^"]+" \{', first)
    assert last == "}"
    nodes = [match for line in body if (match := NODE.fullmatch(line))]
    taken = [match for line in body if (match := EDGE.fullmatch(line))]
    assert len(nodes) + len(taken) + 3 == len(body)
    names = [match[1] for match in nodes]
    assert len(set(names)) == len(names) == len(graph.nodes)
    place = {name: index for index, name in enumerate(names)}
    assert [(place[match[1]], place[match[2]]) for match in taken] == [
        (giver, index) for index, node in enumerate(graph.nodes) for giver, _ in node.inputs
    ]


@GRAPHS
def test_dot_says_each_op_as_netron_reads_it(graph):
    for match, node in zip(NODE.finditer(as_dot(graph)), graph.nodes, strict=True):
        name, op, told = match[2].split("|")
        assert name == match[1]
        assert op.startswith("op_code=")
        assert op.endswith("\\l")
        assert node.op.isalnum() is False or op == f"op_code={node.op}\\l"
        for value in told.split("\\l")[:-1]:
            assert value.count(":") == 1
            assert not value.endswith(")") or not value.split(": ")[1].startswith("(")


@GRAPHS
def test_model_explorer_gets_a_collection(graph):
    told = as_model_explorer("a step", [graph])
    assert set(told) == {"label", "graphs"}
    (one,) = told["graphs"]
    assert one["id"] == graph.kind
    ids = [node["id"] for node in one["nodes"]]
    assert len(set(ids)) == len(ids)
    for node, made in zip(graph.nodes, one["nodes"], strict=True):
        assert made["label"] == node.op
        assert made["namespace"].split("/")[0] == node.phase
        assert [(edge["sourceNodeId"], edge["sourceNodeOutputId"]) for edge in made["incomingEdges"]] == [
            (ids[giver], str(output)) for giver, output in node.inputs
        ]
        values = [pair["value"] for pair in made["attrs"]]
        assert all(isinstance(value, str) and value for value in values)
