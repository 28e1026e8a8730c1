"""The graphs of PyTorch's lanes: sound, complete, and asking for them changes nothing.

Much of it comes through interfaces of PyTorch's that are private: these tests notice when one goes.
"""

from math import prod
from pathlib import Path

import pytest

from fwtui.core.graph import PHASES
from fwtui.core.spec import DTYPES
from fwtui.workloads.catalogue import names

CASES = [f"{name} {dtype}" for name in names() for dtype in DTYPES]
WHOLE = [("eager", "step"), ("compile", "aot"), ("compile", "inductor")]
"""The graphs that hold the whole step, op by op."""
PRODUCTS = ("aten.mm", "aten.addmm", "extern_kernels.mm", "extern_kernels.addmm")


def graph_of(told, kind):
    (found,) = (one for one in told if one["kind"] == kind)
    assert found["is"] == "Graph", found
    return found["nodes"]


def check_sound(told):
    """Kinds are unique, edges lead to outputs that stand before, phases and shapes are such."""
    kinds = [one["kind"] for one in told]
    assert len(set(kinds)) == len(kinds) > 0
    for one in told:
        for place, node in enumerate(one.get("nodes", ())):
            assert node["phase"] in PHASES
            assert not node["inputs"] if node["phase"] in ("input", "constant") else True
            for before, output in node["inputs"]:
                assert before < place
                assert output < max(1, len(one["nodes"][before]["outputs"]))


def check_unchanged(said):
    assert said["looked at"] == said["left alone"]
    assert said["same weights"]


def in_phase(nodes, *phases):
    return [node for node in nodes if node["phase"] in phases]


def files(nodes):
    return {node["source"] and Path(node["source"][0]).name for node in nodes}


def products(nodes):
    return [node for node in nodes if node["op"] in PRODUCTS]


@pytest.fixture(params=CASES)
def eager(request, said):
    return said["graphs"]["eager"][request.param]


@pytest.fixture
def two_layer(said):
    """The graphs of two-layer, by backend."""
    asked = said["graphs"]
    return {mode: asked[mode]["two-layer float32"]["graphs"] for mode in ("eager", "compile")}


def test_eager_graphs_are_sound_and_complete(eager):
    assert [(one["is"], one["kind"]) for one in eager["graphs"]] == [("Graph", "autograd"), ("Graph", "step")]
    check_sound(eager["graphs"])


def test_asking_an_eager_lane_changes_nothing(eager):
    check_unchanged(eager)


def test_asking_draws_no_random_numbers(said):
    check_unchanged(said["graphs"]["dropping"])


def test_compiled_graphs_are_sound_and_asking_changes_nothing(said):
    asked = said["graphs"]["compile"]["two-layer float32"]
    assert [one["kind"] for one in asked["graphs"]] == ["dynamo", "aot", "inductor"]
    check_sound(asked["graphs"])
    check_unchanged(asked)
    assert [event[1] for event in asked["left alone"]["events"]] == ["Compiled"]


@pytest.mark.parametrize(("mode", "kind"), WHOLE)
def test_two_layer_has_exactly_five_matrix_products(two_layer, mode, kind):
    nodes = graph_of(two_layer[mode], kind)
    assert [node["phase"] for node in products(nodes)] == ["forward"] * 2 + ["backward"] * 3


def test_two_layer_has_five_in_float64_too(said):
    nodes = graph_of(said["graphs"]["eager"]["two-layer float64"]["graphs"], "step")
    assert [node["phase"] for node in products(nodes)] == ["forward"] * 2 + ["backward"] * 3
    assert {output["dtype"] for node in nodes for output in node["outputs"]} == {"float64"}


@pytest.mark.parametrize(("mode", "kind"), WHOLE)
def test_a_product_takes_two_operations_for_each_pair(two_layer, mode, kind):
    nodes = graph_of(two_layer[mode], kind)
    x, w1, w2 = (
        next(node for node in nodes if node["name"] == name)["outputs"][0]["shape"]
        for name in ("batch x", "parameter w1", "parameter w2")
    )
    first, second = 2 * prod(x) * w1[1], 2 * x[0] * prod(w2)
    assert sorted(node["flops"] for node in products(nodes)) == sorted([first] * 2 + [second] * 3)


