"""What being measured costs a step: its median in `fwtui bench` divided by the same loop bare.

    python benchmarks/step_time.py [BACKEND …]
    python benchmarks/step_time.py --models

Each backend trains the two-layer net on the CPU by turns with a lane of the other framework, every lane in
its own process, as `fwtui bench` does it; and beside it in a process that does nothing but step. The two take
so many steps each, over and over, while the other one rests, so that what else the machine does falls on both
alike. Prints the median of the rounds' ratios, and its quartiles. Goal: 1.02.

A block of turns is at most a tenth of a lane's steps, and the first steps of a block are cold: so short
races cost more a step than long ones.

`--models` does the same with the models of `models/` and the loop that one writes oneself over them. Goal:
1.05.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter_ns

import numpy as np

from fwtui.backends import catalogue
from fwtui.backends.base import Job
from fwtui.core.records import Record
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import USUAL_SETTINGS, LaneSpec
from fwtui.lane.batches import cast, shapes
from fwtui.measure.history import History
from fwtui.race.plan import plan
from fwtui.race.race import LaneRun, Race
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.workloads import catalogue as workloads

LENGTHS = {500: 20, 4000: 6}
"""Steps a round, and how many rounds."""

MODELS = {
    Path(__file__).with_name("models") / "cnn.py": (50, 12),
    Path(__file__).with_name("models") / "lstm.py": (100, 12),
}
"""Steps a round, and how many rounds."""
MODEL_BACKENDS = ("torch.eager", "torch.compile", "tf.function")

GOAL, GOAL_OF_MODELS = 1.02, 1.05
DEADLINE_S = 300


def race(
    backend: str, steps: int = 1, workload: str = "two-layer", device: str = "cpu", other: str = ""
) -> RaceRequest:
    """The backend, and beside it another: by default a lane of the other framework."""
    other = other or ("tf.function" if backend.startswith("torch") else "torch.eager")
    lanes = (LaneRequest(backend), LaneRequest(other))
    return RaceRequest(lanes, workload, device=device, steps=str(steps), linger=True)


class ByTurns:
    """The backend as `fwtui bench` measures it."""

    def __init__(self, request: RaceRequest) -> None:
        self._round = self._steps = int(request.steps or 1)
        self.lanes = [History(None), History(None)]
        self._changed = threading.Condition()
        self._race = Race(plan(request), self._take)
        self._race.start()
        self._until_done()

    def median(self) -> float:
        """Median step in ns of another round."""
        first, self._steps = self._steps, self._steps + self._round
        for lane in range(2):
            self._race.train_on(lane, self._round)
        self._until_done()
        return float(np.median(self.lanes[0].step_ns.since(first)))

    def close(self) -> None:
        """Ends both lanes."""
        self._race.close()

    def _take(self, run: LaneRun, record: Record) -> None:
        with self._changed:
            self.lanes[run.lane].apply(record)
            self._changed.notify_all()

    def _until_done(self) -> None:
        def done() -> bool:
            return all(lane.steps >= self._steps and lane.ended is not None for lane in self.lanes)

        with self._changed:
            assert self._changed.wait_for(done, DEADLINE_S), [lane.ended for lane in self.lanes]


class Bare:
    """A process that does nothing but step: as many times as each line that it gets says."""

    def __init__(self, command: Sequence[str], steps: int) -> None:
        self._round = steps
        command = [sys.executable, *command]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.median()

    def median(self) -> float:
        """Median step in ns of another round."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{self._round}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()


def bare(spec: LaneSpec) -> None:
    """Takes as many steps as each line that comes says, and answers with the median step in ns."""
    entry = catalogue.entry(spec.backend)
    framework = catalogue.load(entry.framework)
    framework.device.configure(spec.device, spec.threads, USUAL_SETTINGS)
    workload = workloads.execute(spec.workload)
    parameters = cast(workload.parameters(parameters_rng(spec.seed)), spec.dtype)
    batch = cast(next(workload.batches(data_rng(spec.seed))), spec.dtype)  # two-layer has no other
    job = Job(
        workload, parameters, batch, shapes([batch]), spec.device, spec.optimizer, spec.learning_rate or 0.0
    )
    step = framework.step.build(entry.mode, job).step
    for steps in sys.stdin:
        times = []
        for _ in range(int(steps)):
            started = perf_counter_ns()
            step(batch)
            times.append(perf_counter_ns() - started)
        say(float(np.median(times)))


def say(line: object) -> None:
    """Prints a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(backends: list[str]) -> None:
    """Measures each backend, both ways in turn."""
    say(f"two-layer: median step in bench ÷ bare, goal {GOAL}")
    say(f"{'':<20}{'steps':>7}{'ratio':>8}{'25 %':>8}{'75 %':>8}")
    for backend in backends:
        for steps, rounds in LENGTHS.items():
            compare(backend, race(backend, steps), (__file__, "--bare", backend, "cpu"), rounds)


def main_of_models() -> None:
    """Measures each model in each backend."""
    say(f"models: median step in bench ÷ a loop of one's own, goal {GOAL_OF_MODELS}")
    say(f"{'':<20}{'steps':>7}{'ratio':>8}{'25 %':>8}{'75 %':>8}")
    loops = str(Path(__file__).with_name("plain_loops.py"))
    for path, (steps, rounds) in MODELS.items():
        for backend in MODEL_BACKENDS:
            request = race(backend, steps, str(path))
            threads = str(plan(request).lanes[0].threads)
            compare(f"{path.stem} {backend}", request, (loops, backend, str(path), threads), rounds)


def compare(title: str, request: RaceRequest, command: Sequence[str], rounds: int) -> None:
    """Measures a race's first lane and a bare loop by turns, and prints a row."""
    steps = int(request.steps or 1)
    with closing(ByTurns(request)) as lane, closing(Bare(command, steps)) as loop:
        ratios = [lane.median() / loop.median() for _ in range(rounds)]
    low, middle, high = np.percentile(ratios, (25, 50, 75))
    say(f"{title:<20}{steps:>7,}{middle:>8.3f}{low:>8.3f}{high:>8.3f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        backend, device = sys.argv[2:]
        bare(plan(race(backend, device=device)).lanes[0])
    elif sys.argv[1:2] == ["--models"]:
        main_of_models()
    else:
        main(sys.argv[1:] or list(catalogue.names()))
