"""What a framework's error says in one line, on messages as TensorFlow, Keras and PyTorch write them."""

import pytest

from fwtui.core.error_text import error_text, first_root

GRAPH = """Graph execution error:

Detected at node {node} defined at (most recent call last):
  File "/home/me/net.py", line 13, in <module>

  File "/home/me/net.py", line 12, in gather

{what}
\t [[{{{{node {node}}}}}]] [Op:__inference_gather_9]"""

WITH_CODE = """Graph execution error:

Detected at node 'model/matmul' defined at (most recent call last):
    File "/home/me/net.py", line 12, in loss
      return tf.matmul(a, b)
Node: 'model/matmul'
Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]
\t [[{{node model/matmul}}]] [Op:__inference_train_21]"""

SESSION = """Graph execution error:

Detected at node 'GatherV2' defined at (most recent call last):
    File "/home/me/net.py", line 70, in <module>
Node: 'GatherV2'
indices[0] = 7 is not in [0, 3)
\t [[{{node GatherV2}}]]

Original stack trace for 'GatherV2':
  File "/home/me/net.py", line 70, in <module>
  File "/venv/tensorflow/python/ops/array_ops.py", line 5005, in gather_v2
"""

TWO_ROOTS = """Graph execution error:

Detected at node 'GatherV2' defined at (most recent call last):
    File "/home/me/net.py", line 12, in loss
Node: 'GatherV2'
Detected at node 'Add' defined at (most recent call last):
    File "/home/me/net.py", line 15, in loss
Node: 'Add'
2 root error(s) found.
  (0) INVALID_ARGUMENT:  indices[0] = 7 is not in [0, 3)
\t [[{{node GatherV2}}]]
\t [[Mean/_3]]
  (1) INVALID_ARGUMENT:  Incompatible shapes: [2] vs. [3]
\t [[{{node Add}}]]
0 successful operations.
0 derived errors ignored. [Op:__inference_train_1234]"""

OLD_ROOTS = """2 root error(s) found.
  (0) Invalid argument: {{function_node __inference_f_1}} {{function_node __inference_g_2}} bad indices
\t [[{{node GatherV2}}]]
  (1) Cancelled: ..."""

PYTHON_IN_GRAPH = GRAPH.format(
    node="EagerPyFunc",
    what="""IndexError: list index out of range
Traceback (most recent call last):

  File "/venv/tensorflow/python/ops/script_ops.py", line 267, in __call__
    return func(device, token, args)
           ^^^^^^^^^^^^^^^^^^^^^^^^^

IndexError: list index out of range

""",
)

XLA = """Incompatible shapes: [2] vs. [3]
\t [[{{node add}}]]
\ttf2xla conversion failed while converting __inference_xadd_262[_Xla=true]. [Op:__inference_x_2]"""

TRACED_LAYER = """in user code:

    File "/home/me/net.py", line 11, in loss  *
        return layer(a)
    File "/venv/keras/src/utils/traceback_utils.py", line 122, in error_handler  **
        raise e.with_traceback(filtered_tb) from None

    ValueError: Exception encountered when calling Square.call().
    \n    \x1b[1mDimensions must be equal, but are 5 and 2 \
for '{{node l/matmul}} = MatMul[T=DT_FLOAT](a, a)' with input shapes: [2,5], [2,5].\x1b[0m
    \n    Arguments received by Square.call():
      • x=tf.Tensor(shape=(2, 5), dtype=float32)
"""

TRACED = """in user code:

    File "/home/me/net.py", line 11, in loss  *
        return missing

    NameError: name 'missing' is not defined
"""

FAKE_TENSORS = """RuntimeError when making fake tensor call
  Explanation: Dynamo failed to run FX node with fake tensors: call_function <built-in function matmul>\
(*(FakeTensor(..., size=(2, 3)),), **{}): got RuntimeError('a and b must have same reduction dim')
  Hint: Your code may result in an error when running in eager.

from user code:
   File "/home/me/net.py", line 10, in loss
    return a @ b
"""

BACKEND_FAILED = """backend='inductor' raised:
LoweringException: AssertionError: no kernel
  target: aten.mm.default

Set TORCHDYNAMO_VERBOSE=1 for the internal stack trace"""

