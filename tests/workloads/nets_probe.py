"""What one framework's nets compute in float64, for `test_nets.py`; prints it as JSON.

Run as `python -m tests.workloads.nets_probe FRAMEWORK`: a process of its own, since a lane's process knows
only one framework.
"""

from __future__ import annotations

import json
import sys

from fwtui.backends.base import Job
from fwtui.backends.catalogue import load
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import USUAL_SETTINGS, WorkloadSpec
from fwtui.workloads import catalogue
from tests.backends.own import FRAMEWORKS
from tests.workloads.nets import SMALL, first_batch, first_parameters, small

LEARNING_STEPS = 60


def eager(step, workload, batch, parameters):
    job = Job(workload, parameters, batch, {}, "cpu", workload.OPTIMIZER, workload.LEARNING_RATE)
    return step.build("eager", job)


def main(key):
    framework = load(FRAMEWORKS[key])
    framework.device.configure("cpu", 1, USUAL_SETTINGS)
    said = {"nets": {}, "learning": {}}
    for name in SMALL:
        batch = first_batch(name)
        net = eager(framework.step, small(name), batch, first_parameters(name))
        computed = net.compute(batch)
        said["nets"][name] = {
            "metrics": dict(computed.metrics),
            "gradients": {weight: gradient.tolist() for weight, gradient in computed.gradients.items()},
        }
        if key == "torch":  # what the others compute is the same
            workload = catalogue.load(WorkloadSpec(name, catalogue.presets(name)[0]))
            batches = workload.batches(data_rng(0))
            net = eager(framework.step, workload, next(batches), workload.parameters(parameters_rng(0)))
            said["learning"][name] = [net.step(next(batches))["loss"] for _ in range(LEARNING_STEPS)]
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1])
