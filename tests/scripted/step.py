"""Losses that fall by a hundredth a step, until the mode's own fault at step 20."""

from __future__ import annotations

import ctypes
import math
import os
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from fwtui.backends.base import Computed, Job
from fwtui.core.graph import Graph, Node, NoGraph, Tensor
from fwtui.core.oplog import LoggedOp, OpInput, OpLog, TensorStats
from fwtui.core.records import Compiled, NetInspected

FAULT_AT = 20
ASTRAY_AT = 5
"""The step in whose update a drifting lane goes astray, and from which on gradients tilt."""
WANDERS_AT = 10
"""From where on a wandering lane's weights move away, in float32 alone, as rounding that grows does."""
WANDERS = 1 + 2e-5
OFF = 1 + 3e-4
LOGGED = ("ok", "other", "slow", "nan", "inf", "many")
MANY_OPS = 1_000
"""Ops of each step of the mode `many`, every third one of which runs the same graph."""
NETS = {
    "random": NetInspected(is_random=True),
    "stateful": NetInspected(is_stateful=True),
    "own": NetInspected(own_weights=("Linear.weight", "Linear.bias")),
    "buffers": NetInspected(changed_state=("BatchNorm1d.running_mean",)),
    "opaque": NetInspected(reason="RuntimeError: no"),
}
RELEASE = threading.Event()
"""Set, it ends a hang under the thread host."""
TRAINING = "SCRIPTED_TRAINING"
"""In the environment: a folder where each lane leaves a file, named by its mode, once it has made a step."""


class Scripted:
    def __init__(self, mode: str, job: Job) -> None:
        self.mode, self.parameters, self.count, self.said = mode, job.parameters, 0, False
        self.first, self.rate = job.parameters, job.learning_rate
        self.single = next(iter(job.parameters.values())).dtype == "float32"
        self.first_phase = "trace" if mode == "other" else "warm-up"

    def step(self, batch):
        if self.count == 1 and (folder := os.environ.get(TRAINING)):
            Path(folder, self.mode).touch()
        loss = 1000.0 * 0.99**self.count
        if self.mode == "other":
            loss *= 1 + 1e-6
        if self.mode == "slow":
            time.sleep(0.01)
        if self.mode == "noisy":
            sys.stdout.write(f"line {self.count} \x1b[31mred\x1b[0m\x07\n")
        if self.count == FAULT_AT:
            loss = self.fault(loss)
        self.descend()
        self.count += 1
        if self.mode == "wander" and self.count >= WANDERS_AT and self.single:
            self.parameters = {
                name: array * array.dtype.type(WANDERS) for name, array in self.parameters.items()
            }
        return {"loss": loss}

    def descend(self) -> None:
        """Plain gradient descent."""
        before = self.parameters
        _, gradients = self.computed()
        self.parameters = {
            name: array if gradients[name] is None else array - array.dtype.type(self.rate) * gradients[name]
            for name, array in before.items()
        }

    def fault(self, loss: float) -> float:
        if self.mode == "raise":
            raise RuntimeError("the script says no\nand more lines")
        if self.mode == "oom":
            raise MemoryError
        if self.mode == "abort":
            os.abort()
        if self.mode == "exit":
            os._exit(3)
        if self.mode == "hang":
            RELEASE.wait(3600)
        if self.mode == "wedged":
            ctypes.PyDLL(None).sleep(3600)  # with the interpreter's lock held: no thread can do anything
        return {"nan": math.nan, "inf": math.inf}.get(self.mode, loss)

    def evaluate(self, batch):
        return {"loss": 1.0, "accuracy": min(1.0, self.count / 100)}

    def latest(self):
        return {f"parameter {name}": array for name, array in self.weights().items()}

    def inspect(self, batch):
        return NETS.get(self.mode, NetInspected())

    def weights(self):
        if self.mode == "drift" and self.count > ASTRAY_AT:
            return {name: array * (1 + 1e-3) for name, array in self.parameters.items()}
        return self.parameters

    def set_step(self, step):
        pass

    def state(self):
        return {}

    @contextmanager
    def at(self, arrays):
        before = self.parameters
        self.load(arrays)
        yield
        self.parameters = before

    def compute(self, batch):
        metrics, gradients = self.computed()
        return Computed(metrics, gradients, {})

    def computed(self):
        gradients: dict[str, Any] = {name: 2 * array for name, array in self.parameters.items()}
        last = list(gradients)[-1]
        if self.mode == "tilt" and self.count >= ASTRAY_AT and not self.at_the_first:
            gradients[last] = gradients[last] * 1.01
        if self.mode == "steep":
            gradients[last] = gradients[last] * 1.01
        if self.mode == "lost":
            gradients[last] = None
        if self.mode == "rough" and gradients[last].dtype == "float32":
            gradients = {name: array * OFF for name, array in gradients.items()}
        if self.mode == "blank":
            self.parameters = {name: array * math.nan for name, array in self.parameters.items()}
            return {"loss": math.nan}, {name: array * math.nan for name, array in gradients.items()}
        squares = [float((array.astype(float) ** 2).sum()) for array in self.parameters.values()]
        return {"loss": sum(squares)}, gradients

    @property
    def at_the_first(self):
        """Whether the weights are the first ones: what tilts later is no state there."""
        return all((self.parameters[name] == array).all() for name, array in self.first.items())

    def load(self, weights):
        self.parameters = dict(weights)

    def log_ops(self, batch, values=False):
        if self.mode not in LOGGED or values:
            raise NotImplementedError("a script has no ops")
        if self.mode == "many":
            return OpLog(many_ops(), "from a script", 40_000, is_work_timed=True)
        value = math.nan if self.mode == "nan" and self.count >= FAULT_AT else float(self.count)
        return OpLog(ops_of_a_step(value), "from a script", 40_000, is_work_timed=True)

    def graph_ran(self, batch):
        return ("3f2a" if self.mode != "many" else f"{self.count % 3:04x}"), 3

    def graphs(self, batch):
        nodes = (
            Node("Placeholder", "x", "input", (), (Tensor("float32", (2, 4)),)),
            Node(
                "MatMul", "net/product", "forward", ((0, 0),), (Tensor("float32", (2, 2)),), "net", flops=32
            ),
            Node("Sum", "loss", "loss", ((1, 0),), (Tensor("float32", ()),)),
        )
        return (
            Graph("traced", "as it was traced", "from a script", nodes),
            NoGraph("optimized", "after an optimizer", "a script is not optimized"),
        )

    def events(self):
        if self.mode != "other" or self.count != 1 or self.said:
            return ()
        self.said = True
        return (Compiled(0, "trace", 171_000_000, "the first call"),)

    def close(self) -> None:
        pass


