"""What logging ops costs the steps that are not logged: medians of one lane, alone in its process.

    python benchmarks/op_logging.py [--before DIR] [--every 100] [BACKEND …]

Each way of logging (none, and one step in 100) trains the two-layer net in a process of its own. They take so
many steps each, over and over, while the others rest, so that what else the machine does falls on all alike;
and all are started anew a few times, since where a process lies in memory costs a step some percent too.
Prints the median of the rounds' ratios of median steps, and its quartiles; and that of their tenth
percentiles, which other work on the machine touches least. With `--before`, a checkout of an earlier commit,
that one's step is what the others are divided by.

Goals: 1.01 with logging off, against the commit before there was any; 1.02 with one step in 100 logged. The
logs themselves are in no step time; the last column is what they take from the steps a second.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

from fwtui.core.outcome import Ended
from fwtui.core.records import Record, Steps
from fwtui.race.plan import plan
from fwtui.race.race import LaneRun, Race
from fwtui.race.request import LaneRequest, RaceRequest

STEPS, ROUNDS, STARTS = 500, 12, 5
WARM_UP_ROUNDS = 2
DEADLINE_S = 300


class Server:
    """Takes steps in a lane's process, as many as each line that comes says."""

    def __init__(self, backend: str, every: int) -> None:
        settings: dict[str, Any] = {"log_every": str(every)} if every else {}
        request = RaceRequest(
            (LaneRequest(backend),), device="cpu", steps=str(STEPS), linger=True, **settings
        )
        self._changed = threading.Condition()
        self._said: list[Record] = []
        self._race = Race(plan(request), self._take)

    def serve(self) -> None:
        """Answers each line with the median step, the tenth percentile and the wall time a step, in ns."""
        self._race.start()
        self._until_done()
        for line in sys.stdin:
            self._race.train_on(0, int(line))
            say(*self._until_done())
        self._race.close()

    def _take(self, run: LaneRun, record: Record) -> None:
        with self._changed:
            self._said.append(record)
            self._changed.notify_all()

    def _until_done(self) -> tuple[float, ...]:
        def ended() -> bool:
            return any(isinstance(record, Ended) for record in self._said)

        with self._changed:
            assert self._changed.wait_for(ended, DEADLINE_S)
            steps = [record for record in self._said if isinstance(record, Steps)]
            self._said = []
        times = np.concatenate([np.frombuffer(one.step_ns, np.int64) for one in steps])
        began = np.concatenate([np.frombuffer(one.started_ns, np.int64) for one in steps])
        wall = float(began[-1] - began[0]) / max(1, len(began) - 1)
        return float(np.median(times)), float(np.percentile(times, 10)), wall


class DivergencePath:
    """One way of logging: a server, and what it costs."""

    def __init__(self, backend: str, every: int, checkout: str | None = None) -> None:
        path = os.pathsep.join(filter(None, [checkout, os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), "--serve", str(every), backend],
            cwd=checkout,  # a lane's process looks for fwtui there first
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def round(self) -> np.ndarray:
        """(median step, its tenth percentile, wall time a step) of another round, in ns."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{STEPS}\n")
        self._process.stdin.flush()
        return np.array([float(word) for word in self._process.stdout.readline().split()])

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()


def measure(backend: str, before: str | None, every: int) -> dict[str, np.ndarray]:
    """Ratios of each round, (rounds, 3), by what is divided by what."""
    found: dict[str, list[np.ndarray]] = {}
    for _ in range(STARTS):
        ways = {"off": DivergencePath(backend, 0), f"1 in {every}": DivergencePath(backend, every)}
        if before:
            ways["before"] = DivergencePath(backend, 0, before)
        names = list(ways)
        for number in range(WARM_UP_ROUNDS + ROUNDS):
            order = names[number % len(names) :] + names[: number % len(names)]
            took = {name: ways[name].round() for name in order}
            if number >= WARM_UP_ROUNDS:
                base = "before" if before else "off"
                for name in names:
                    if name != base:
                        found.setdefault(f"{name} ÷ {base}", []).append(took[name] / took[base])
        for way in ways.values():
            way.close()
    return {name: np.array(ratios) for name, ratios in found.items()}


def say(*words: object) -> None:
    """Prints a line at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measures each backend, all ways in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", metavar="DIR")
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("backends", nargs="*", default=["torch.eager", "tf.eager", "tf.function"])
    options = parser.parse_args()
    if options.serve is not None:
        Server(options.backends[0], options.serve).serve()
        return
    say(f"two-layer, {STARTS} × {ROUNDS} rounds of {STEPS} steps: median step, goals 1.01 and 1.02")
    say(f"{'':<14}{'':<20}{'ratio':>8}{'25 %':>8}{'75 %':>8}{'of 10 %':>9}{'all time':>10}")
    for backend in options.backends:
        for name, ratios in measure(backend, options.before, options.every).items():
            low, middle, high = np.percentile(ratios[:, 0], (25, 50, 75))
            least, wall = np.median(ratios[:, 1:], axis=0)
            say(f"{backend:<14}{name:<20}{middle:>8.3f}{low:>8.3f}{high:>8.3f}{least:>9.3f}{wall:>10.3f}")


if __name__ == "__main__":
    main()
