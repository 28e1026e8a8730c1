"""The loop that one writes oneself over a model of `models/`, with nothing of fwtui in it.

    python benchmarks/plain_loops.py BACKEND FILE THREADS

Takes as many steps as each line of standard input says, and answers with the median step in ns.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Mapping
from time import perf_counter_ns
from typing import Any

import numpy as np


def torch_loop(file: Mapping[str, Any], threads: int, compiles: bool) -> Callable[[], float]:
    """A step of PyTorch's usual loop; with the forward pass compiled, as its manual has it."""
    import torch

    torch.set_num_threads(threads)
    model = file["torch_model"]()
    optimizer = file["torch_optimizer"](model)
    called = torch.compile(model) if compiles else model
    batch = {name: torch.from_numpy(array) for name, array in first_batch(file).items()}

    def step() -> float:
        optimizer.zero_grad()
        loss = file["torch_loss"](called, batch)
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return step


def tensorflow_loop(file: Mapping[str, Any], threads: int) -> Callable[[], float]:
    """A step of TensorFlow's usual loop, in one `tf.function`."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    model, axes = file["tensorflow_model"](), file.get("LAYOUT") and (0, 2, 3, 1)
    batch = {
        name: tf.constant(array.transpose(axes) if axes and array.ndim == 4 else array)
        for name, array in first_batch(file).items()
    }
    file["tensorflow_loss"](model, batch)
    optimizer = file["tensorflow_optimizer"](model)
    optimizer.build(model.trainable_variables)

    @tf.function  # type: ignore[untyped-decorator]
    def train(batch: Mapping[str, Any]) -> Any:
        with tf.GradientTape() as tape:
            loss = file["tensorflow_loss"](model, batch)
        weights = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    return lambda: float(train(batch))


def first_batch(file: Mapping[str, Any]) -> dict[str, Any]:
    """The file's first batch, in float32."""
    batch = next(file["batches"](np.random.default_rng(0)))
    return {
        name: array.astype(np.float32) if array.dtype == np.float64 else array
        for name, array in batch.items()
    }


def main(backend: str, path: str, threads: int) -> None:
    """Step as often as asked."""
    file = runpy.run_path(path)
    if backend == "tf.function":
        step = tensorflow_loop(file, threads)
    else:
        step = torch_loop(file, threads, backend == "torch.compile")
    for steps in sys.stdin:
        times = []
        for _ in range(int(steps)):
            started = perf_counter_ns()
            step()
            times.append(perf_counter_ns() - started)
        sys.stdout.write(f"{float(np.median(times))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
