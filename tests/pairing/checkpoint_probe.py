"""Checkpoints of the zoo: `python -m tests.pairing.checkpoint_probe write|read FOLDER NAME…`.

`write` writes each model's weights in both frameworks' forms. `read`, in a process of its own, loads them
into new models, and prints for each how far apart these are.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fwtui.backends.tensorflow.device import default_dtype
from fwtui.backends.tensorflow.model import build as tensorflow_model
from fwtui.backends.torch.model import build as torch_model
from fwtui.lane.batches import cast
from fwtui.pairing.compare import Comparison
from fwtui.pairing.proof import prove

SUFFIXES = {"torch": (".pt", ".safetensors"), "tensorflow": (".weights.h5", ".keras")}


def main() -> None:
    """Write or read each."""
    what, folder, *names = sys.argv[1:]
    for name in names:
        module = importlib.import_module(f"tests.zoo.{name}")
        for way in (("torch", "tensorflow"), ("tensorflow", "torch")):
            done = (_write if what == "write" else _read)(module, Path(folder) / f"{name}-{way[1]}", way)
            if done is not None:
                sys.stdout.write(json.dumps({"name": name, "to": way[1], "gap": done}) + "\n")


def _built(module: Any, framework: str, dtype: str) -> Any:
    torch.set_default_dtype(getattr(torch, dtype))
    build = torch_model if framework == "torch" else tensorflow_model
    functions = getattr(module, f"{framework}_model"), getattr(module, f"{framework}_loss")
    with default_dtype(dtype):
        model = build(*functions, dtype)
        model.trace(_batch(module, dtype))
    return model


def _batch(module: Any, dtype: str) -> Any:
    return cast(next(module.batches(np.random.default_rng(0))), dtype)


def _proven(module: Any, way: tuple[str, str]) -> Any:
    first, second = (_built(module, framework, "float64") for framework in way)
    with default_dtype("float64"):
        batches = module.batches(np.random.default_rng(0))
        return first, second, prove(first, second, next(batches), {}, next_batch=lambda: next(batches))


def _write(module: Any, path: Path, way: tuple[str, str]) -> None:
    _, _, proof = _proven(module, way)
    single = {key: array.astype(np.float32) for key, array in proof.first_weights.items()}
    for framework, weights in zip(way, (single, proof.pairing.to_second(single)), strict=True):
        model = _built(module, framework, "float32")
        model.load(weights)
        for suffix in SUFFIXES[framework]:
            model.save(str(path.with_name(f"{path.name}-{framework}{suffix}")))


def _read(module: Any, path: Path, way: tuple[str, str]) -> float:
    first, second, proof = _proven(module, way)
    worst = 0.0
    with default_dtype("float64"):
        for one in SUFFIXES[way[0]]:
            for other in SUFFIXES[way[1]]:
                first.restore(str(path.with_name(f"{path.name}-{way[0]}{one}")))
                second.restore(str(path.with_name(f"{path.name}-{way[1]}{other}")))
                batch = _batch(module, "float64")
                traces = first.trace(batch), second.trace(batch)
                comparison = Comparison(proof.pairing, *traces, (first, second))
                worst = max(worst, comparison.largest_gap() if comparison.agrees() else float("inf"))
    return worst


if __name__ == "__main__":
    main()
