"""The user's own file: what it gives, what is said where it is wrong, and when it is read anew."""

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import WorkloadSpec
from fwtui.core.text import plain
from fwtui.race.plan import plan
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.workloads import catalogue
from fwtui.workloads.user import template
from fwtui.workloads.user.errors import UserFileError

FILE = '''"""A line.

And more."""
import numpy as np
HIDDEN = 4
WIDE = HIDDEN * 2
BATCH = 8
FLAG = True
STEPS = 20
OPTIMIZER = "adam"
LEARNING_RATE = 0.02

def parameters(rng):
    return {"w": rng.normal(size=(3, WIDE))}

def batches(rng):
    while True:
        yield {"x": rng.normal(size=(BATCH, 3)), "depth": 2}

def held_out(rng):
    return {"x": np.ones((5, 3)), "depth": 2}

def torch_loss():
    return lambda params, batch: None

def tensorflow_loss():
    return lambda params, batch: None
'''
BATCHES = FILE[FILE.index("def batches") : FILE.index("def held_out")]
HELD_OUT = FILE[FILE.index("def held_out") : FILE.index("def torch_loss")]
WITHOUT_BATCHES = FILE.replace(BATCHES, "").replace(HELD_OUT, "")
WITH_DATA = FILE.replace("def batches(rng):", "def batches(rng, data):")


