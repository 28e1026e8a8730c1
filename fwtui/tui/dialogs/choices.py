"""What the pickers offer, from the catalogues and from what the lanes have said."""

from __future__ import annotations

from dataclasses import replace

from fwtui.backends import catalogue as backends
from fwtui.core.inputs import SpecError
from fwtui.core.records import Device
from fwtui.core.spec import LaneSpec, WorkloadSpec
from fwtui.format import numbers
from fwtui.format.environments import environment_name
from fwtui.race.options import LANE_KEYS, OPTIONS
from fwtui.system import machine
from fwtui.tui.common.model import RaceModel
from fwtui.tui.dialogs.picker import Choice
from fwtui.workloads import catalogue as workloads
from fwtui.workloads.base import PackagedWorkload
from fwtui.workloads.user.description import Description

_NAME_CELLS = 16


def backend_choices(model: RaceModel, index: int) -> list[Choice]:
    """Every backend, for one lane."""
    now = model.lanes[index].spec.backend
    others = " and ".join(f"lane {lane.run.lane + 1}" for lane in model.lanes if lane.run.lane != index)
    trains_on = f"; {others} {'go' if len(model.lanes) > 2 else 'goes'} on undisturbed" if others else ""
    step = model.lanes[index].history.steps
    choices = []
    names, titles = zip(*((entry.name, entry.framework.title) for entry in backends.entries()), strict=True)
    name_cells, title_cells = (max(map(len, column)) for column in (names, titles))
    for entry in backends.entries():
        label = f"{entry.name:<{name_cells + 1}}{entry.framework.title:<{title_cells + 2}}"
        if entry.name == now:
            what = "Runs now; r restarts it."
        else:
            what = (
                f"Lane {index + 1} stops {now} at step {step:,} and starts {entry.name} at step 0{trains_on}."
            )
        choices.append(Choice(entry.name, label + entry.graph, f"{entry.summary}\n{what}"))
    return choices


def device_choices(model: RaceModel, index: int) -> list[Choice]:
    """Every device of the machine as the lane's framework sees it, with the reason where it cannot use it."""
    lane = model.lanes[index]
    title = backends.entry(lane.spec.backend).framework.title
    imported = lane.history.imported
    known = imported.devices if imported else (Device("cpu", "CPU"),)
    alone = f"\n{_why_no_gpu(title)}" if imported and len(known) == 1 else ""
    return [
        Choice(
            device.name,
            f"{device.name:<10}{device.label if device.label != device.name else ''}",
            f"Lane {index + 1} is restarted on {device.name}. With lanes on different devices the answers "
            f"are still compared; the speeds are those of the devices.{alone}",
            f"{title}: {device.reason}" if device.reason else None,
        )
        for device in known
    ]


def _why_no_gpu(framework: str) -> str:
    """Why the CPU is all that there is."""
    if not machine.gpu_names():
        return f"No GPU: this machine has no NVIDIA driver that shows one, and {framework} finds no other."
    return f"No GPU: {framework} is built without CUDA, or lacks its libraries; `fwtui doctor` tells more."


def workload_choices(model: RaceModel) -> list[Choice]:
    """Every preset of every workload, keyed `name/preset`, and the user's own file where there is one."""
    specs = [WorkloadSpec(name, preset) for name in workloads.names() for preset in workloads.presets(name)]
    if model.own is not None:
        specs.append(replace(model.own, sizes=()))
    several = {name for name in workloads.names() if len(workloads.presets(name)) > 1}
    choices = []
    for spec in specs:
        workload = workloads.known(spec)
        title = f"{workloads.title(spec.name)[:_NAME_CELLS]:<{_NAME_CELLS}}  "
        label = f"{title}{spec.preset if spec.name in several else '':<10}{workload.shape()}"
        settings = f"{workload.OPTIMIZER}, rate {workload.LEARNING_RATE:g}, {workload.STEPS:,} steps"
        detail = f"{workload.summary}\n{settings}. Every lane is restarted with it."
        choices.append(Choice(f"{spec.name}/{spec.preset}", label, detail, _without_net(model, workload)))
    return choices


def _without_net(model: RaceModel, workload: PackagedWorkload | Description) -> str | None:
    """Why a lane cannot train a workload; None where all can."""
    for lane in model.lanes:
        framework = backends.entry(lane.spec.backend).framework
        try:
            if framework.needs_net:
                workload.require(framework.key)
        except SpecError:
            return f"no net for {framework.title}"
    return None


def _which(spec: LaneSpec) -> str:
    """Which of two models of one framework a lane trains, `a` or `b`."""
    file = workloads.load(spec.workload)
    models = file.models if isinstance(file, Description) else ()
    if spec.model is None or len({one.framework for one in models}) > 1:
        return numbers.NA
    return "ab"[[one.function for one in models].index(spec.model.function)]


def present_settings(model: RaceModel, index: int) -> list[tuple[str, str, str]]:
    """What a lane's settings are, by the keys of its own: (name, value, what is accepted)."""
    lane = model.lanes[index]
    spec, imported = lane.spec, lane.history.imported
    devices = [device.name for device in imported.devices if device.reason is None] if imported else ["cpu"]
    built = lane.history.built
    default = "python3" if spec.interpreter.ssh else "fwtui's own"
    now = {
        "model": _which(spec),
        "device": built.device if built else spec.device,
        "dtype": spec.dtype,
        "optimizer": spec.optimizer,
        "lr": "n/a" if spec.learning_rate is None else f"{spec.learning_rate:g}",
        "batch": str(workloads.batch_size(spec.workload) or numbers.NA),
        "threads": str(spec.threads),
        "python": environment_name(spec.interpreter.python or default),
        "ssh": spec.interpreter.ssh or "this machine",
    }
    accepted = {key: OPTIONS[key].kind.accepted for key in LANE_KEYS}
    accepted["device"] = ", ".join(["auto", *devices])
    # Two models of one framework are rare, and a small screen has no row to spare.
    shown = [key for key in LANE_KEYS if key != "model" or now[key] != numbers.NA]
    return [(key, now[key], accepted[key]) for key in shown]
