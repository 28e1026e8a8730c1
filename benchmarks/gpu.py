"""The whole check of fwtui on an NVIDIA GPU, with PyTorch alone, in one go of a few minutes.

    python benchmarks/gpu.py [cuda:0]

Prints a report: what there is; the forms of CUDA_VISIBLE_DEVICES; whether the memory of `torch.eager` and
`torch.compile` side by side adds up to the driver's figure (within 5 %); that a lane which is out of memory
leaves the other one alone and gives its memory back; and the step's median in `fwtui bench` divided by the
same loop bare (goal: 1.02). Exits with 1 where something does not hold.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from datetime import date
from typing import Any

import numpy as np
import step_time
from step_time import Bare, ByTurns, race, say

from fwtui.race.plan import plan
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.session.run import run
from fwtui.system.gpus import monitor

STEPS, ROUNDS, GOAL = 500, 12, 1.02
TOLERANCE = 0.05
VISIBLE = ("", "-1", "0", "0,0", "7", "GPU-00000000-0000-0000-0000-000000000000", "none such")

failed: list[str] = []


def check(holds: bool, what: str) -> None:
    """Prints whether something holds, and keeps it in mind."""
    say(f"{'ok  ' if holds else 'FAIL'} {what}")
    if not holds:
        failed.append(what)


def doctor(**environment: str) -> dict[str, Any]:
    """PyTorch, as `fwtui doctor` finds it."""
    command = [sys.executable, "-m", "fwtui", "doctor", "--json", "-"]
    ran = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )
    facts: dict[str, Any] = json.loads(ran.stdout)
    return {**facts, "torch": next(one for one in facts["frameworks"] if one["package"] == "torch")}


def used_bytes(settle_s: float = 1.5) -> int:
    """What is used of the first card, once what has ended has given its memory back."""
    time.sleep(settle_s)
    reading = monitor().first()
    used = reading.cards[0].used_bytes if reading.cards else None
    if used is None:
        sys.exit(f"the driver does not tell what is used: {reading.problem or 'no figure'}")
    return used


def what_there_is(device: str) -> None:
    """Versions, the driver, and the device."""
    facts = doctor()
    torch, machine = facts["torch"], facts["machine"]
    say(f"{date.today()}  {', '.join(machine['gpus'])}, driver {machine['nvidia_driver']}")
    say(f"PyTorch {torch['version']}, {torch['build']}")
    usable = {one["name"]: one["usable"] for one in torch["devices"]}
    check(usable.get(device) is True, f"{device} can be used: {usable}")
    for value in VISIBLE:
        found = doctor(CUDA_VISIBLE_DEVICES=value)["torch"]
        reasons = {one["name"]: one["reason"] or "usable" for one in found["devices"] if one["name"] != "cpu"}
        check(found["usable"], f"CUDA_VISIBLE_DEVICES={value!r}: {reasons}")


def memory(device: str) -> None:
    """Both lanes' memory against what the driver counts more than before."""
    before = used_bytes()
    with closing(ByTurns(race("torch.eager", STEPS, "digits-cnn", device, "torch.compile"))) as both:
        both.median()
        used = used_bytes() - before
        shares = [lane.gpu.process_bytes if lane.gpu else None for lane in both.lanes]
        for lane in both.lanes:
            held, gpu = lane.memory, lane.gpu
            say(f"     {held}, of the process {gpu.process_bytes if gpu else None}")
        if None in shares:
            check(False, f"the driver tells what each process has: {shares}")
            return
        total = sum(share for share in shares if share is not None)
        check(
            abs(total - used) <= TOLERANCE * used,
            f"memory adds up: lanes {total / 1e9:.3f} GB, the driver counts {used / 1e9:.3f} GB more",
        )


def out_of_memory(device: str) -> None:
    """One lane has no room for its batch; the other trains on, and the memory comes back."""
    before = used_bytes()
    lanes = (LaneRequest("torch.eager", batch="64"), LaneRequest("torch.eager", batch="400000"))
    request = RaceRequest(lanes, device=device, steps="200", gpu_memory="600MB")
    result = run(plan(request), lambda lanes: None)
    first, second = (lane.ended for lane in result.lanes)
    check(first is not None and first.outcome == "done", f"the lane with room: {first and first.summary}")
    is_short = second is not None and second.failure is not None and second.failure.cause == "out of memory"
    check(is_short, f"the lane without: {second and second.summary}")
    left = used_bytes() - before
    check(abs(left) < 50e6, f"memory is given back: {left / 1e6:.0f} MB more than before")


def ratio(device: str) -> None:
    """The step in a race, against the same loop bare."""
    for backend, other in (("torch.eager", "torch.compile"), ("torch.compile", "torch.eager")):
        request = race(backend, STEPS, "two-layer", device, other)
        command = (step_time.__file__, "--bare", backend, device)
        with closing(ByTurns(request)) as lane, closing(Bare(command, STEPS)) as loop:
            ratios = [lane.median() / loop.median() for _ in range(ROUNDS)]
        low, middle, high = np.percentile(ratios, (25, 50, 75))
        check(middle <= GOAL, f"{backend}: step ÷ bare {middle:.3f} ({low:.3f} to {high:.3f}), goal {GOAL}")


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else "cuda:0"
    for part in (what_there_is, memory, out_of_memory, ratio):
        part(wanted)
    sys.exit(bool(failed))
