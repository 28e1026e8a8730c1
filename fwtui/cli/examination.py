"""What one framework can do here, by a lane of three small steps in a process of its own."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import Any

from fwtui.backends.catalogue import entries, simplest
from fwtui.backends.entries import FrameworkEntry
from fwtui.core.inputs import SpecError
from fwtui.core.spec import WorkloadSpec
from fwtui.measure.history import History
from fwtui.race.plan import LaneRequest, RaceRequest, plan
from fwtui.race.race import Race
from fwtui.workloads import catalogue as workloads

PATIENCE_S = 60.0
STEPS = "3"


@dataclass(frozen=True)
class Finding:
    """One framework, examined.

    Attributes:
        lane: the history of its lane.
        problem: why it cannot be used, in words; None where it can.
        mend: what to do about it.
    """

    framework: FrameworkEntry
    lane: History
    problem: str | None = None
    mend: str = ""

    @property
    def version(self) -> str | None:
        """The framework's version; None where it could not be asked."""
        return self.lane.imported.version if self.lane.imported else None

    @property
    def complaint(self) -> str:
        """The problem with the framework's name before it."""
        title, problem = self.framework.title, self.problem or ""
        return problem if problem.startswith(title) else f"{title}: {problem}"

    def hindered_gpus(self) -> tuple[str, ...]:
        """For each GPU that the machine has and the framework cannot use: that it cannot, and why."""
        title = self.framework.title
        devices = self.lane.imported.devices if self.lane.imported else ()
        hindered = [d for d in devices if d.reason is not None]
        return tuple(f"{title} cannot use {d.name} ({d.label}): {d.reason}" for d in hindered)

    def as_json(self) -> dict[str, Any]:
        """The finding; unknown is null."""
        lane = self.lane
        return {
            "framework": self.framework.title,
            "package": self.framework.package,
            "version": self.version,
            "usable": self.problem is None,
            "problem": self.problem,
            "mend": self.mend or None,
            "backends": [e.name for e in entries() if e.framework == self.framework],
            "devices": [
                {"name": d.name, "label": d.label, "usable": d.reason is None, "reason": d.reason}
                for d in (lane.imported.devices if lane.imported else ())
            ],
            "device": lane.built.device if lane.built else None,
            "threads": lane.built.threads if lane.built else None,
            "import_ns": lane.phase_ns().get("import"),
            "rss_peak_bytes": lane.rss_peak_bytes,
            "log": list(lane.log)[-20:] if self.problem else [],
        }


def _with_a_net_for(framework: FrameworkEntry) -> str | None:
    """The first workload that the framework can train; None where there is none."""
    if not framework.needs_net:
        return "two-layer"
    for name in workloads.names():
        with contextlib.suppress(SpecError):
            workloads.load(WorkloadSpec(name, workloads.presets(name)[0])).require(framework.key)
            return name
    return None


def examine(framework: FrameworkEntry, patience_s: float = PATIENCE_S) -> Finding:
    """Runs a lane of `framework` on its best device; one that hangs is killed after `patience_s`."""
    lane = History()
    workload = _with_a_net_for(framework)
    if workload is None:
        hint = "`fwtui workloads FILE` tries the net of a file"
        return Finding(framework, lane, "no workload has a net for it", hint)
    sizes = tuple((name, "4") for name in ("batch", "d_in", "hidden", "d_out") if workload == "two-layer")
    request = RaceRequest(
        lanes=(LaneRequest(simplest(framework)),), workload=workload, sizes=sizes, steps=STEPS
    )
    race = Race(plan(request), lambda _, record: lane.apply(record))
    since = time.monotonic()
    race.start()
    in_time = race.wait(patience_s)
    race.close()
    if not in_time:
        doing = {"import": "importing it", "build": "building a network with it"}.get(lane.phase, "training")
        problem = f"{doing} takes more than {time.monotonic() - since:.0f} s"
        return Finding(framework, lane, problem, f"try `python -c 'import {framework.package}'` by hand")
    ended = lane.ended
    if ended is None or ended.outcome == "done":
        return Finding(framework, lane)
    return Finding(framework, lane, ended.reason, ended.hint)
