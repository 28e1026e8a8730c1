"""The app without a race: lanes that have said fixed things, under a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
from textual.pilot import Pilot

from fwtui.core.device_memory import FrameworkMemory, GpuUse, ProcessMemory
from fwtui.core.gpu import Card
from fwtui.core.ndarray import Array
from fwtui.core.outcome import Ended
from fwtui.core.records import (
    Built,
    Compiled,
    Device,
    Evaluated,
    GraphRan,
    Imported,
    LogLine,
    Phase,
    PhaseEntered,
    Probed,
    Record,
    RunStateChanged,
    Steps,
)
from fwtui.core.spec import Probes
from fwtui.race.request import LaneRequest, RaceRequest, parse_lane
from fwtui.tui import app
from fwtui.tui.app import FwtuiApp
from fwtui.tui.common.model import RaceModel
from tests.scripted.gpus import H200

NOW = 100 * 10**9
"""What the clock shows, in ns."""

CPU = Device("cpu", "Intel Xeon Gold 6338")
VERSIONS = {"tf": ("TensorFlow", "2.21.0", 1_850_000_000), "torch": ("PyTorch", "2.13.0+cpu", 1_420_000_000)}
STEP_US = {"tf.function": 201, "torch.eager": 412, "tf.eager": 1480, "tf.session": 231}
RSS = {"tf": 510_000_000, "torch": 240_000_000}
BATCH = 125
GROWING = Probes()


@dataclass(frozen=True)
class Scene:
    """A race as it stands.

    Attributes:
        request: what runs.
        said: what each lane has said.
        paused: lanes that the user has paused.
    """

    request: RaceRequest
    said: Sequence[Sequence[Record]]
    paused: Sequence[int] = ()


def stopped_clock() -> int:
    """Shows `NOW` for ever."""
    return NOW


def still_model(
    request: RaceRequest,
    clock: Callable[[], int] = stopped_clock,
    started: Callable[[str], object] = lambda name: None,
) -> RaceModel:
    """The model of a race whose lanes never run.

    Args:
        started: is called with the name of each thread that would be started.
    """
    return RaceModel(request, lambda work, name: started(name) and None, clock)


def still_app(scene: Scene) -> FwtuiApp:
    """The app that shows `scene`."""

    class StillModel(RaceModel):
        def start(self) -> None:
            for lane, records in zip(self.lanes, scene.said, strict=True):
                for record in records:
                    self._hear(lane.run, record)
            for index in scene.paused:
                self.lanes[index].paused = True

    class StillApp(FwtuiApp):
        # Written out: a relative path is one beside the file in which the class stands.
        CSS_PATH: ClassVar = [Path(app.__file__).parent / str(sheet) for sheet in FwtuiApp.CSS_PATH]
        MODEL = StillModel

    return StillApp(scene.request, clock=stopped_clock)


PROCESS = ProcessMemory(1_900_000_000, 2_100_000_000, None)


def pressing(*keys: str) -> Callable[[Pilot[int]], object]:
    """Shows the whole scene, then presses keys."""

    async def run(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, FwtuiApp)
        while not all(history.phases for history in pilot.app.model.histories):
            await pilot.pause()
        # One tick compares one probe.
        while pilot.app.model.drain():
            pass
        pilot.app._here.look()
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        pilot.app._here.look()
        await pilot.pause()

    return run


def race(*lanes: str, **settings: object) -> RaceRequest:
    """A request, each lane as on the command line."""
    requests: tuple[LaneRequest, ...] = tuple(map(parse_lane, lanes or ("tf.function", "torch.eager")))
    return RaceRequest(requests, linger=True, **{"probe_every": "growing", **settings})


def phase(name: Phase, seconds: float, step: int = 0) -> PhaseEntered:
    """Entered so many seconds ago."""
    return PhaseEntered(name, NOW - round(seconds * 1e9), step)


def importing(backend: str) -> list[Record]:
    """A lane whose framework is being loaded."""
    return [phase("spawn", 2.4), phase("import", 2.31), ProcessMemory(46_000_000, 46_000_000, None)]


def training(
    backend: str, steps: int, total: int = 500, losses: object = None, graphs: int = 1
) -> list[Record]:
    """A lane that has done so many steps.

    Args:
        losses: (total,) losses; None: those of the two-layer net.
        graphs: how many graphs its steps run, in no order.
    """
    key = backend.partition(".")[0]
    title, version, import_ns = VERSIONS[key]
    ago = 0.6 + steps * 0.000_7
    gpu = Device("cuda:0", "GPU 0", f"no CUDA build of {title}")
    said: list[Record] = [
        phase("spawn", ago + import_ns / 1e9 + 0.1),
        phase("import", ago + import_ns / 1e9),
        Imported(title, version, (CPU, gpu), 4242, phase("build", ago).at_ns),
        phase("build", ago),
        Built(
            "cpu", "float32", "3f2a" * 16, "91c0" * 16, 101_000, 2, (0, 1), phase("trace", ago - 0.08).at_ns
        ),
        ProcessMemory(RSS[key] - 18_000_000, RSS[key] - 18_000_000, None),
        FrameworkMemory(),
        phase("trace" if key == "tf" else "warm-up", ago - 0.08),
        RunStateChanged("running", 0),
    ]
    times = step_ns(backend, total)
    values = two_layer_losses(backend, total) if losses is None else np.asarray(losses, np.float64)
    warm = min(11, total // 10 + 1)
    for first, last in _batches(steps, warm):
        if first == 1 and key == "tf":
            said.append(Compiled(0, "trace", 171_000_000, "the first call"))
        if first == warm:
            said.append(phase("steady", steps * 0.000_7, warm))
        said.append(_steps(first, times[first:last], values[first:last]))
        if first == warm:
            said.append(ProcessMemory(RSS[key], RSS[key], None))
    return [*said, *sampled(steps, graphs)]


def sampled(steps: int, kinds: int) -> list[Record]:
    """Which of so many graphs the first steps ran, and a few after them."""
    draw = np.random.RandomState(kinds)
    steps_sampled = [*range(1, min(9, steps)), *range(12, steps, 7)]
    ran = [int(draw.randint(kinds)) for _ in steps_sampled]
    return [
        GraphRan(step, f"{kind:04x}", 41 + 9 * kind) for step, kind in zip(steps_sampled, ran, strict=True)
    ]


def on_gpu(
    backend: str, steps: int, memory: FrameworkMemory, card: Card | None = H200, process: int | None = None
) -> list[Record]:
    """A lane that has done so many steps on a GPU.

    Args:
        card: None: its driver does not answer.
    """
    said = [
        replace(one, device="cuda:0") if isinstance(one, Built) else one for one in training(backend, steps)
    ]
    gpu = GpuUse(card, process) if card else GpuUse(None, problem="the driver has not answered for 4 s")
    at = next(index for index, one in enumerate(said) if isinstance(one, FrameworkMemory))
    held = replace(PROCESS, gpu_bytes=process)
    return [
        *said[:at],
        memory,
        held,
        *(one for one in said[at + 1 :] if not isinstance(one, ProcessMemory)),
        gpu,
    ]


def done(backend: str, total: int = 500) -> list[Record]:
    """A lane that has done its steps and would do more."""
    return [*training(backend, total, total), Ended("done", total, NOW, lingers=True)]


def two_layer_losses(backend: str, total: int) -> np.ndarray:
    """Losses of the two-layer net, (total,): frameworks differ by a few roundings."""
    steps = np.arange(total, dtype=np.float64)
    losses = 2.9e7 * np.exp(-11.4 * (1 - np.exp(-steps / 120)))
    rounding = 2e-7 * np.random.RandomState(sum(map(ord, backend))).random_sample(total) * np.sqrt(1 + steps)
    return losses * (1 + rounding)


def step_ns(backend: str, total: int) -> np.ndarray:
    """Step times, (total,) int64: a first one that traces or warms up, then a few late ones."""
    noise = np.random.RandomState(sum(map(ord, backend)))
    times = STEP_US[backend] * (1 + 0.04 * noise.random_sample(total) ** 2)
    late = noise.random_sample(total) > 0.97
    times[late] *= 1.2 + 0.9 * noise.random_sample(late.sum())
    times[0] = 102_000 if backend == "tf.function" else 38_000
    return np.round(times * 1e3).astype(np.int64)


def probed(
    backend: str,
    steps: int,
    names: Sequence[str] = ("w1", "w2"),
    off: Callable[[int, str], float] = lambda step, name: 0.0,
    metrics: Sequence[str] = ("loss",),
    probes: Probes = GROWING,
) -> list[Record]:
    """The probes of a lane that has done so many steps: small arrays, a few roundings off in each framework.

    Args:
        names: of the parameters.
        off: a bug: by how much, relative, one element of a quantity is off before a step.
    """
    said: list[Record] = []
    step = 0
    while (step := probes.at_or_after(step)) <= steps:
        gradients, parameters = [], []
        for kind, arrays in (("gradient", gradients), ("parameter", parameters)):
            for name in names:
                exact = np.random.RandomState(sum(map(ord, kind + name)) + step).standard_normal((10, 7))
                noise = np.random.RandomState(sum(map(ord, backend + kind + name)) + step)
                array = exact * (1 + 6e-8 * np.sqrt(1 + step) * noise.standard_normal(exact.shape))
                array[3, 5] *= 1 + off(step, f"{kind} {name}")
                arrays.append((name, Array.of(array.astype(np.float32))))
        losses = [
            (name, float(two_layer_losses(backend, 501)[step] * (1 + off(step, name)))) for name in metrics
        ]
        said.append(Probed(step, tuple(losses), tuple(gradients), tuple(parameters)))
        step += 1
    return said


def evaluated(step: int, accuracy: float) -> Evaluated:
    """A look at the held-out digits."""
    return Evaluated(step, (("loss", 0.3), ("accuracy", accuracy)))


def log_lines(*lines: str) -> list[Record]:
    """What the lane's process printed."""
    return [LogLine(line) for line in lines]


def _batches(steps: int, warm: int) -> list[tuple[int, int]]:
    marks = [mark for mark in (0, 1, warm, *range(warm + BATCH, steps, BATCH)) if mark < steps]
    return list(zip(marks, [*marks[1:], steps], strict=True))


def _steps(first: int, times: np.ndarray, losses: np.ndarray) -> Steps:
    started = NOW - np.cumsum(times[::-1])[::-1]
    return Steps(first, started.tobytes(), times.tobytes(), (("loss", losses.tobytes()),))
