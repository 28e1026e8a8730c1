"""The user's own network by the commands: written, changed, looked over, raced in both frameworks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fwtui.cli.net_check import _trained
from fwtui.core.outcome import Ended, Failure
from fwtui.measure.history import History
from fwtui.workloads.user.errors import WHOLE_STORY
from tests.backends.own import FRAMEWORKS
from tests.workloads.user.test_workload import BATCHES, FILE

LANES = ("torch.eager", "tf.function")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of one's own, with a name that is hard on whoever splits at spaces."""
    folder = tmp_path / "mé nets"
    folder.mkdir()
    monkeypatch.chdir(folder)
    # For the lanes' processes, where fwtui is not installed but run from its own folder.
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    return folder


def test_a_new_network_changed_by_hand_gives_the_same_answer_in_both_frameworks(fwtui, folder):
    ran = fwtui("workloads", "new", "spirals net.py")
    assert (ran.code, ran.out) == (
        0,
        "wrote spirals net.py; it runs as it is: fwtui --workload 'spirals net.py'\n",
    )
    path = folder / "spirals net.py"
    text = path.read_text(encoding="utf-8").replace("STEPS = 1500", "STEPS = 60")
    path.write_text(text.replace("torch.relu", "torch.tanh").replace("tf.nn.relu", "tf.nn.tanh"))
    words = ("--workload", "spirals net.py", "--size", "hidden=8", "--dtype", "float64", "--json")
    ran = fwtui("bench", "--lanes", ",".join(LANES), *words)
    assert ran.code == 0, ran.err
    report = json.loads(ran.out)
    assert report["workload"]["name"] == "spirals net.py"
    assert report["workload"]["preset"] == "default"
    assert report["workload"]["sizes"] == {"hidden": 8, "batch": 64, "arms": 3}
    for lane in report["lanes"]:
        assert (lane["outcome"], lane["steps"], len(lane["metrics"]["accuracy"])) == ("done", 60, 60)
        assert lane["losses"][-1] < lane["losses"][0]
        assert set(lane["held_out"][-1]) == {"step", "loss", "accuracy"}
    assert report["verdict"]["same"] is True


def test_a_file_that_is_there_is_left_as_it_is(fwtui, folder):
    (folder / "my_net.py").write_text("mine")
    ran = fwtui("workloads", "new", "my_net.py")
    assert ran.code == 2
    assert "left as it is" in ran.err
    assert (folder / "my_net.py").read_text() == "mine"


@pytest.mark.usefixtures("scripted_frameworks")
def test_a_file_is_looked_over(fwtui, folder):
    (folder / "my_net.py").write_text(FILE)
    ran = fwtui("workloads", "my_net.py")
    assert ran.code == 0
    assert "my_net.py  A line." in ran.out
    assert "x 8×3, depth" in ran.out
    assert ran.out.count("trains: one step, loss ") == 2
    (listed,) = json.loads(fwtui("workloads", "./my_net.py", "--json", "-").out)["workloads"]
    assert listed["name"] == "my_net.py"
    assert listed["presets"][0]["batch"] == {"x": [8, 3], "depth": None}
    assert listed["presets"][0]["held_out_rows"] == 5
    assert [net["problem"] for net in listed["nets"]] == [None, None]


@pytest.mark.usefixtures("scripted_frameworks")
def test_a_net_that_is_missing_is_told(fwtui, folder):
    (folder / "my_net.py").write_text(FILE.replace("def torch_loss", "def unused"))
    ran = fwtui("workloads", "my_net.py", "--json")
    assert ran.code == 1
    told = {
        net["function"]: (net["problem"], net["loss"]) for net in json.loads(ran.out)["workloads"][0]["nets"]
    }
    assert told["torch_loss"] == ("no function torch_loss", None)
    problem, loss = told["tensorflow_loss"]
    assert problem is None
    assert isinstance(loss, float)


def test_where_no_lane_has_a_log_none_is_named(fwtui, folder):
    (folder / "my_net.py").write_text(
        FILE.replace('    return {"w"', '    raise SystemExit(0)\n    return {"w"')
    )
    ran = fwtui("workloads", "my_net.py")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith("SystemExit: 0; fix this line\n")


