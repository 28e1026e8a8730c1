"""Trains models of the zoo in both frameworks: `python -m tests.pairing.training_probe STEPS NAME…`.

Prints a line of JSON for each model and dtype: the largest relative gap of the losses, and of weights and
state at the end. A process of its own, as for `zoo_probe`.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import torch

from fwtui.backends.base import Job, JobModel
from fwtui.backends.tensorflow import step as tensorflow_step
from fwtui.backends.tensorflow.device import default_dtype
from fwtui.backends.tensorflow.model import build as tensorflow_model
from fwtui.backends.torch import step as torch_step
from fwtui.backends.torch.model import build as torch_model
from fwtui.core.lane_model import LaneModel
from fwtui.core.random_numbers import RandomNumbers
from fwtui.core.workload import Arrays
from fwtui.lane.batches import cast
from fwtui.pairing.lane_models import lane_models
from fwtui.pairing.proof import prove


def main() -> None:
    """Train each, in float64 and in float32."""
    steps = int(sys.argv[1])
    for name in sys.argv[2:]:
        module = importlib.import_module(f"tests.zoo.{name}")
        models = _paired(module)
        for dtype in ("float64", "float32"):
            line = json.dumps({"name": name, "dtype": dtype, **_trained(module, models, dtype, steps)})
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


def _paired(module: Any) -> tuple[LaneModel, LaneModel]:
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    with default_dtype("float64"):
        first = torch_model(module.torch_model, module.torch_loss)
        second = tensorflow_model(module.tensorflow_model, module.tensorflow_loss)
        batches = module.batches(np.random.default_rng(0))
        proof = prove(first, second, next(batches), {}, next_batch=lambda: next(batches))
    torch.set_default_dtype(torch.float32)
    expected = getattr(module, "EXPECT", ())
    one, other = lane_models(proof, ("torch_model", "tensorflow_model"))
    return replace(one, expected=expected), replace(other, expected=expected)


def _trained(module: Any, models: tuple[LaneModel, LaneModel], dtype: str, steps: int) -> dict[str, Any]:
    torch.set_default_dtype(getattr(torch, dtype))
    batches = [cast(one, dtype) for one in islice(module.batches(np.random.default_rng(1)), steps)]
    optimizer, rate = getattr(module, "OPTIMIZER", "sgd"), getattr(module, "LEARNING_RATE", 1e-2)
    with default_dtype(dtype):

        def built(step: Any, mode: str, model: LaneModel, make: Any, loss: Any) -> Any:
            first, state = (cast(model.first_values(kind), dtype) for kind in ("parameter", "state"))
            held = JobModel(make, loss, model.weights, state, model.expected)
            return step.build(
                mode, Job(None, first, batches[0], {}, "cpu", optimizer, rate, held, RandomNumbers(0))
            )

        lanes = (
            built(torch_step, "eager", models[0], module.torch_model, module.torch_loss),
            built(tensorflow_step, "function", models[1], module.tensorflow_model, module.tensorflow_loss),
        )
        losses = np.array([[lane.step(batch)["loss"] for batch in batches] for lane in lanes])
        ends = [{**lane.weights(), **lane.state()} for lane in lanes]
        computed = [lane.compute(batches[-1]) for lane in lanes]
    torch.set_default_dtype(torch.float32)
    first = models[0].first_values("parameter")
    scale = max(float(np.abs(one).max(initial=0)) for one in ends[0].values())
    return {
        "steps": len(batches),
        "loss": float((np.abs(losses[0] - losses[1]) / np.abs(losses[0]).max()).max()),
        "evaluation": abs(computed[0].evaluation["loss"] - computed[1].evaluation["loss"]),
        "end": _largest(ends[0], ends[1]) / scale,
        "moved": _largest(first, ends[0]),
        "names": [list(end) for end in ends],
    }


def _largest(arrays: Arrays, others: Arrays) -> float:
    return max(float(np.abs(array - others[name]).max(initial=0)) for name, array in arrays.items())


if __name__ == "__main__":
    main()