@pytest.mark.parametrize(("mode", "kind"), [*WHOLE, ("compile", "dynamo")])
def test_inputs_are_known_by_name(two_layer, mode, kind):
    inputs = [node["name"] for node in in_phase(graph_of(two_layer[mode], kind), "input")]
    assert sorted(inputs) == ["batch x", "batch y", "parameter w1", "parameter w2"]


def test_every_parameter_and_array_is_an_input_of_the_step(eager):
    names = {node["name"] for node in in_phase(graph_of(eager["graphs"], "step"), "input")}
    expected = {f"parameter {name}" for name in eager["parameters"]}
    expected |= {f"batch {name}" for name in eager["batch"]}
    assert expected <= names
    assert all(name.startswith("state ") for name in names - expected)


def test_every_parameter_is_a_leaf_of_the_autograd_graph(eager):
    nodes = graph_of(eager["graphs"], "autograd")
    leaves = {node["name"] for node in nodes if node["op"] == "AccumulateGrad"}
    assert leaves == {f"parameter {name}" for name in eager["parameters"]}
    assert nodes[-1]["outputs"][0]["shape"] == []


def test_the_autograd_graph_knows_shapes_lines_and_what_is_saved(two_layer):
    nodes = graph_of(two_layer["eager"], "autograd")
    by_name = {node["name"]: node for node in nodes}
    second = by_name["MmBackward0_1"]
    assert [nodes[place]["name"] for place, _ in second["inputs"]] == ["ReluBackward0", "parameter w2"]
    assert second["outputs"] == [{"dtype": "float32", "shape": [64, 10]}]
    assert second["detail"].startswith("saves ")
    assert files(nodes) == {"net_torch.py"}


@pytest.mark.parametrize(("mode", "kind"), [*WHOLE[:2], ("compile", "dynamo")])
def test_each_phase_is_there_and_the_loss_comes_after_the_net(two_layer, mode, kind):
    nodes = graph_of(two_layer[mode], kind)
    assert {node["phase"] for node in nodes} == {"input", "forward", "loss", "backward", "update"}
    ops = [node["op"].rpartition(".")[2] for node in in_phase(nodes, "loss")]
    square = "square" if kind == "dynamo" else "pow"
    # The step detaches what it gives; AOTAutograd leaves that out.
    assert ops == ["sub", square, "sum", *(["detach"] if kind != "aot" else [])]


def test_each_phase_is_there_for_every_network(eager):
    nodes = graph_of(eager["graphs"], "step")
    assert {node["phase"] for node in nodes} >= {"input", "forward", "loss", "backward", "update"}
    assert in_phase(nodes, "loss")[-1]["outputs"][0]["shape"] == []


def test_lines_are_those_of_the_net_and_of_the_optimizer(eager):
    nodes = graph_of(eager["graphs"], "step")
    # What hands the metrics over at the end, and the gradient that the backward pass begins with, are the
    # step's.
    assert files(in_phase(nodes, "forward", "loss")) == {"net_torch.py", "step.py"}
    assert files(in_phase(nodes, "backward")) == {"net_torch.py", "step.py"}
    assert sum(node["source"][0].endswith("step.py") for node in in_phase(nodes, "backward")) == 1
    assert files(in_phase(nodes, "update")) == {"optimizers.py"}


@pytest.mark.parametrize("kind", ["aot", "inductor"])
def test_compiled_nodes_have_lines_too(two_layer, kind):
    nodes = graph_of(two_layer["compile"], kind)
    assert files(in_phase(nodes, "forward")) == {"net_torch.py"}
    assert files(in_phase(nodes, "backward")) == {"step.py"}
    assert files(in_phase(nodes, "update")) == {"optimizers.py"}


def test_scopes_are_the_nets_own_functions(said):
    nodes = graph_of(said["graphs"]["eager"]["tiny-transformer float32"]["graphs"], "step")
    assert {node["scope"] for node in nodes} == {"", "attention", "mlp", "norm"}


def test_an_optimizers_state_is_an_input(said):
    """Of the fused Adam: two moments and a count for each parameter."""
    asked = said["graphs"]["eager"]["char-rnn float32"]
    nodes = graph_of(asked["graphs"], "step")
    states = {node["name"] for node in nodes if node["name"].startswith("state ")}
    assert len(states) == 3 * len(asked["parameters"])
    (fused,) = (node for node in nodes if node["op"] == "aten._fused_adam_")
    taken = {nodes[place]["name"] for place, _ in fused["inputs"]}
    assert fused["phase"] == "update"
    assert states < taken


