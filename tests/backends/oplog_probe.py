"""One framework's op logs of everything that `test_oplog.py` asks about, pickled.

Run as `python -m tests.backends.oplog_probe FRAMEWORK FOLDER`: a process of its own, since a lane's process
knows only one framework, and one for all questions, since the import takes seconds. The planted bugs' files
are in FOLDER, where the answer goes too.
"""

from __future__ import annotations

import pickle
import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from fwtui.backends.base import Job
from fwtui.backends.catalogue import load
from fwtui.core.records import OpsLogged
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import OPTIMIZERS, USUAL_SETTINGS, WorkloadSpec
from fwtui.workloads.catalogue import execute, names, presets
from tests.backends.own import FRAMEWORKS
from tests.planted import BUGS, SPECTRUM


@dataclass(frozen=True)
class Case:
    """A workload to log, at step 0 or, where something is remembered from step to step, at step 1 too."""

    workload: str
    preset: str = "default"
    optimizer: str = "sgd"
    steps: int = 1
    tensorflow_rate: float = 1.0


def cases(folder: Path) -> dict[str, Case]:
    """Everything that is logged, by the name that the tests ask for it with."""
    right = str(folder / "right.py")
    built_in = {name: Case(name, next(iter(presets(name)))) for name in names()}
    optimizers = {name: Case(right, optimizer=name, steps=2) for name in OPTIMIZERS}
    spectrum = {SPECTRUM.stem: Case(str(folder / SPECTRUM.name))}
    planted = {
        name: Case(str(folder / f"{name}.py"), tensorflow_rate=bug.learning_rate)
        for name, bug in BUGS.items()
    }
    return built_in | optimizers | spectrum | planted


def logs(key: str, case: Case):
    """The case's logs in float64, each before its step, and what steps come to of which nothing is logged."""
    workload = execute(WorkloadSpec(case.workload, case.preset))
    first = workload.parameters(parameters_rng(0))
    batches = list(islice(workload.batches(data_rng(0)), case.steps))
    learning_rate = workload.LEARNING_RATE * (case.tensorflow_rate if key == "tensorflow" else 1)
    job = Job(workload, first, batches[0], {}, "cpu", case.optimizer, learning_rate)
    logged, stepped = (load(FRAMEWORKS[key]).step.build("eager", job) for _ in range(2))
    ops, losses = [], []
    for step, batch in enumerate(batches):
        ops.append(OpsLogged(step, logged.log_ops(batch, values=True)))
        losses.append(logged.step(batch)["loss"])
    return {
        "ops": ops,
        "losses": [stepped.step(batch)["loss"] for batch in batches],
        "logged_losses": losses,
        "weights": stepped.weights(),
        "logged_weights": logged.weights(),
    }


def main(key: str, folder: Path) -> None:
    load(FRAMEWORKS[key]).device.configure("cpu", 1, USUAL_SETTINGS)
    said = {name: logs(key, case) for name, case in cases(folder).items()}
    (folder / f"{key}.pickle").write_bytes(pickle.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
