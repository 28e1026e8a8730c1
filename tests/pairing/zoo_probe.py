"""Pairs models of the zoo: `python -m tests.pairing.zoo_probe NAME…` prints a line of JSON for each way.

A process of its own, since the tests' own knows no framework, and one for all, since imports take seconds.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict
from typing import Any

import keras
import numpy as np
import torch

from fwtui.backends.tensorflow.device import default_dtype
from fwtui.backends.tensorflow.model import TensorflowModel
from fwtui.backends.torch.model import TorchModel
from fwtui.pairing.pairs import CannotPairError
from fwtui.pairing.proof import prove
from fwtui.parity.forward.comparison import Comparison


def main() -> None:
    """Pair each with its twin, and the twin with it."""
    torch.set_default_dtype(torch.float64)
    for name in sys.argv[1:]:
        module = importlib.import_module(f"tests.zoo.{name}")
        for way in ("torch first", "tensorflow first"):
            keras.utils.clear_session()  # its layers are numbered from 0 again
            line = json.dumps({"name": name, "way": way, **_paired(module, way)})
            sys.stdout.write(f"{line}\n")


def _paired(module: Any, way: str) -> dict[str, Any]:
    with default_dtype("float64"):
        torch_model = TorchModel(module.torch_model(), module.torch_loss)
        tensorflow_model = TensorflowModel(module.tensorflow_model(), module.tensorflow_loss)
        models = torch_model, tensorflow_model
        batches = module.batches(np.random.default_rng(0))
        batch = next(batches)
        first, second = models if way == "torch first" else models[::-1]
        try:
            proof = prove(first, second, batch, {}, next_batch=lambda: next(batches))
        except CannotPairError as error:
            return {"left": [[one.name for one in side] for side in (error.first, error.second)]}
        first.load(proof.first_weights)
        second.load(proof.pairing.to_second(proof.first_weights))
        forward = Comparison(proof.pairing, (first, second), None)
        forward.add(batch)
    weights = sum(array.size for array in first.weights().values())
    unused = sum(len(one.shape) for layer, one in first.outline.weights() if not layer.is_used)
    return {
        "pairs": [(pair.first.name, pair.second.name, pair.decided) for pair in proof.pairing.layers],
        "difference": proof.difference and asdict(proof.difference),
        "gap": proof.largest_gap,
        "compared": proof.compared,
        "weights": weights,
        "unused": unused,
        "outputs": [one.float64 and one.float64.relative for one in forward.outputs.values()],
        "without": forward.without,
        "modules": len(forward.modules),
    }


if __name__ == "__main__":
    main()