@pytest.fixture
def write(tmp_path):
    """Writes a file; the lines are those of `FILE`, from 1."""

    def write(text=FILE, name="my_net.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def arrays(tmp_path):
    def arrays(name="data.npz", **given):
        np.savez(tmp_path / name, **given)
        return str(tmp_path / name)

    return arrays


def spec(path, data=None, **sizes):
    return WorkloadSpec(path, "default", tuple(sorted(sizes.items())), data)


def give_all(workload):
    draw(workload)
    workload.held_out(data_rng(0))


def draw(workload, count=3):
    return workload.parameters(parameters_rng(0)), list(islice(workload.batches(data_rng(0)), count))


def test_a_file_is_a_workload(write):
    workload = catalogue.execute(spec(write()))
    assert (workload.STEPS, workload.OPTIMIZER, workload.LEARNING_RATE) == (20, "adam", 0.02)
    assert workload.sizes() == {"hidden": 4, "wide": 8, "batch": 8}
    assert workload.summary == "A line."
    parameters, batches = draw(workload)
    assert parameters["w"].shape == (3, 8)
    assert [batch["x"].shape for batch in batches] == [(8, 3)] * 3
    assert workload.held_out(data_rng(0))["x"].shape == (5, 3)
    assert callable(workload.loss("torch"))


def test_sizes_are_set_before_anything_runs(write):
    path = write()
    workload = catalogue.execute(spec(path, hidden=16, batch=2))
    assert workload.sizes() == {"hidden": 16, "wide": 32, "batch": 2}
    parameters, batches = draw(workload)
    assert parameters["w"].shape == (3, 32)
    assert batches[0]["x"].shape == (2, 3)
    assert catalogue.execute(spec(path)).sizes()["hidden"] == 4


def test_settings_have_defaults(write):
    text = "\n".join(
        line for line in FILE.splitlines() if not line.startswith(("STEPS", "OPTIMIZER", "LEARNING_RATE"))
    )
    workload = catalogue.execute(spec(write(text)))
    assert (workload.STEPS, workload.OPTIMIZER, workload.LEARNING_RATE) == (500, "sgd", 1e-3)


def test_the_race_takes_the_files_settings_and_sizes(write, tmp_path, monkeypatch):
    write(name="mein Nétz.py")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("./mein Nétz.py", "mein Nétz.py", "~/mein Nétz.py"):
        lanes = (LaneRequest("tf.eager"), LaneRequest("torch.eager", batch="3"))
        race = plan(RaceRequest(lanes, workload=name, sizes=(("hidden", "5"),)))
        one, other = race.lanes
        assert one.workload == spec(str(tmp_path / "mein Nétz.py"), hidden=5)
        assert other.workload == spec(str(tmp_path / "mein Nétz.py"), hidden=5, batch=3)
        assert (one.steps, one.optimizer, one.learning_rate) == (20, "adam", 0.02)
        assert catalogue.title(one.workload.name) == "mein Nétz.py"


AT_THE_TOP = {
    "no Python": (("HIDDEN = 4", "HIDDEN = = 4"), ":5: not valid Python: invalid syntax", "fix this line"),
    "raises": (("HIDDEN = 4", "HIDDEN = 1 // 0"), ":5: ZeroDivisionError: ", "fix this line"),
    "leaves": (("HIDDEN = 4", "import sys; sys.exit(3)"), ":5: leaves Python", "__main__"),
    "imports torch": (("HIDDEN = 4", "import torch.nn as nn"), ":5: imports torch.nn", "torch_loss"),
    "imports from keras": (("HIDDEN = 4", "from keras import layers"), ":5: imports keras", "torch_loss"),
    "tries to import": (
        ("HIDDEN = 4", "try: import tensorflow as tf\nexcept ImportError: pass"),
        ":5: imports tensorflow at the top",
        "tensorflow_loss",
    ),
    "no parameters": (("def parameters", "def weights"), ": has no function parameters", "add def para"),
    "no batches": (("def batches", "def batch"), ": has no function batches", "--data"),
    "no function": (("def held_out(rng):\n    return", "held_out ="), ":20: held_out is a dict", "def"),
    "too many parameters": (("parameters(rng)", "parameters(rng, n)"), ":13: parameters takes", "(rng)"),
    "needs data": (("batches(rng)", "batches(rng, data)"), ":16: batches(rng, data) needs", "--data"),
    "steps": (("STEPS = 20", "STEPS = 1.5"), ":9: STEPS: got '1.5'", "a whole number from 1"),
    "no steps": (("STEPS = 20", "STEPS = None"), ":9: STEPS: got 'None'", "a whole number"),
    "optimizer": (('"adam"', '"adma"'), ":10: OPTIMIZER: got 'adma'", "sgd, momentum"),
    "rate": (("0.02", "float('nan')"), ":11: LEARNING_RATE: got 'nan'", "a number above 0"),
    "control characters": (
        ("HIDDEN = 4", "raise OSError('\\x1b[3m\\nred')"),
        r":5: OSError: \x1b",
        "fix this line",
    ),
}


@pytest.mark.parametrize(("change", "what", "mend"), AT_THE_TOP.values(), ids=AT_THE_TOP)
def test_a_file_that_cannot_be_used(write, change, what, mend):
    assert change[0] in FILE
    with pytest.raises(SpecError) as told:
        catalogue.execute(spec(write(FILE.replace(*change))))
    line = str(told.value)
    assert f"my_net.py{what}" in line
    assert mend in line
    assert line.isprintable()


def test_a_framework_that_something_else_imports_is_never_loaded(write, tmp_path):
    (tmp_path / "helper_with_torch.py").write_text("import torch\n")
    path = write(FILE.replace("HIDDEN = 4", "import helper_with_torch"))
    said = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS, path], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert said.stdout.splitlines() == [
        "helper_with_torch.py:1: imports torch when it is loaded; move the import into torch_loss or "
        "tensorflow_loss: each lane's process loads one framework",
        "none",
    ], said.stderr


ROOT = Path(__file__).parents[3]
IN_A_PROCESS = """
import sys
from fwtui.core.spec import WorkloadSpec
from fwtui.workloads import catalogue
try:
    catalogue.execute(WorkloadSpec(sys.argv[1], "default"))
except ValueError as error:
    print(error)
print(*{"torch", "tensorflow", "keras", "jax"} & set(sys.modules) or ["none"])
"""


def test_what_is_for_type_checkers_and_inside_functions_may_name_a_framework(write):
    checked = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\nHIDDEN = 4"
    text = FILE.replace("HIDDEN = 4", checked)
    text = text.replace("torch_loss():", "torch_loss():\n    import torch")
    assert catalogue.execute(spec(write(text)))


def test_what_the_file_prints_stays_out_of_answers(write, capsys):
    catalogue.execute(spec(write("print('hello')\n" + FILE)))
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "hello\n")


@pytest.mark.parametrize(
    ("name", "why"), [("nowhere.py", "No such file"), ("a_folder.py", "a folder"), ("a\0b.py", "null byte")]
)
def test_a_path_that_is_no_file(tmp_path, name, why):
    (tmp_path / "a_folder.py").mkdir()
    with pytest.raises(UserFileError) as told:
        catalogue.execute(spec(str(tmp_path / name)))
    assert why in str(told.value)
    assert str(told.value).isprintable()


