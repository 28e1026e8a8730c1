"""The graphs that TensorFlow's backends tell of a step."""

import pickle
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from fwtui.core.graph import PHASES, Graph, NoGraph
from fwtui.workloads.catalogue import names
from tests.backends.tensorflow.graph_probe import MODES, OPTIMIZER

ROOT = Path(__file__).parents[3]
KINDS = {
    "eager": ["tape"],
    "function": ["traced", "optimized"],
    "session": ["fetched", "optimized", "built"],
    "xla": ["hlo", "optimized"],
}
WHOLE = [(mode, kind) for mode, kinds in KINDS.items() for kind in kinds if kind != "built"]
"""The graphs of one step and nothing besides."""
QUICK = ("two-layer", "digits-mlp", "dynamic-depth")


def slow_if_large(name, *more):
    return pytest.param(name, *more, marks=() if name in QUICK else pytest.mark.slow)


PAIRS = [(name, mode) for name in names() for mode in MODES if (name, mode) != ("dynamic-depth", "session")]
RUNS = [
    pytest.param((name, mode), id=f"{name}-{mode}", marks=() if name in QUICK else pytest.mark.slow)
    for name, mode in PAIRS
]
UPDATES = {
    "sgd": "ResourceApplyGradientDescent",
    "momentum": "ResourceApplyMomentum",
    "rmsprop": "ResourceApplyAdagradV2",
    "adam": "ResourceApplyAdam",
    "adamw": "ResourceApplyAdam",
}


class Said(dict):
    """What `graph_probe.py` says; of the large workloads only once somebody asks."""

    def __init__(self, path):
        self._path = path
        super().__init__(self._asked(*QUICK))

    def __missing__(self, key):
        self.update(self._asked(*(name for name in names() if name not in QUICK)))
        return self[key]

    def _asked(self, *names):
        command = [sys.executable, "-m", "tests.backends.tensorflow.graph_probe", self._path, *names]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=350, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        return pickle.loads(self._path.read_bytes())


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    return Said(tmp_path_factory.mktemp("graphs") / "said")


@pytest.fixture(params=RUNS)
def run(request, said):
    return said[(*request.param, "float64")]


def products(graph):
    return [node for node in graph.nodes if "MatMul" in node.op or node.op == "dot"]


def line(node):
    return node.source and (Path(node.source[0]).name, node.source[1])


def behind(graph, place):
    """Every node that `place` is made from, itself included."""
    seen, ahead = set(), [place]
    while ahead:
        if (at := ahead.pop()) not in seen:
            seen.add(at)
            ahead += [source for source, _ in graph.nodes[at].inputs]
    return seen


@pytest.mark.parametrize(("name", "mode"), [slow_if_large(*pair) for pair in PAIRS])
def test_every_mode_tells_its_graphs_of_every_workload(name, mode, said):
    graphs = said[name, mode, "float64"]["graphs"]
    assert list(graphs) == KINDS[mode]
    assert all(isinstance(graph, Graph) for graph in graphs.values()), graphs
    assert all("\n" not in text for g in graphs.values() for text in (g.title, g.captured))


def test_edges_lead_from_outputs_that_are_there(run):
    for graph in run["graphs"].values():
        for node in graph.nodes:
            assert all(0 <= at < len(graph.nodes) for at, _ in node.inputs)
            assert all(place < len(graph.nodes[at].outputs) for at, place in node.inputs)


def test_inputs_stand_before_what_takes_them_but_where_a_loop_begins_again(run):
    for graph in run["graphs"].values():
        late = [
            graph.nodes[at].op
            for place, node in enumerate(graph.nodes)
            for at, _ in node.inputs
            if at >= place
        ]
        assert set(late) <= {"NextIteration"}


def test_all_phases_and_everything_given_is_there_by_name(run):
    given = {f"parameter {name}": shape for name, shape in run["parameters"].items()}
    given |= {f"batch {name}": shape for name, shape in run["batch"].items()}
    for graph in run["graphs"].values():
        assert {node.phase for node in graph.nodes} >= set(PHASES) - {"constant"}
        told = {node.name: node for node in graph.nodes if node.name in given}
        assert {name: node.outputs[0].shape for name, node in told.items()} == given
        assert {node.phase for node in told.values()} == {"input"}


def test_hardly_a_shape_is_unknown(run):
    for graph in run["graphs"].values():
        unknown = [node.name for node in graph.nodes if any(None in one.shape for one in node.outputs)]
        assert len(unknown) <= len(graph.nodes) // 50, unknown


@pytest.mark.parametrize(("name", "mode"), [slow_if_large(*pair) for pair in PAIRS if pair[1] != "xla"])
def test_each_parameter_is_updated_once_by_the_optimizers_kernel_from_its_gradient(name, mode, said):
    run = said[name, mode, "float64"]
    for graph in run["graphs"].values():
        updates = [
            place
            for place, node in enumerate(graph.nodes)
            if node.phase == "update" and node.op == UPDATES[OPTIMIZER.get(name, "adam")]
        ]
        assert len(updates) == len(run["parameters"])
        for update in updates:
            made_from = [graph.nodes[at] for at in behind(graph, update)]
            assert {node.phase for node in made_from} >= {"forward", "backward"}
            assert any(node.name.startswith("batch ") for node in made_from)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("mode", "kind"), WHOLE)
