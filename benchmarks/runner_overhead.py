"""What the step loop itself costs, per step: a backend whose step does nothing, against the same loop bare.

    python benchmarks/runner_overhead.py

Prints a table in nanoseconds a step: the bare loop, the runner in this process with nobody listening, and the
runner in a lane's own process with its records read here. Goal: 2,000 ns beyond the bare loop.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter_ns
from types import ModuleType, SimpleNamespace
from typing import Any

from fwtui.backends.entries import BackendEntry, FrameworkEntry
from fwtui.core.device_memory import FrameworkMemory
from fwtui.core.records import Device, NetInspected, Record, Steps
from fwtui.core.spec import LaneSpec, WorkloadSpec
from fwtui.lane import child
from fwtui.lane.control import Control
from fwtui.lane.run import run_lane
from fwtui.lane.runner import Runner
from fwtui.race import hosts
from fwtui.race.processes import local

STEPS, REPEATS, GOAL_NS = 500_000, 7, 2000
WORKLOAD = WorkloadSpec("two-layer", "dynamic", (("batch", 2), ("d_in", 4), ("hidden", 3)))
SPEC = LaneSpec("idle.idle", WORKLOAD, "cpu", "float32", "sgd", 1e-6, STEPS, 0, 1)


class Idle:
    """A backend whose step costs a method call."""

    first_phase = "warm-up"

    def __init__(self) -> None:
        self._values = {"loss": 1.0}

    def step(self, batch: Any) -> dict[str, float]:
        """Nothing."""
        return self._values

    def inspect(self, batch: Any) -> NetInspected:
        """Nothing."""
        return NetInspected()

    def events(self) -> tuple[()]:
        """None."""
        return ()

    def close(self) -> None:
        """Nothing."""


def register(folder: str) -> None:
    """Makes a framework of the idle backend, and a package in `folder` that offers it."""
    parts: dict[str, dict[str, Any]] = {
        "step": {"build": lambda mode, job: Idle()},
        "memory": {"read": lambda device: FrameworkMemory()},
        "device": {
            "version": lambda: "0",
            "devices": lambda: (Device("cpu", "CPU"),),
            "configure": lambda device, threads, settings: None,
            "default_dtype": lambda name: nullcontext(),
            "threads": lambda: 1,
        },
    }
    for name, functions in parts.items():
        module = ModuleType(f"idle.{name}")
        vars(module).update(functions)
        sys.modules[module.__name__] = module
    sys.modules["idle"] = ModuleType("idle")
    framework = FrameworkEntry("idle", "Idle", "idle", "idle", slot=3, needs_net=False)
    modes = ModuleType("idle.modes")
    vars(modes)["BACKENDS"] = [BackendEntry("idle.idle", framework, "idle", "dynamic: nothing", "nothing")]
    sys.modules["idle.modes"] = modes
    installed = Path(folder) / "idle-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: idle\nVersion: 1\n")
    (installed / "entry_points.txt").write_text("[fwtui.backends]\nidle = idle.modes:BACKENDS\n")
    sys.path.insert(0, folder)


def bare() -> float:
    """Nanoseconds a step of a loop that does nothing but step."""
    step, batches = Idle().step, iter(SimpleNamespace, None)
    started = perf_counter_ns()
    for _ in range(STEPS):
        step(next(batches))
    return (perf_counter_ns() - started) / STEPS


def here() -> float:
    """Nanoseconds a step of the runner, in this process."""
    return a_step(lambda emit: run_lane(Runner(SPEC, emit, Control(STEPS, by_turns=False)), 0))


def lane() -> float:
    """Nanoseconds a step of the runner in a lane's own process."""
    return a_step(lambda emit: hosts.ProcessHost(SPEC, emit).run())


def a_step(run: Any) -> float:
    """From the first step's start to the last one's, by the clock of the lane itself."""
    records: list[Record] = []
    run(records.append)
    steps = [record for record in records if isinstance(record, Steps)]
    first, last = (memoryview(one.started_ns).cast("q") for one in (steps[0], steps[-1]))
    return (last[-1] - first[0]) / (STEPS - 1)


def show(line: object) -> None:
    """Prints a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measures each way in turn, several times over."""
    ways = {"bare loop": bare, "runner": here, "runner in a lane's process": lane}
    columns = list(zip(*([way() for way in ways.values()] for _ in range(REPEATS)), strict=True))
    show(f"{'ns a step, ' + f'{STEPS:,} steps × {REPEATS}':<32}{'median':>8}{'least':>8}{'beyond bare':>13}")
    for name, values in zip(ways, columns, strict=True):
        beyond = statistics.median(v - b for v, b in zip(values, columns[0], strict=True))
        show(f"{name:<32}{statistics.median(values):>8.0f}{min(values):>8.0f}{beyond:>13.0f}")
    show(f"goal: at most {GOAL_NS:,} ns beyond the bare loop")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        register(folder)
        if sys.argv[1:2] == ["--child"]:  # two descriptors follow
            child.main()
        else:
            local.CHILD = (sys.executable, __file__, "--child")
            main()