TORCH_SCRIPT = """The following operation failed in the TorchScript interpreter.
Traceback of TorchScript (most recent call last):
  File "/home/me/net.py", line 5, in loss
    def loss(a, b):
        return a + b
               ~~~~~ <--- HERE
RuntimeError: The size of tensor a (2) must match the size of tensor b (3)
"""

WORKER = """Caught IndexError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "/venv/torch/utils/data/_utils/worker.py", line 349, in _worker_loop
    data = fetcher.fetch(index)
IndexError: list index out of range
"""

CUDA = """CUDA error: device-side assert triggered
CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might \
be incorrect.
For debugging consider passing CUDA_LAUNCH_BLOCKING=1
Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.
"""

STATE = """Error(s) in loading state_dict for Linear:
\tMissing key(s) in state_dict: "bias". """


class InvalidArgumentError(Exception):
    """As TensorFlow calls it."""


class TorchRuntimeError(RuntimeError):
    """As PyTorch calls what its compiler raises."""


INDEX = "indices[0] = -1 is not in [0, 3)"


@pytest.mark.parametrize(
    ("kind", "message", "text"),
    [
        (InvalidArgumentError, GRAPH.format(node="GatherV2", what=INDEX), f"InvalidArgumentError: {INDEX}"),
        (
            InvalidArgumentError,
            GRAPH.format(node="cond/map/while/GatherV2", what=INDEX),
            f"InvalidArgumentError: {INDEX}",
        ),
        (
            InvalidArgumentError,
            GRAPH.format(node="Assert", what="assertion failed: [must be positive] [x (a:0) = ] [-1 2]"),
            "InvalidArgumentError: assertion failed: [must be positive] [x (a:0) = ] [-1 2]",
        ),
        (
            InvalidArgumentError,
            WITH_CODE,
            "InvalidArgumentError: Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]",
        ),
        (InvalidArgumentError, SESSION, "InvalidArgumentError: indices[0] = 7 is not in [0, 3)"),
        (InvalidArgumentError, TWO_ROOTS, "InvalidArgumentError: indices[0] = 7 is not in [0, 3)"),
        (InvalidArgumentError, OLD_ROOTS, "InvalidArgumentError: bad indices"),
        (InvalidArgumentError, PYTHON_IN_GRAPH, "IndexError: list index out of range"),
        (InvalidArgumentError, XLA, "InvalidArgumentError: Incompatible shapes: [2] vs. [3]"),
        (
            InvalidArgumentError,
            "{{function_node __wrapped__MatMul_device_/CPU:0}} Matrix size-incompatible [Op:MatMul] name: ",
            "InvalidArgumentError: Matrix size-incompatible [Op:MatMul]",
        ),
        (
            ValueError,
            TRACED_LAYER,
            "ValueError: Dimensions must be equal, but are 5 and 2 with input shapes: [2,5], [2,5].",
        ),
        (NameError, TRACED, "NameError: name 'missing' is not defined"),
        (TorchRuntimeError, FAKE_TENSORS, "RuntimeError: a and b must have same reduction dim"),
        (
            TorchRuntimeError,
            BACKEND_FAILED,
            "LoweringException: AssertionError: no kernel",
        ),
        (
            RuntimeError,
            TORCH_SCRIPT,
            "RuntimeError: The size of tensor a (2) must match the size of tensor b (3)",
        ),
        (IndexError, WORKER, "IndexError: list index out of range"),
        (RuntimeError, CUDA, "RuntimeError: CUDA error: device-side assert triggered"),
        (
            RuntimeError,
            STATE,
            'RuntimeError: Error(s) in loading state_dict for Linear: Missing key(s) in state_dict: "bias".',
        ),
        (ValueError, "\n  my own\nwords", "ValueError: my own"),
        (ValueError, "KeyError: as I say", "ValueError: KeyError: as I say"),
        (ValueError, "Graph execution error:", "ValueError: Graph execution error:"),
        (ValueError, "", "ValueError"),
    ],
)
def test_an_error_in_one_line(kind, message, text):
    assert error_text(kind(message)) == text


def test_of_several_nodes_that_failed_the_first_ones_lines_count():
    assert "line 12" in first_root(TWO_ROOTS)
    assert "line 15" not in first_root(TWO_ROOTS)
    assert first_root(SESSION) == SESSION
    assert first_root("no node") == "no node"
