"""What is wrong with a user's net, told by the lanes of one framework; prints how each lane ended, as JSON.

Run as `python -m tests.workloads.user.faults FRAMEWORK FOLDER`: the files are written into FOLDER.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fwtui.core.outcome import Ended
from fwtui.core.spec import LaneSpec, WorkloadSpec
from fwtui.lane.control import Control
from fwtui.lane.run import run_lane
from fwtui.lane.runner import Runner
from tests.backends.own import BACKENDS

FILE = """
import numpy as np

def parameters(rng):
    return {"w": rng.normal(size=(3, 2)), "b": np.zeros(2)}

def batches(rng):
    while True:
        yield {"x": rng.normal(size=(4, 3)), "y": rng.normal(size=(4, 2)), "row": np.full(2, 9)}

def torch_loss():
    import torch
    mean, pair, take = torch.mean, torch.complex, torch.take
    def net(params, batch):
        e = batch["x"] @ params["w"] + params["b"] - batch["y"]
        return mean(e * e)
    return net

def tensorflow_loss():
    import tensorflow as tf
    mean, pair, take = tf.reduce_mean, tf.complex, tf.gather
    def net(params, batch):
        e = batch["x"] @ params["w"] + params["b"] - batch["y"]
        return mean(e * e)
    return net
"""

CHANGES = {
    "as it is": ("", ""),
    "another parameter": ('params["w"]', 'params["kernel"]'),
    "another array": ('- batch["y"]', '- batch["target"]'),
    "a shape": ('batch["x"] @ params["w"]', 'params["w"] @ batch["x"]'),
    "an error": ("        return mean(e * e)", "        return mean(e * missing)"),
    "a script's end": ("        return mean(e * e)", "        raise SystemExit(4)"),
    "no words": (
        "        return mean(e * e)",
        "        raise type('Own', (BaseException,), {'__str__': lambda self: 1 / 0})",
    ),
    "no scalar": ("return mean(e * e)", "return e * e"),
    "no loss": ("return mean(e * e)", 'return {"error": mean(e * e)}'),
    "a Python number": ("return mean(e * e)", "return 3.0"),
    "nothing": ("return mean(e * e)", "pass"),
    "no number that has a gradient": ("return mean(e * e)", "return mean(e * e) > 1"),
    "a metric of many": ("return mean(e * e)", 'return {"loss": mean(e * e), "each": e}'),
    "a complex loss": ("return mean(e * e)", "return pair(mean(e * e), mean(e))"),
    "a complex metric": (
        "return mean(e * e)",
        'return {"loss": mean(e * e), "phase": pair(mean(e), mean(e))}',
    ),
    "no function": ("    return net", "    return net({}, {}) if False else 7"),
    "one parameter": ("def net(params, batch):", "def net(params, *, batch=None):"),
    "an index": ("return mean(e * e)", 'return mean(e * e) + mean(take(batch["y"], batch["row"]))'),
    "an import that fails": ("    mean, ", "    import no_such_library; mean, "),
}
"""What is put in the place of what. Each changes the net: TensorFlow takes equal code for the same code."""

TRACED = ("as it is", "an index")
"""The changes that nothing is wrong with before the first step runs."""


def ended(file: Path, backend: str) -> Ended:
    """How a lane that trains what is in `file` ended."""
    said: list[object] = []
    workload = WorkloadSpec(str(file), "default")
    spec = LaneSpec(backend, workload, "cpu", "float32", "sgd", 0.1, steps=3, seed=0, threads=1)
    run_lane(Runner(spec, said.append, Control(3, False)), 0)
    end = said[-1]
    assert isinstance(end, Ended)
    return end


def main(framework: str, folder: Path) -> None:
    ends = {}
    for number, (name, (old, new)) in enumerate(CHANGES.items()):
        assert old in FILE
        file = folder / f"net_{number}.py"
        file.write_text(FILE.replace(old, new), encoding="utf-8")
        for backend in BACKENDS.values():
            # What is wrong in no trace is compiled to the end, which takes long. XLA clamps an index.
            compiled = backend.mode in ("compile", "xla")
            if backend.framework.key == framework and not (compiled and name in TRACED):
                end = ended(file, backend.name)
                ends[f"{name}: {backend.name}"] = end.outcome, end.reason.replace(file.name, "FILE"), end.hint
    print(json.dumps(ends))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
