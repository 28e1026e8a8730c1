"""What is wrong with a user's net is told with the file, the line and the mend, in every mode."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workloads.user.faults import CHANGES, TRACED

ROOT = Path(__file__).parents[3]
BACKENDS = {
    "torch": ("torch.eager", "torch.compile"),
    "tensorflow": ("tf.eager", "tf.function", "tf.xla", "tf.session"),
}
NET = {"torch": 11, "tensorflow": 19}
GIVEN = "parameters() gives w, b; batches() gives x, y, row"
SCALAR = "return a scalar, or {'loss': scalar"

# By change: the line counted from the net's first, what is said of it, and the mend.
TOLD = {
    "another parameter": (4, "asks for 'kernel', which is not there", GIVEN),
    "another array": (4, "asks for 'target', which is not there", GIVEN),
    "a shape": (4, "Error: ", "the lane's log has the whole story"),
    "an error": (5, "NameError: name 'missing' is not defined", "the lane's log"),
    "a script's end": (5, "SystemExit: 4", "the lane's log"),
    "no words": (5, "Own", "the lane's log"),
    "no scalar": (0, "returned 'loss' as (4, 2), no scalar tensor", SCALAR),
    "no loss": (0, "returned no 'loss', only 'error'", SCALAR),
    "a Python number": (0, "returned 'loss' as float, no scalar tensor", SCALAR),
    "nothing": (0, "returned 'loss' as NoneType, no scalar tensor", SCALAR),
    "no number that has a gradient": (0, "bool", SCALAR),
    "a metric of many": (0, "returned 'each' as (4, 2), no scalar tensor", SCALAR),
    "a complex loss": (0, "returned 'loss' as complex64: return its magnitude", SCALAR),
    "a complex metric": (0, "returned 'phase' as complex64: return its magnitude", SCALAR),
    "no function": (0, "_loss() gave an int, no function", "return the function"),
    "one parameter": (0, "the net takes the wrong number of parameters", "def net(params, batch):"),
    "an index": (5, "9", "the lane's log"),
    "an import that fails": (2, "No module named 'no_such_library'", "install no_such_library"),
}


@pytest.fixture(scope="module")
def ends(tmp_path_factory):
    """How each lane ended, by change and backend; one process a framework, side by side."""
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.workloads.user.faults", key, str(tmp_path_factory.mktemp(key))],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for key in BACKENDS
    ]
    said = {}
    for child in children:
        out, _ = child.communicate(timeout=350)
        assert child.returncode == 0
        said |= json.loads(out.splitlines()[-1])
    return said


def test_every_change_is_judged():
    assert set(TOLD) == set(CHANGES) - {"as it is"}


def test_the_file_as_it_is_trains(ends):
    right = {key: end for key, end in ends.items() if key.startswith("as it is: ")}
    assert len(right) == 4
    assert {outcome for outcome, _, _ in right.values()} == {"done"}


@pytest.mark.parametrize("change", TOLD)
@pytest.mark.parametrize("framework", BACKENDS)
def test_a_faulty_net(ends, framework, change):
    line, what, mend = TOLD[change]
    compiled = ("torch.compile", "tf.xla")
    for backend in (one for one in BACKENDS[framework] if change not in TRACED or one not in compiled):
        outcome, reason, hint = ends[f"{change}: {backend}"]
        assert outcome == "failed"
        # A traced net runs as generated code, which tells of the file's lines only where an error is raised.
        if change not in ("a script's end", "no words") or backend not in ("tf.function", "tf.xla"):
            assert reason.startswith(f"FILE:{NET[framework] + line}: "), reason
        assert what in reason
        assert mend in hint


@pytest.mark.parametrize("backend", ["tf.eager", "tf.function", "tf.session"])
def test_what_fails_in_a_graph_is_told_in_the_words_of_the_op(ends, backend):
    _, reason, _ = ends[f"an index: {backend}"]
    what = "InvalidArgumentError: indices[0] = 9 is not in [0, 4)"
    assert reason.removesuffix(" [Op:GatherV2]") == f"FILE:{NET['tensorflow'] + 5}: {what}"
