"""Inductor's code for a GPU, which tests beside this one cannot have, as PyTorch 2.13 writes it."""

import pytest

from fwtui.backends.torch.graph_kernels import kernels_of
from fwtui.core.graph import Node, Tensor

CODE = """
triton_red_fused_mul_sum_0 = async_compile.triton('triton_red_fused_mul_sum_0', '''
@triton.jit
def _triton_helper_fn_add0(arg0_0, arg1_0):
    return arg0_0 + arg1_0

@triton.jit
def triton_red_fused_mul_sum_0(in_ptr0, in_out_ptr0, out_ptr1, xnumel, XBLOCK : tl.constexpr):
    pass
''', device_str='cuda')

async_compile.wait(globals())

class Runner:
    def call(self, args):
        arg0_1, arg1_1 = args
        args.clear()
        assert_size_stride(arg0_1, (4, 3), (3, 1), 'input')
        with torch.cuda._DeviceGuard(0):
            torch.cuda.set_device(0)
            buf0 = empty_strided_cuda((s0, 2), (2, 1), torch.float32)
            # Topologically Sorted Source Nodes: [matmul], Original ATen: [aten.mm]
            # [Provenance debug handles] extern_kernels.mm:1
            extern_kernels.mm(arg0_1, reinterpret_tensor(arg1_1, (3, 2), (1, 3), 0), out=buf0)
            buf1 = buf0; del buf0  # reuse
            buf2 = empty_strided_cuda((), (), torch.float64)
            # [Provenance debug handles] triton_red_fused_mul_sum_0:2
            stream0 = get_raw_stream(0)
            triton_red_fused_mul_sum_0.run(arg0_1, buf1, buf2, 8, stream=stream0)
            # [Provenance debug handles] torch.ops.aten.sort.default:3
            buf3 = torch.ops.aten.sort.default(buf1)
            buf4 = buf3[1]
            # [Provenance debug handles] extern_kernels.mm:4
            extern_kernels.mm(buf4, buf2, out=arg1_1)
        return (buf2, )
"""


def node(op, phase="forward", shape=(2, 2), flops=None, **more):
    return Node(op, op, phase, (), (Tensor("float32", shape),), flops=flops, **more)


INPUTS = [node("x", "input", (4, 3)), node("w", "input", (2, 3))]
MADE_OF = {
    "extern_kernels.mm:1": [node("aten.mm", flops=48, source=("net.py", 3), scope="f")],
    "triton_red_fused_mul_sum_0:2": [
        node("aten.mul", flops=8),
        node("aten.sum", "loss", flops=8),
        node("aten.mul", "backward", flops=8),
    ],
    "torch.ops.aten.sort.default:3": [
        Node("aten.sort", "sort", "forward", (), (Tensor("float32", (4, 2)), Tensor("int64", (4, 2))))
    ],
    "extern_kernels.mm:4": [node("aten.mm", "update")],
}


def test_calls_become_nodes_with_what_they_take_and_give():
    nodes, parts = kernels_of(CODE, INPUTS, MADE_OF)
    assert nodes[:2] == INPUTS
    first, fused, sort, last = nodes[2:]
    assert (first.op, first.name, first.inputs) == (
        "extern_kernels.mm",
        "extern_kernels.mm:1",
        ((0, 0), (1, 0)),
    )
    assert first.outputs == (Tensor("float32", (None, 2)),)
    assert (first.source, first.scope, first.flops) == (("net.py", 3), "f", 48)
    assert (fused.op, fused.name) == ("triton_red_fused", "triton_red_fused_mul_sum_0")
    assert fused.inputs == ((0, 0), (2, 0))
    assert fused.outputs == (Tensor("float32", (None, 2)), Tensor("float64", ()))
    assert (fused.phase, fused.flops) == ("backward", 24)
    assert fused.detail == "forward aten.mul; loss aten.sum; backward aten.mul"
    assert (sort.inputs, sort.flops) == (((3, 0),), None)
    assert last.inputs == ((4, 1), (3, 1))
    assert last.outputs == INPUTS[1].outputs
    assert [name for name, _ in parts] == ["triton_red_fused_mul_sum_0", "call"]


def test_code_that_is_not_as_it_is_known_is_refused():
    with pytest.raises(ValueError, match="no function `call`"):
        kernels_of("x = 1", INPUTS, MADE_OF)
    with pytest.raises(ValueError, match="takes 2 inputs, its graph 1"):
        kernels_of(CODE, INPUTS[:1], MADE_OF)