def test_a_net_for_one_framework_alone_is_enough_for_its_lanes(write):
    path = write(FILE.replace("def tensorflow_loss", "def unused"))
    assert plan(RaceRequest((LaneRequest("torch.eager"),), workload=path))
    with pytest.raises(UserFileError, match=r"my_net\.py: has no function tensorflow_loss; add def"):
        plan(RaceRequest(workload=path))


NETS = {
    "none": (
        ("_loss():", "_net():"),
        ": has no function torch_loss; add def torch_loss(), which imports torch",
    ),
    "parameters": (("torch_loss()", "torch_loss(params)"), ":23: torch_loss takes the wrong number of param"),
    "no function": (
        ("def torch_loss()", "torch_loss = 3\n\n\ndef unused()"),
        ":23: torch_loss is an int, no function",
    ),
}


@pytest.mark.parametrize(("change", "what"), NETS.values(), ids=NETS)
def test_a_net_that_cannot_be_used_is_refused_where_a_lane_needs_it(write, change, what):
    before, after = change
    path = write(FILE.replace(before, after, 1 if "def" in before else -1))
    with pytest.raises(UserFileError) as told:
        plan(RaceRequest((LaneRequest("torch.eager"),), workload=path))
    assert f"my_net.py{what}" in str(told.value)
    with pytest.raises(UserFileError) as told:
        catalogue.execute(spec(path)).loss("torch")
    assert f"my_net.py{what}" in str(told.value)


def test_a_helper_whose_name_ends_as_a_nets_does_is_left_alone(write):
    path = write(FILE.replace("def torch_loss", "def focal_loss(a, b):\n    return a\n\n\ndef torch_loss"))
    assert plan(RaceRequest(workload=path))


@pytest.mark.parametrize(
    ("sizes", "batch", "what"),
    [
        ((("depth", "3"),), None, "--size: got 'depth=3'; accepted: NAME=N, the name one of hidden, wide"),
        ((("hidden", "0"),), None, "--size hidden: got '0'"),
        ((), "none", "--batch: got 'none'"),
    ],
)
def test_sizes_that_there_are_not(write, sizes, batch, what):
    with pytest.raises(SpecError) as told:
        plan(RaceRequest(workload=write(), sizes=sizes, batch=batch))
    assert what in str(told.value)


def test_a_batch_of_a_file_without_one(write):
    path = write(FILE.replace("BATCH", "rows"))
    with pytest.raises(SpecError, match=r"--batch: got '3'; accepted: sizes of my_net.py .*: hidden, wide"):
        plan(RaceRequest(workload=path, batch="3"))


W, X = "rng.normal(size=(3, WIDE))", "rng.normal(size=(BATCH, 3))"
DICT = f'{{"w": {W}}}'
GIVEN = {
    "no dict": (DICT, "[1, 2]", "13: parameters() gave a list, no dict", "return {"),
    "nothing": ('return {"w"', 'unused = {"w"', "13: parameters() gave None, no dict", "return {"),
    "empty": (DICT, "{}", "13: parameters() gave an empty dict", "at least"),
    "no array": (W, "[0.5]", "13: 'w' is a list, no array", "np.asarray"),
    "objects": (W, "np.array([{}])", "13: 'w' is an array of object", "np.asarray"),
    "integers": (W, "np.ones(3, int)", "13: 'w' is an array of int64", "float64"),
    "NaN": (W, "np.array([1, np.nan])", "holds 1 NaN or infinite numbers", "finite"),
    "name": ('{"w": rng', '{"w 1\\x07": rng', r"13: parameters() gave the name 'w 1\x07'", "letters"),
    "raises": (W, "rng.norml()", "14: AttributeError: ", "fix this line"),
    "batches end": (
        "while True:",
        "for _ in range(2):",
        "16: batches() ended after 2 batches",
        "`while True:`",
    ),
    "no batches": ("while True:", "while False:", "16: batches() gave no batch", "`while True:`"),
    "no dicts": ('yield {"x"', 'yield 1, {"x"', "16: batches() gave a tuple, no dict of arrays", "return {"),
    "a dict": ("yield {", "return {", "16: batches() gave a str, no dict of arrays", "return {"),
    "not endless": (
        "        yield {",
        "        return 5\n    {",
        "16: batches() gave an int, no batches",
        "`yield`",
    ),
    "a list": (X, "[1, 2]", "16: batches() gave 'x' as a list", "np.asarray"),
    "text": (X, "np.array(['a'])", "gave 'x' as an array of <U1", "np.asarray"),
    "names change": (
        'yield {"x"',
        'yield {"y": np.ones(3)}\n        yield {"x"',
        "16: batches() gave x (2-d), depth (int), and before that y (1-d)",
        "must stay",
    ),
    "dimensions change": (
        'yield {"x"',
        'yield {"x": np.ones(3), "depth": 2}\n        yield {"x"',
        "16: batches() gave x (2-d), depth (int), and before that x (1-d), depth (int)",
        "must stay",
    ),
    "raises in a batch": (X, "1 / 0", "18: ZeroDivisionError", "fix this line"),
    "held out is another": (
        '{"x": np.ones((5, 3))',
        '{"z": np.ones((5, 3))',
        "20: held_out() gave z (2-d)",
        "stay",
    ),
}