def test_two_layers_have_two_products_forward_and_three_backward(mode, kind, dtype, said):
    graph = said["two-layer", mode, dtype]["graphs"][kind]
    assert [node.phase for node in products(graph)] == ["forward"] * 2 + ["backward"] * 3
    assert {one.dtype for node in products(graph) for one in node.outputs} == {dtype}
    # 64 × 1000 → 100 → 10, each product 2·m·k·n.
    first, second = 2 * 64 * 1000 * 100, 2 * 64 * 100 * 10
    assert sorted(node.flops for node in products(graph)) == [second] * 3 + [first] * 2


def test_a_session_leaves_out_the_gradient_by_the_data(said):
    graphs = said["two-layer", "session", "float64"]["graphs"]
    assert len(products(graphs["built"])) == 6
    left = len(graphs["built"].nodes) - len(graphs["fetched"].nodes)
    assert left > 0
    assert f"{len(graphs['fetched'].nodes)} ops of {len(graphs['built'].nodes)}, {left} left out" in (
        graphs["fetched"].captured
    )


@pytest.mark.parametrize(("mode", "kind"), WHOLE)
def test_the_loss_begins_where_the_last_parameter_has_been_used(mode, kind, said):
    graph = said["two-layer", mode, "float64"]["graphs"][kind]
    lines = {line(node) for node in graph.nodes if node.phase == "loss" and node.source}
    text = (ROOT / "fwtui/workloads/two_layer/net_tensorflow.py").read_text("utf-8").splitlines()
    said_there = {text[number - 1].strip() for file, number in lines if file == "net_tensorflow.py"}
    assert said_there == {'error = tf.square(predicted - batch["y"])', "return tf.reduce_sum(error)"}


def test_lines_are_those_of_the_net_and_the_optimizer(run):
    for graph in run["graphs"].values():
        lines = {phase: [line(n) for n in graph.nodes if n.phase == phase] for phase in PHASES}
        for phase, file in (("forward", "net_tensorflow.py"), ("update", "optimizers.py")):
            known = Counter(one[0] for one in lines[phase] if one)
            assert known.most_common(1)[0][0] == file
        assert not any("site-packages" in n.source[0] for n in graph.nodes if n.source)


@pytest.mark.parametrize("name", [slow_if_large(name) for name in names() if name != "char-rnn"])
def test_a_traced_backward_op_has_the_line_that_the_op_log_has_for_it(name, said):
    """The tape knows which op it differentiates; a trace only the scope that it stood in."""
    tape, traced = (
        said[name, mode, "float64"]["graphs"][kind]
        for mode, kind in (("eager", "tape"), ("function", "traced"))
    )
    for op in ("MatMul", "BatchMatMulV2", "Conv2DBackpropFilter", "ReluGrad", "TanhGrad", "RsqrtGrad"):
        logged, told = (
            [n.source for n in graph.nodes if n.op == op and n.phase == "backward"]
            for graph in (tape, traced)
        )
        # The log leaves some lines open, a trace none.
        assert all(ours == theirs for theirs, ours in zip(logged, told, strict=True) if theirs), op


@pytest.mark.slow
def test_a_loops_body_stands_in_its_scope_with_the_phase_of_the_loop(said):
    graph = said["char-rnn", "function", "float64"]["graphs"]["traced"]
    loops = {node.op: node for node in graph.nodes if node.op in ("While", "StatelessWhile")}
    assert {op: node.phase for op, node in loops.items()} == {
        "While": "forward",
        "StatelessWhile": "backward",
    }
    inside = [node for node in graph.nodes if node.scope.startswith("while/body/gru_cell")]
    assert Counter(node.op for node in inside)["MatMul"] == 2
    assert {node.phase for node in inside} == {"forward", "constant"}
    assert {line(n)[0] for n in inside if n.op == "MatMul"} == {"net_tensorflow.py"}


def test_what_xla_fused_stands_in_the_fusions_scope(said):
    graph = said["two-layer", "xla", "float64"]["graphs"]["optimized"]
    fusions = [node for node in graph.nodes if node.op == "fusion"]
    assert fusions
    for fusion in fusions:
        ops = [node.op for node in graph.nodes if node.scope == fusion.name]
        named = fusion.detail.partition(": ")[2].split(", ")
        assert set(named) <= set(ops)
    ((name, text),) = graph.parts
    assert name == "optimized_hlo.txt"
    assert text.startswith("HloModule")


def test_constants_are_told_in_a_line(run):
    for graph in run["graphs"].values():
        for node in graph.nodes:
            assert len(node.detail) < 200
            assert "\n" not in node.detail


@pytest.mark.parametrize("mode", MODES)
def test_telling_changes_nothing(mode, said):
    told = said["disturbed"][mode]
    assert set(told["told"]) == {"Graph"}
    assert told["losses"]
    assert told["weights"]
    kinds, others = told["kinds"]
    assert kinds == others


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "session"])
def test_telling_graphs_draws_no_random_numbers(said, mode):
    alone, told = said["drawing"][mode]
    assert alone == told


def test_what_cannot_be_captured_says_why(said):
    graphs = said["strings"]
    assert [graph.kind for graph in graphs] == KINDS["xla"]
    assert all(isinstance(graph, NoGraph) for graph in graphs)
    assert all("AsString" in graph.reason and "\n" not in graph.reason for graph in graphs)
