"""The table of what ops do: both frameworks' names, compilers' and autograd's, in the same words."""

from __future__ import annotations

from collections import Counter

import pytest

from fwtui.backends.catalogue import op_names
from fwtui.backends.entries import OpNames
from fwtui.core.graph import Graph
from fwtui.ops.vocabulary.canonical import canonical, carries, computes, kind
from tests.two_layer_steps import logged, told

BACKENDS = ("torch.eager", "tf.eager", "tf.function")

SAME = {
    "matrix product": "MatMul aten.mm BatchMatMulV2 aten::bmm dot _MklMatMul torch.matmul operator.matmul "
    "extern_kernels.mm MmBackward0 dot.3",
    "convolution": "Conv2D aten.convolution _MklNativeFusedConv2D torch.conv2d convolution",
    "add": "AddV2 BiasAdd aten.add_ add Tensor.add_ operator.add aten._foreach_add_",
    "subtract": "Sub aten.sub subtract AssignSubVariableOp",
    "power": "Square aten.pow SquaredDifference torch.square",
    "sum": "Sum BiasAddGrad aten.sum",
    "relu": "Relu aten.relu torch.relu cpp_fused_relu_0",
    "relu gradient": "ReluGrad aten.threshold_backward ReluBackward0 cpp_fused_threshold_backward_2",
    "where": "SelectV2 aten.where select",
    "slice": "StridedSlice aten.select dynamic-slice",
    "maximum": "Maximum broadcast_maximum_fusion",
    "compare": "Equal aten.eq compare",
    "argmax": "ArgMax aten.argmax",
    "gather": "ResourceGather aten.embedding gather",
    "scatter": "UnsortedSegmentSum aten.embedding_dense_backward EmbeddingBackward0",
    "layer norm": "aten.native_layer_norm torch.nn.functional.layer_norm",
    "attention": "torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default",
    "tanh gradient": "TanhGrad aten.tanh_backward TanhBackward0",
}
NOTHING = (
    "ReadVariableOp Const Shape aten.detach aten.ones_like fusion tuple NoOp get-tuple-element AddBackward0 "
    "wrapped_iota iota_fusion.2"
)


@pytest.mark.parametrize("word", SAME)
def test_ops_of_many_names_have_one_word(word):
    assert {op: canonical(op)[0] for op in SAME[word].split()} == dict.fromkeys(SAME[word].split(), word)


def test_what_computes_nothing_has_no_word():
    for op in NOTHING.split():
        assert canonical(op) == (), op
        assert not computes(op)


def test_an_op_that_does_several_things_has_a_word_for_each():
    assert canonical("aten.addmm") == ("matrix product", "add")
    assert set(canonical("cpp_fused_add_mul_relu_7")) == {"add", "multiply", "relu"}
    assert canonical("subtract_multiply_fusion.1") == ("subtract", "multiply")
    assert canonical("wrapped_reduce-window.3") == ("reduction",)


def test_what_is_not_in_the_table_is_told_as_such():
    for op in ("MyCustomOp", "mine.frobnicate", "", "x.y.z"):
        assert canonical(op) is None
        assert computes(op)
    assert kind("mine.frobnicate_") == "mine.frobnicate"


def test_a_node_of_autograd_for_which_there_is_no_word_is_the_gradient_of_what_there_is_one_for():
    assert canonical("CosBackward0") == ("cosine gradient",)
    assert canonical("FrobnicateBackward0") is None


def test_values_are_carried_on_by_what_lays_them_out_anew_and_by_no_shape():
    for op in ("aten.t", "Reshape", "ReadVariableOp", "aten._to_copy", "BroadcastTo", "bitcast"):
        assert carries(op), op
    for op in ("Shape", "aten.mm", "ConcatV2", "Const", "aten.addmm", "MyCustomOp"):
        assert not carries(op), op


def names_and_words(ops: OpNames) -> list[tuple[str, tuple[str, ...]]]:
    """Each name in a framework's table, with what it stands for."""
    rows: list[tuple[tuple[str, ...], str]] = [((word,), names) for word, names in ops.one_word.items()]
    rows += [*ops.parts.items(), ((), ops.passing), ((), ops.nothing)]
    return [(name, words) for words, names in rows for name in names.split()]


@pytest.mark.parametrize("ops", op_names(), ids=lambda ops: ops.prefixes[0])
def test_no_name_stands_twice(ops):
    counted = Counter(name for name, _ in names_and_words(ops))
    assert {name: count for name, count in counted.items() if count > 1} == {}


def test_a_name_in_both_frameworks_is_the_same_op():
    words = [dict(names_and_words(ops)) for ops in op_names()]
    assert words[0].keys() & words[1].keys() > {"matmul", "relu"}
    assert {name for name in words[0].keys() & words[1].keys() if words[0][name] != words[1][name]} == set()


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_op_of_two_layer_is_in_it(backend):
    graphs = [one for one in told(backend).graphs if isinstance(one, Graph)]
    ops = {op.op for op in logged(backend).ops} | {node.op for graph in graphs for node in graph.nodes}
    assert {op for op in ops if canonical(op) is None} == set()
