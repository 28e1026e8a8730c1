"""XLA's text as nodes: needs no TensorFlow."""

import pytest

from fwtui.backends.tensorflow.graph_hlo import nodes, program
from fwtui.backends.tensorflow.graph_phases import Fact, Given
from fwtui.core.graph import Tensor

FUSED = """HloModule step, entry_computation_layout={(f32[4,8]{1,0}, f32[8,2]{1,0})->f32[]}

%add_up (x: f32[], y: f32[]) -> f32[] {
  %x = f32[] parameter(0)
  %y = f32[] parameter(1)
  ROOT %sum = f32[] add(%x, %y)
}

%fused_computation (param_0: f32[4,2]) -> f32[4,2] {
  %param_0 = f32[4,2]{1,0} parameter(0)
  %half = f32[] constant(0.5)
  %spread = f32[4,2]{1,0} broadcast(%half), dimensions={}
  ROOT %scaled = f32[4,2]{1,0} multiply(%param_0, %spread), metadata={op_type="Mul" op_name="scale"}
}

ENTRY %main (arg0: f32[4,8], arg1: f32[8,2]) -> f32[] {
  %arg0 = f32[4,8]{1,0} parameter(0), metadata={op_name="XLA_Args"}
  %arg1 = f32[8,2]{1,0} parameter(1), metadata={op_name="XLA_Args"}
  %zero = f32[] constant(0)
  %dot.1 = f32[4,2]{1,0} dot(f32[4,8]{1,0} %arg0, f32[8,2]{1,0} %arg1), lhs_contracting_dims={1}, \
rhs_contracting_dims={0}, metadata={op_type="MatMul" op_name="dense/(matmul)" source_line=7}
  %fusion = f32[4,2]{1,0} fusion(%dot.1), kind=kLoop, calls=%fused_computation, metadata={op_name="scale"}
  ROOT %reduce = f32[] reduce(%fusion, %zero), dimensions={0,1}, to_apply=%add_up
}
"""
LOOP = """HloModule loop

body (state: (s32[], f32[3])) -> (s32[], f32[3]) {
  state = (s32[], f32[3]{0}) parameter(0)
  i = s32[] get-tuple-element(state), index=0
  v = f32[3]{0} get-tuple-element(state), index=1
  one = s32[] constant(1)
  next = s32[] add(i, one)
  twice = f32[3]{0} add(v, v)
  ROOT out = (s32[], /*index=1*/f32[3]{0}) tuple(next, twice)
}

condition (state.1: (s32[], f32[3])) -> pred[] {
  state.1 = (s32[], f32[3]{0}) parameter(0)
  i.1 = s32[] get-tuple-element(state.1), index=0
  end = s32[] constant(5)
  ROOT less = pred[] compare(i.1, end), direction=LT
}

ENTRY main (v0: f32[3]) -> f32[3] {
  v0 = f32[3]{0} parameter(0)
  i0 = s32[] constant(0)
  start = (s32[], f32[3]{0}) tuple(i0, v0)
  while = (s32[], f32[3]{0}) while(start), condition=condition, body=body
  ROOT result = f32[3]{0} get-tuple-element(while), index=1
}
"""
GIVEN = [
    Given("batch x", "input", Tensor("float32", (4, 8))),
    Given("parameter w", "input", Tensor("float32", (8, 2))),
]
FACTS = {
    "dense/(matmul)": Fact("forward", ("net.py", 3)),
    "scale": Fact("loss", ("net.py", 4)),
}


def by_name(text, given=(), facts=None):
    told = nodes(program(text), given, facts or {})
    named = {node.name: node for node in told}
    assert len(named) == len(told)
    return told, named


def taken(told, node):
    return [told[at].name for at, _ in node.inputs]


def test_instructions_with_shapes_operands_and_what_they_were_made_from():
    told, named = by_name(FUSED, GIVEN, FACTS)
    dot = named["dot.1"]
    assert taken(told, dot) == ["batch x", "parameter w"]
    assert dot.outputs == (Tensor("float32", (4, 2)),)
    assert (dot.phase, dot.source, dot.scope) == ("forward", ("net.py", 3), "dense/(matmul)")
    assert dot.flops == 2 * 4 * 8 * 2
    assert (named["batch x"].op, named["batch x"].phase) == ("parameter", "input")
    assert named["reduce"].phase == "loss"
    assert named["reduce"].detail == "by add"


def test_what_is_fused_stands_in_a_scope_before_its_fusion():
    told, named = by_name(FUSED, GIVEN, FACTS)
    assert [node.name for node in told if node.scope == "fusion"] == ["half", "spread", "scaled"]
    assert taken(told, named["scaled"]) == ["dot.1", "spread"]
    assert taken(told, named["fusion"]) == ["dot.1", "scaled"]
    assert named["fusion"].detail == "kLoop: broadcast, multiply"
    assert (named["half"].phase, named["half"].detail) == ("constant", "0.5")
    assert named["spread"].phase == "loss"


def test_a_loop_tells_its_condition_and_its_body():
    told, named = by_name(LOOP)
    assert {node.scope for node in told} == {"", "while/body", "while/condition"}
    assert taken(told, named["twice"]) == ["v", "v"]
    assert taken(told, named["v"]) == ["start"]
    assert taken(told, named["while"])[0] == "start"
    assert set(taken(told, named["while"])) == {"start", "out", "less"}
    assert named["while"].outputs == (Tensor("int32", ()), Tensor("float32", (3,)))
    assert told[named["result"].inputs[0][0]].name == "while"
    assert named["result"].inputs[0][1] == 1
    assert named["less"].outputs == (Tensor("bool", ()),)


def test_arguments_that_are_not_those_of_the_step_keep_xlas_names():
    _, named = by_name(FUSED, GIVEN[:1], FACTS)
    assert {"arg0", "arg1"} <= set(named)


@pytest.mark.parametrize(
    ("line", "op", "detail", "flops"),
    [
        ("f32[4,4]{1,0} constant({ {1, 2, 3, 4}, {5, 6, 7, 8}, {9, 1, 2, 3} })", "constant", "...", None),
        ('f32[2,2]{1,0} custom-call(a), custom_call_target="gemm"', "custom-call", "gemm", None),
        (
            "f32[4,3,3,5]{3,2,1,0} convolution(a, a), window={size=2x2}, dim_labels=b01f_01io->b01f",
            "convolution",
            "",
            2 * (4 * 3 * 3 * 5) * (2 * 2 * 6),
        ),
        ("f32[<=4,2]{1,0} negate(a)", "negate", "", None),
    ],
)
def test_further_instructions(line, op, detail, flops):
    parameter = "a = f32[2,2,6,5] parameter(0)"
    text = f"HloModule m\n\nENTRY main (a: f32[2,2,6,5]) -> f32[2] {{\n  {parameter}\n  one = {line}\n}}"
    (_, node), _ = by_name(text)
    assert node.op == op
    assert node.detail.endswith(detail)
    assert len(node.detail) <= 40
    assert node.flops == flops


@pytest.mark.parametrize(
    "text", ["", "HloModule m\n", "HloModule m\n\nENTRY main () -> f32[] {\n  what is this\n}"]
)
def test_what_is_no_program_is_refused(text):
    with pytest.raises(ValueError, match="XLA"):
        program(text)
