"""What a parity lane's digests of each step cost, as a part of the step, for each backend.

    python benchmarks/digests.py [BACKEND …]

Prints, for `two-layer`, the median step; the median time that the digests of its batch, weights and
gradients take after it, and that as a part of the step; how many steps apart the lane then takes them; and
what they come to, spread over those steps. All are from one run. Goal of the last: 0.05.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from time import perf_counter_ns

from fwtui.backends import catalogue as backends
from fwtui.backends.base import Job
from fwtui.core.spec import USUAL_SETTINGS
from fwtui.lane.batches import cast, shapes
from fwtui.lane.digests import Digester
from fwtui.workloads import catalogue as workloads

BACKENDS = ("torch.eager", "tf.eager", "tf.function", "tf.session")
STEPS, WARM_UP, GOAL = 2_000, 128, 0.05
# A multiple of every stride: the steps from there on that have digests are WARM_UP, WARM_UP + stride, …


def measure(name: str, dtype: str) -> None:
    """Prints one backend's line."""
    from fwtui.core.seeding import data_rng, parameters_rng
    from fwtui.core.spec import WorkloadSpec

    entry = backends.entry(name)
    framework = backends.load(entry.framework)
    framework.device.configure("cpu", 1, USUAL_SETTINGS)
    workload = workloads.execute(WorkloadSpec("two-layer", "dynamic"))
    batch = next(iter(workload.batches(data_rng(0))))
    first = cast(workload.parameters(parameters_rng(0)), dtype)
    sample = cast(batch, dtype)
    backend = framework.step.build(
        entry.mode, Job(workload, first, sample, shapes([batch]), "cpu", "sgd", 1e-6)
    )
    digester, steps, digests = Digester(), [], []
    for step in range(STEPS):
        began = perf_counter_ns()
        backend.step(sample)
        ended = perf_counter_ns()
        digester.digests(step, sample, backend.latest() if digester.is_due(step) else {})
        digested = perf_counter_ns()
        digester.took(step, digested - ended, ended - began)
        steps.append(ended - began)
        digests.append(digested - ended)
    took = statistics.median(steps[WARM_UP:]) / 1e3
    cost = statistics.median(digests[WARM_UP : STEPS : digester.stride]) / 1e3
    share = cost / took / digester.stride
    print(
        f"{name:12} {dtype:8} {took:10.0f} {cost:10.1f} {cost / took:8.3f} {digester.stride:9} {share:6.3f}",
        flush=True,
    )


def main() -> None:
    """Measures each backend in a process of its own."""
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], sys.argv[3])
        return
    head = f"{'two-layer':21} {'step µs':>10} {'digests µs':>10} {'ratio':>8} {'1 step in':>9} {'share':>6}"
    print(f"{head}   goal {GOAL}", flush=True)
    for name in sys.argv[1:] or BACKENDS:
        for dtype in ("float32", "float64"):
            subprocess.run([sys.executable, __file__, "--one", name, dtype], check=True)


if __name__ == "__main__":
    main()
