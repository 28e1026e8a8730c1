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

import numpy as np

from fwtui.backends.base import Job
from fwtui.backends.catalogue import FRAMEWORKS, load
from fwtui.race.records import OpsLogged
from fwtui.race.spec import OPTIMIZERS, WorkloadSpec
from fwtui.workloads.catalogue import NAMES, fresh, presets
from fwtui.workloads.seeding import data_rng, parameters_rng
from tests.planted import BUGS


@dataclass(frozen=True)
class Case:
    """A workload to log, at step 0 or, where something is remembered from step to step, at step 1 too."""

    workload: str
    preset: str = "default"
    optimizer: str = "sgd"
    steps: int = 1
    learning_rates: tuple[float, float] = (1.0, 1.0)


def cases(folder: Path) -> dict[str, Case]:
    """Everything that is logged, by the name that the tests ask for it with."""
    right = str(folder / "right.py")
    built_in = {name: Case(name, next(iter(presets(name)))) for name in NAMES}
    optimizers = {name: Case(right, optimizer=name, steps=2) for name in OPTIMIZERS}
    planted = {
        name: Case(str(folder / f"{name}.py"), learning_rates=(1.0, bug.learning_rate))
        for name, bug in BUGS.items()
    }
    return built_in | optimizers | planted


def logs(framework, rate: int, case: Case):
    """The case's logs in float64, the first of them with what the backend says of itself before and after."""
    workload = fresh(WorkloadSpec(case.workload, case.preset))
    first = workload.parameters(parameters_rng(0))
    batches = list(islice(workload.batches(data_rng(0)), case.steps))
    learning_rate = workload.LEARNING_RATE * case.learning_rates[rate]
    build = framework.step.build
    job = Job(workload, first, batches[0], {}, "cpu", case.optimizer, learning_rate)
    logged, stepped = build("eager", job), build("eager", job)
    ops = [OpsLogged(step, logged.log_ops(batch)) for step, batch in enumerate(batches)]
    losses = [stepped.step(batch)["loss"] for batch in batches]
    weights = logged.weights()
    same = all(np.array_equal(array, weights[name]) for name, array in stepped.weights().items())
    return {"ops": ops, "losses": losses, "steps_alike": same, "weights": weights}


def main(key: str, folder: Path) -> None:
    framework = load(FRAMEWORKS[key])
    framework.device.configure("cpu", 1, False)
    rate = list(FRAMEWORKS).index(key)
    said = {name: logs(framework, rate, case) for name, case in cases(folder).items()}
    (folder / f"{key}.pickle").write_bytes(pickle.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