@pytest.mark.parametrize(("old", "new", "what", "mend"), GIVEN.values(), ids=GIVEN)
def test_functions_that_give_something_else(write, old, new, what, mend):
    assert old in FILE
    workload = catalogue.execute(spec(write(FILE.replace(old, new))))
    with pytest.raises(UserFileError) as told:
        give_all(workload)
    assert what in told.value.reason
    assert told.value.reason.startswith("my_net.py:")
    assert mend in told.value.hint


def test_a_batch_filled_anew_is_another_batch(write):
    refilled = FILE.replace(
        BATCHES,
        "def batches(rng):\n    batch = {}\n    while True:\n"
        "        batch['x'] = rng.normal(size=3)\n        yield batch\n        yield batch\n",
    ).replace(HELD_OUT, "")
    _, batches = draw(catalogue.execute(spec(write(refilled))), 4)
    assert batches[0] is batches[1]
    assert batches[1] is not batches[2]
    assert (batches[0]["x"] != batches[2]["x"]).all()
    overwritten = FILE.replace(
        BATCHES,
        "def batches(rng):\n    x = np.ones(3)\n    while True:\n        yield {'x': x}\n        x += 1\n",
    )
    with pytest.raises(UserFileError, match=r"another.py:20: ValueError: .*read-only; make new arrays"):
        draw(catalogue.execute(spec(write(overwritten, "another.py"))))


def test_minibatches_of_a_files_arrays(write, arrays):
    data = arrays(x=np.arange(20.0).reshape(10, 2), y=np.arange(10))
    path = write(WITHOUT_BATCHES.replace("BATCH = 8", "BATCH = 4"))
    _, batches = draw(catalogue.execute(spec(path, data)), 6)
    assert {(b["x"].shape, b["y"].shape) for b in batches} == {((4, 2), (4,))}
    assert all((b["x"][:, 0] == 2 * b["y"]).all() for b in batches)
    epochs = [np.concatenate([b["y"] for b in batches[i : i + 2]]) for i in (0, 2, 4)]
    assert all(len(set(epoch)) == 8 for epoch in epochs)  # what does not fill a batch is dropped
    assert len({tuple(epoch) for epoch in epochs}) == 3
    again = draw(catalogue.execute(spec(path, data, batch=3)), 2)[1]
    assert [len(b["y"]) for b in again] == [3, 3]


def test_the_default_batch_of_a_files_arrays(write, arrays):
    path = write(WITHOUT_BATCHES.replace("BATCH = 8", ""))
    workload = catalogue.execute(spec(path, arrays(x=np.ones((100, 2)))))
    assert workload.sizes()["batch"] == 64
    assert draw(workload, 1)[1][0]["x"].shape == (64, 2)


def test_functions_get_the_data_where_they_take_it(write, arrays):
    text = WITH_DATA.replace("rng.normal(size=(BATCH, 3))", "data['x'] * 2")
    workload = catalogue.execute(spec(write(text), arrays(x=np.ones((5, 3)))))
    assert (draw(workload)[1][0]["x"] == 2).all()
    assert workload.held_out(data_rng(0))["x"].shape == (5, 3)
    default = FILE.replace("def batches(rng):", "def batches(rng, data=None):")
    assert draw(catalogue.execute(spec(write(default, "default.py"))))[1][0]["x"].shape == (8, 3)


