"""Files of weights that are read in a process of their own: what they may hold, and what is refused."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

PROBE = """
import os, sys
from pathlib import Path
import torch
from torch import nn
from fwtui.backends.base import CheckpointError
from fwtui.backends.torch.checkpoints import restore, save

class Code:
    def __reduce__(self):
        return os.system, ("touch ran",)

def net():
    return nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))

def refused(name, say=None):
    try:
        restore(net(), Path(name))
    except CheckpointError as error:
        print(f"{name}: {error.what}")
    else:
        print(f"{name}: taken")

one, other = net(), net()
for name in ("a.pt", "a.pth", "a.safetensors"):
    save(one, Path(name))
    other = net()
    restore(other, Path(name))
    same = all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values()))
    print(name, same)
torch.save({"epoch": 3, "model": one.state_dict(), "optimizer": {}}, "training.pt")
refused("training.pt")
torch.save({"w": Code()}, "code.pt")
refused("code.pt")
torch.save(one, "module.pt")
refused("module.pt")
Path("cut.pt").write_bytes(Path("a.pt").read_bytes()[:200])
refused("cut.pt")
Path("cut.safetensors").write_bytes(Path("a.safetensors").read_bytes()[:-9])
refused("cut.safetensors")
Path("huge.safetensors").write_bytes((2**60).to_bytes(8, "little") + b"{}")
refused("huge.safetensors")
save(nn.Linear(3, 2), Path("other.pt"))
refused("other.pt")
refused("nothing.pt")
bad = net()
bad[1].bias.data[0] = float("nan")
save(bad, Path("nan.pt"))
refused("nan.pt")
os.mkfifo("pipe.pt")
refused("pipe.pt")
print("ran" if Path("ran").exists() else "nothing ran")
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    command = [sys.executable, "-c", textwrap.dedent(PROBE)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(line.split(": ", 1) if ": " in line else (line, "") for line in done.stdout.splitlines())


@pytest.mark.parametrize("name", ["a.pt", "a.pth", "a.safetensors"])
def test_what_is_written_is_read_again(said, name):
    assert f"{name} True" in said


def test_the_weights_in_a_trainings_file_are_found(said):
    assert said["training.pt"] == "taken"


@pytest.mark.parametrize("name", ["code.pt", "module.pt"])
def test_what_asks_for_more_than_weights_is_refused_and_not_run(said, name):
    assert said[name].startswith("asks for more than weights, which is not run")
    assert "nothing ran" in said


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("cut.pt", "cannot be read"),
        ("cut.safetensors", "cannot be read: "),
        ("huge.safetensors", "cannot be read: it is cut short"),
        ("nothing.pt", "cannot be read"),
        ("other.pt", "does not fit: Missing key(s)"),
        ("nan.pt", "has numbers in 1.bias that are not finite"),
        ("pipe.pt", "is no file"),
    ],
)
def test_what_cannot_be_used_is_told(said, name, what):
    assert said[name].startswith(what)