def test_a_net_that_fails_tells_the_end_of_its_log():
    lane = History()
    lane.log.extend(f"line {number}" for number in range(100))
    failure = Failure("user code", "my_net.py:9: ValueError: nope", WHOLE_STORY, in_log=True)
    lane.ended = Ended.failed(0, 0, failure)
    told = _trained(FRAMEWORKS["torch"], lane)
    assert (told.problem, told.hint) == ("my_net.py:9: ValueError: nope", "")
    assert told.as_json()["log"] == [f"line {number}" for number in range(92, 100)]
    lane.ended = Ended.failed(0, 0, replace(failure, hint="install it", in_log=False))
    told = _trained(FRAMEWORKS["torch"], lane)
    assert (told.hint, told.log) == ("install it", ())


BAD = {
    "stray words": (("workloads", "one", "two"), "got 'one two'"),
    "new without a file": (("workloads", "new"), "got 'new'"),
    "an unknown name": (("workloads", "resnet"), "--workload: got 'resnet'"),
    "no Python file": (("workloads", "new", "net.txt"), "a name that ends in .py"),
    "no file": (("bench", "--workload", "nowhere.py"), "No such file or directory"),
    "a folder": (("bench", "--workload", "./"), "a folder"),
    "a path with control characters": (("bench", "--workload", "\x1b[31mred\n.py"), r"\x1b[31mred .py: No"),
    "wrong when it is looked over": (("workloads", "wrong.py"), "wrong.py:14: AttributeError: "),
    "wrong when it is loaded": (("bench", "--workload", "broken.py"), "broken.py:5: not valid Python: "),
    "live": (("--workload", "broken.py"), "broken.py:5: not valid Python: "),
    "data for a built-in": (("bench", "--data", "x.npz"), "nothing with two-layer"),
    "no data": (("bench", "--workload", "my_net.py", "--data", "x.npz"), "x.npz'; accepted: an .npz file"),
    "empty data": (("bench", "--data", ""), "--data: got ''; accepted: a value"),
    "a size that there is not": (
        ("bench", "--workload", "my_net.py", "--size", "depth=1"),
        "hidden, wide, batch",
    ),
}


@pytest.mark.parametrize(("words", "what"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line(fwtui, folder, words, what):
    (folder / "my_net.py").write_text(FILE)
    (folder / "wrong.py").write_text(FILE.replace("rng.normal(size=(3, WIDE))", "rng.norml()"))
    (folder / "broken.py").write_text(FILE.replace("HIDDEN = 4", "HIDDEN = = 4"))
    ran = fwtui(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert ran.err.strip().isprintable()
    assert what in ran.err


@pytest.mark.usefixtures("scripted_backends")
def test_lanes_train_on_a_files_arrays(fwtui, folder):
    (folder / "my_net.py").write_text(FILE.replace(BATCHES, "").replace("BATCH = 8", "BATCH = 3"))
    np.savez("points.npz", x=np.ones((7, 3)))
    lanes = ("--lane", "scripted.ok", "--lane", "scripted.ok batch=5")
    words = ("--workload", "my_net.py", "--data", "points.npz", "--json")
    ran = fwtui("bench", *lanes, *words)
    # What is held out has an int beside the array, and the arrays of the file have not.
    assert ran.code == 1
    assert "held_out() gave x (2-d), depth (int), and before that x (2-d)" in ran.err
    (folder / "my_net.py").write_text(FILE.replace(BATCHES, "").replace(', "depth": 2', ""))
    ran = fwtui("bench", *lanes, *words)
    assert ran.code == 1
    report = json.loads(ran.out)
    assert [lane["batch"] for lane in report["lanes"]] == [8, 5]
    assert [lane["outcome"] for lane in report["lanes"]] == ["failed", "done"]
    assert "--batch: got '8'; accepted: a whole number from 1 to 7" in report["lanes"][0]["reason"]