def test_data_that_cannot_be_used(write, arrays, tmp_path):
    def told(data, text=WITHOUT_BATCHES):
        path = write(text)
        with pytest.raises(SpecError) as error:
            draw(catalogue.execute(spec(path, data)))
        return str(error.value)

    (tmp_path / "text.npz").write_text("no arrays")
    (tmp_path / "empty.npz").write_bytes(b"")
    np.save(tmp_path / "one.npy", np.ones(3))
    pickled = tmp_path / "pickled.npz"
    np.savez(pickled, x=np.array([{}], dtype=object))
    for name, why in {
        "nowhere.npz": "No such file",
        "text.npz": "it is none",
        "empty.npz": "it is none",
        "one.npy": "a single array",
    }.items():
        line = told(str(tmp_path / name))
        assert line.startswith("--data: got '")
        assert why in line
    assert "'x' is an array of object, which are no numbers" in told(str(pickled))
    assert "are: x 5, y 4)" in told(arrays(x=np.ones((5, 2)), y=np.ones(4)))
    assert "are: x none)" in told(arrays("scalar.npz", x=np.array(1.0)))
    assert "--batch: got '8'; accepted: a whole number from 1 to 5" in told(arrays("few.npz", x=np.ones(5)))
    assert "batches takes no data; def batches(rng, data)" in told(arrays(x=np.ones(5)), FILE)
    with pytest.raises(SpecError, match=r"--data: got .*two-layer"):
        plan(RaceRequest(data=arrays(x=np.ones(5))))


def test_data_is_read_once_and_stays_as_it_is(write, arrays):
    text = WITH_DATA.replace("    while True:", "    data['x'] /= 2\n    while True:")
    workload = catalogue.execute(spec(write(text), arrays(x=np.ones((5, 3)))))
    with pytest.raises(UserFileError, match=r"my_net.py:17: ValueError: .*read-only; make new arrays"):
        draw(workload)


def test_an_edited_file_is_read_when_a_race_is_planned_and_not_before(write):
    path = write()
    request = RaceRequest(workload=path)
    before = plan(request).lanes[0]
    write(FILE.replace("STEPS = 20", "STEPS = 30").replace("HIDDEN = 4", "HIDDEN = 7"))
    assert catalogue.load(before.workload).sizes()["hidden"] == 4
    after = plan(request).lanes[0]
    assert (before.steps, after.steps) == (20, 30)
    assert catalogue.load(before.workload).sizes()["hidden"] == 7
    write("no Python at all")
    with pytest.raises(UserFileError, match="not valid Python"):
        plan(request)
    assert catalogue.load(before.workload).sizes()["hidden"] == 7


def test_what_lies_beside_the_file_can_be_imported_and_is_read_anew_too(write, tmp_path):
    beside = tmp_path / "beside_my_net.py"
    beside.write_text("VALUE = 1\n")
    path = write(FILE.replace("HIDDEN = 4", "import beside_my_net\nHIDDEN = beside_my_net.VALUE"))
    assert catalogue.execute(spec(path)).sizes()["hidden"] == 1
    beside.write_text("VALUE = 22\n")
    assert catalogue.execute(spec(path)).sizes()["hidden"] == 22


def test_the_template_is_a_workload(tmp_path):
    path = tmp_path / "spirals.py"
    template.write(path)
    assert "fwtui --workload spirals.py" in path.read_text(encoding="utf-8")
    workload = catalogue.execute(spec(str(path), hidden=8))
    parameters, batches = draw(workload)
    assert parameters["w1"].shape == (2, 8)
    assert batches[0]["points"].shape == (64, 2)
    assert set(workload.sizes()) == {"hidden", "batch", "arms"}
    assert len(workload.held_out(data_rng(0))["arms"]) == 600
    with pytest.raises(SpecError, match="this one exists, and is left as it is"):
        template.write(path)


@pytest.mark.parametrize("name", ["net.txt", "net", f"no_such_folder{os.sep}net.py"])
def test_where_no_template_can_be_written(tmp_path, name):
    with pytest.raises(SpecError):
        template.write(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_titles_hold_nothing_that_a_terminal_acts_on():
    assert catalogue.title("/tmp/\x1b[31mred\n.py") == r"\x1b[31mred .py"
    assert len(plain("x" * 1000)) == 200