def test_a_kernel_says_what_it_runs_and_has_its_code(said):
    graphs = said["graphs"]["compile"]["two-layer float32"]["graphs"]
    nodes = graph_of(graphs, "inductor")
    kernels = in_phase(nodes, "forward", "loss", "backward", "update")
    assert all(node["detail"].partition(" ")[0] in PHASES for node in kernels)
    parts = dict(graphs[-1]["parts"])
    fused = [node["name"] for node in kernels if node["op"] == "cpp_fused"]
    assert fused
    assert set(parts) == {*fused, "call"}
    assert all("void" in parts[name] and f"{name}(" in parts["call"] for name in fused)


def test_the_loss_is_fused_with_the_gradient_by_it(two_layer):
    nodes = graph_of(two_layer["compile"], "inductor")
    (both,) = (node for node in nodes if node["detail"].startswith("loss "))
    assert "; backward " in both["detail"]
    assert both["phase"] == "backward"


def test_a_kernel_that_updates_takes_and_gives_the_parameters(two_layer):
    nodes = graph_of(two_layer["compile"], "inductor")
    update = in_phase(nodes, "update")[-1]
    taken = [nodes[place]["name"] for place, _ in update["inputs"]]
    assert {"parameter w1", "parameter w2"} < set(taken)
    shapes = [node["outputs"][0]["shape"] for node in nodes if node["name"].startswith("parameter ")]
    assert [output["shape"] for output in update["outputs"]] == shapes


def test_what_cannot_be_traced_says_so_in_one_line_beside_what_can(said):
    autograd, step = said["graphs"]["untraceable"]
    assert autograd["is"] == "Graph"
    assert (step["is"], step["kind"]) == ("NoGraph", "step")
    assert step["reason"] == "NotImplementedError: no way to trace this"


def test_without_a_compiler_there_are_no_kernels_but_the_rest(said):
    told = said["graphs"]["no compiler"]
    assert [(one["is"], one["kind"]) for one in told] == [
        ("Graph", "dynamo"),
        ("Graph", "aot"),
        ("NoGraph", "inductor"),
    ]
    assert told[-1]["reason"].endswith("torch.compile needs a C++ compiler: apt-get install g++")


@pytest.mark.slow
@pytest.mark.timeout(1800)  # every network compiled anew, where nothing lies on disk
@pytest.mark.parametrize("case", CASES)
def test_compiled_graphs_of_every_network(said_slowly, case):
    asked = said_slowly["graphs"]["compile"][case]
    check_sound(asked["graphs"])
    check_unchanged(asked)
    inputs = {n["name"] for one in asked["graphs"] for n in in_phase(one.get("nodes", ()), "input")}
    assert {f"parameter {name}" for name in asked["parameters"]} <= inputs
    # PyTorch's own GRU is more than Dynamo takes in.
    assert (asked["graphs"][0]["kind"] == "dynamo") == (not case.startswith("char-rnn"))


@pytest.mark.slow
@pytest.mark.timeout(1800)  # every network compiled anew, where nothing lies on disk
def test_a_broken_graph_comes_in_pieces_and_says_why(said_slowly):
    asked = said_slowly["graphs"]["prints"]
    check_sound(asked["graphs"])
    check_unchanged(asked)
    kinds = [one["kind"] for one in asked["graphs"]]
    assert kinds[:2] == ["dynamo 1", "dynamo 2"]
    broken = next(one for one in asked["graphs"] if one["kind"] == "break 1")
    assert "`print`" in broken["reason"]
    assert "nets.py:" in broken["reason"]
    backward = [one for one in asked["graphs"] if one["title"].endswith(", backward")]
    assert all(in_phase(one["nodes"], "backward") for one in backward)
    assert backward


@pytest.mark.slow
@pytest.mark.timeout(1800)  # every network compiled anew, where nothing lies on disk
def test_what_a_lane_has_learned_of_sizes_is_used_and_not_added_to(said_slowly):
    asked = said_slowly["graphs"]
    check_unchanged(asked["sizes"])
    x = next(n for n in graph_of(asked["sizes known"], "aot") if n["name"] == "batch x")
    assert x["outputs"][0]["shape"] == [None, 3]
