"""Whether the right ports are right and the faults are faults, told without fwtui's own judgement.

    python -m tests.ports.verify [--seed N] [NAME ...]

Both frameworks compute the results and the gradients of a file at the same weights, in float64, one batch
after the other. Those of a right port must be the same, and those of a fault must part where it says.
"""

import argparse
import importlib.util
import itertools
import sys
import tempfile
import types
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import torch

from fwtui.core.seeding import data_rng, parameters_rng
from tests.ports import FAULTS, FLOAT32_CONSTANTS, MIXED_PRECISION, RIGHT

FAULTY = 1e-4
Results = dict[str, np.ndarray]


def load(path: Path) -> types.ModuleType:
    """The workload file at `path` as a module."""
    spec = importlib.util.spec_from_file_location("net", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cast(arrays: Results, dtype: str) -> Results:
    """Floating-point arrays in `dtype`, the others as they are."""
    return {name: a.astype(dtype) if a.dtype.kind == "f" else a for name, a in arrays.items()}


def in_torch(net: Callable[..., Any], params: Results, batch: Results) -> Results:
    """The results and the gradients by name, as PyTorch computes them."""
    weights = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    results = net(weights, {name: torch.tensor(value) for name, value in batch.items()})
    results = results if isinstance(results, dict) else {"loss": results}
    gradients = torch.autograd.grad(results["loss"], list(weights.values()), allow_unused=True)
    return _told(results, dict(zip(weights, gradients, strict=True)), lambda tensor: tensor.detach().numpy())


def in_tensorflow(net: Callable[..., Any], params: Results, batch: Results) -> Results:
    """The results and the gradients by name, as TensorFlow computes them."""
    weights = {name: tf.Variable(value) for name, value in params.items()}
    with tf.GradientTape() as tape:
        results = net(weights, {name: tf.constant(value) for name, value in batch.items()})
    results = results if isinstance(results, dict) else {"loss": results}
    gradients = tape.gradient(results["loss"], weights)
    return _told(results, gradients, lambda tensor: tf.convert_to_tensor(tensor).numpy())


def gaps(one: Results, other: Results) -> dict[str, float]:
    """How far apart each result is, relative to its largest number, and a gradient to no less than a
    thousandth of the largest gradient."""
    assert one.keys() == other.keys()
    gradients = [np.abs(value).max() for name, value in one.items() if name.startswith("gradient ")]
    found = {}
    for name, value in one.items():
        assert value.shape == other[name].shape, name
        assert value.dtype == other[name].dtype, (name, value.dtype, other[name].dtype)
        least = max(1e-3 * max(gradients), 1e-12) if name.startswith("gradient ") else 1e-12
        size = max(np.abs(value).max(), np.abs(other[name]).max(), least)
        found[name] = float(np.abs(value - other[name]).max() / size)
    return found


def steps(path: Path, dtype: str, seed: int, count: int | None = None) -> list[dict[str, float]]:
    """The gaps in each of the file's first `count` steps, or in all, at the first weights."""
    module = load(path)
    params = cast(module.parameters(parameters_rng(seed)), dtype)
    nets = module.torch_loss(), module.tensorflow_loss()
    found = []
    for batch in itertools.islice(module.batches(data_rng(seed)), count or module.STEPS):
        batch = cast(batch, dtype)
        found.append(gaps(in_torch(nets[0], params, batch), in_tensorflow(nets[1], params, batch)))
    return found


def wrong_in_port(name: str, seed: int) -> str | None:
    """What is wrong in the right port `name`; None where nothing is."""
    tolerance = 1e-9
    if name in FLOAT32_CONSTANTS or name in MIXED_PRECISION:
        tolerance = 1e-6
    worst = _worst(steps(RIGHT[name], "float64", seed))
    if not worst[1] <= tolerance:
        return "{} is {:.1e} apart".format(*worst)
    if name in FLOAT32_CONSTANTS and worst[1] < 1e-12:
        return "shows no float32 constant"
    single = _worst(steps(RIGHT[name], "float32", seed, 3))
    if not single[1] <= (5e-2 if name in MIXED_PRECISION else 1e-2):
        return "{} is {:.1e} apart in float32".format(*single)
    return None


def wrong_in_fault(name: str, seed: int, folder: Path) -> tuple[str | None, float]:
    """What is wrong in the fault `name`, None where nothing is; and how far its result is apart."""
    fault = FAULTS[name]
    path = fault.write(folder / "fault.py")
    fault.line_numbers(path)
    found = steps(path, "float64", seed, fault.step + 1)
    steps(path, "float32", seed, 1)
    before, at = found[:-1], found[-1]
    gap = max((gap for result, gap in at.items() if result.startswith(fault.result)), default=0.0)
    if not gap > FAULTY:
        return f"{fault.result} is only {gap:.1e} apart", gap
    if before and not _worst(before)[1] < FAULTY:
        return "begins before its step", gap
    earlier = {
        "loss": (),
        "gradient": tuple(result for result in at if not result.startswith("gradient ")),
    }.get(fault.result, tuple(result for result in at if result != fault.result))
    if shown := [result for result in earlier if at[result] > FAULTY]:
        return f"shows in {', '.join(shown)} as well", gap
    return None, gap


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="of right ports, and so of their faults, or of faults; all")
    parser.add_argument("--seed", type=int, default=0, help="as `fwtui parity` has it")
    given = parser.parse_args()
    names, seed = given.names, given.seed
    bad = 0
    for name in RIGHT:
        if not names or name in names:
            bad += _say(name, partial(wrong_in_port, name, seed))
    with tempfile.TemporaryDirectory() as folder:
        for name, fault in FAULTS.items():
            if not names or name in names or fault.port in names:
                bad += _say(f"  {name}", partial(wrong_in_fault, name, seed, Path(folder)))
    return bool(bad)


def _say(title: str, judge: Callable[[], Any]) -> bool:
    try:
        answer = judge()
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    wrong, gap = answer if isinstance(answer, tuple) else (answer, None)
    how_far = "" if gap is None else f"  {gap:.1e}"
    sys.stdout.write(f"{title}{how_far}  {'ok' if wrong is None else f'WRONG: {wrong}'}\n")
    sys.stdout.flush()
    return wrong is not None


def _told(results, gradients, to_numpy) -> Results:
    told = {name: np.asarray(to_numpy(value)) for name, value in results.items()}
    for name, gradient in gradients.items():
        assert gradient is not None, f"no gradient reaches {name}"
        told[f"gradient {name}"] = np.asarray(to_numpy(gradient))
    for name, value in told.items():
        assert np.isfinite(value).all(), f"{name} is not finite"
    return told


def _worst(found: list[dict[str, float]]) -> tuple[str, float]:
    return max((pair for step in found for pair in step.items()), key=lambda pair: pair[1])


if __name__ == "__main__":
    sys.exit(main())
