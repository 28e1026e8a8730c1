"""What one framework can do in one interpreter, by a lane of three small steps in a process of its own."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fwtui.backends.catalogue import entries, simplest
from fwtui.backends.entries import FrameworkEntry
from fwtui.core.inputs import SpecError
from fwtui.core.spec import WorkloadSpec
from fwtui.doctor.places import Place
from fwtui.measure.history import History
from fwtui.race.plan import plan
from fwtui.race.race import Race
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.workloads import catalogue as workloads

PATIENCE_S = 60.0
STEPS = "3"


@dataclass(frozen=True)
class Finding:
    """One framework, examined in one place.

    Attributes:
        lane: the history of its lane.
        is_absent: whether it is not installed there.
        problem: why it cannot be used, in words; None where it can.
        mend: what to do about it.
    """

    place: Place
    lane: History
    problem: str | None = None
    mend: str = ""
    is_absent: bool = False

    @property
    def framework(self) -> FrameworkEntry:
        """What was examined."""
        return self.place.framework

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
        where = f"{self.place.title}: " if self.place.title else ""
        return tuple(f"{where}{title} cannot use {d.name} ({d.label}): {d.reason}" for d in hindered)

    def clashes(self) -> tuple[str, ...]:
        """Which libraries of its environment are others than those that the framework needs."""
        where = f"{self.place.title}: " if self.place.title else ""
        return tuple(where + one for one in self.lane.imported.clashes) if self.lane.imported else ()

    def as_json(self) -> dict[str, Any]:
        """The finding; unknown is null."""
        lane = self.lane
        return {
            "framework": self.framework.title,
            "package": self.framework.package,
            "python": self.place.interpreter.python,
            "host": self.place.interpreter.ssh,
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
            "build": dict(lane.imported.build) if lane.imported else {},
            "clashes": list(self.clashes()),
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


def examine(place: Place, patience_s: float = PATIENCE_S) -> Finding:
    """Run a lane of the place's framework on its best device; one that hangs is killed after `patience_s`."""
    lane, framework = History(), place.framework
    workload = _with_a_net_for(framework)
    if workload is None:
        hint = "`fwtui workloads FILE` tries the net of a file"
        return Finding(place, lane, "no workload has a net for it", hint)
    sizes = tuple((name, "4") for name in ("batch", "d_in", "hidden", "d_out") if workload == "two-layer")
    request = RaceRequest(
        lanes=(LaneRequest(simplest(framework)),), workload=workload, sizes=sizes, steps=STEPS
    )
    planned = plan(request)
    (spec,) = planned.lanes
    spec = replace(spec, describe=True, interpreter=place.interpreter)
    race = Race(replace(planned, lanes=(spec,)), lambda _, record: lane.apply(record))
    since = time.monotonic()
    race.start()
    in_time = race.wait(patience_s)
    race.close()
    if not in_time:
        doing = {"import": "importing it", "build": "building a network with it"}.get(lane.phase, "training")
        problem = f"{doing} takes more than {time.monotonic() - since:.0f} s"
        python = place.interpreter.python or "python"
        return Finding(place, lane, problem, f"try `{python} -c 'import {framework.package}'` by hand")
    ended = lane.ended
    if ended is None or ended.outcome == "done":
        return Finding(place, lane)
    is_absent = ended.reason == f"{framework.title} is not installed"
    return Finding(place, lane, ended.reason, ended.hint, is_absent)


def problems_of(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """(what, what mends it) of each interpreter's problems, each once.

    In an interpreter that is looked over as a whole a framework may be missing, if another is there.
    """
    found: dict[tuple[str, str], None] = {}
    for finding in findings:
        if finding.problem is None:
            continue
        beside = [one for one in findings if one.place.interpreter == finding.place.interpreter]
        if finding.is_absent and not finding.place.is_expected:
            if any(not one.is_absent for one in beside):
                continue
            found.setdefault((f"{finding.place.title}: no framework is installed there", ""))
            continue
        same = [one for one in beside if one.problem == finding.problem]
        is_everybody_s = len(beside) == len(same) > 1 and not finding.is_absent
        what = finding.problem if is_everybody_s else finding.complaint
        title = finding.place.title
        found.setdefault((what if title in what else f"{title}: {what}", finding.mend))
    return list(found)