def ops_of_a_step(value: float) -> tuple[LoggedOp, ...]:
    """Four ops, whose outputs all hold `value`."""
    sizes = ((2, 2), (), (4, 3), (4, 3))
    rows = (
        ("forward", "MatMul", (OpInput("batch x"), OpInput("parameter w1")), ()),
        ("forward", "Sum", (OpInput(0),), (("loss", 0),)),
        ("backward", "MatMul", (OpInput("batch x"), OpInput(0)), (("gradient w1", 0),)),
        ("update", "Sub", (OpInput("parameter w1"), OpInput(2)), (("parameter w1", 0),)),
    )
    nan = math.isnan(value)
    return tuple(
        LoggedOp(
            number,
            phase,
            op,
            inputs,
            (Tensor("float32", shape),),
            (__file__, 1 + number),
            results,
            fingerprints=(TensorStats(None, None, None, 1) if nan else TensorStats(value, 0.0, abs(value)),),
            device="cpu",
            started_ns=10_000 * number,
            host_ns=8_000,
            nbytes=4 * math.prod(shape),
        )
        for number, ((phase, op, inputs, results), shape) in enumerate(zip(rows, sizes, strict=True))
    )


@cache
def many_ops() -> tuple[LoggedOp, ...]:
    """Ops that cost nothing to log."""
    ops = ops_of_a_step(1.0)
    return tuple(replace(ops[number % 4], number=number) for number in range(MANY_OPS))


def build(mode: str, job: Job) -> Scripted:
    if mode == "stuck":
        time.sleep(3600)
    return Scripted(mode, job)
