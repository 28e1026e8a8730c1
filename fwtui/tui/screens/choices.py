"""What the pickers offer, from the catalogues and from what the lanes have said."""

from __future__ import annotations

from dataclasses import replace

from fwtui.backends import catalogue as backends
from fwtui.race.records import Device
from fwtui.race.spec import WorkloadSpec
from fwtui.tui.model import RaceModel
from fwtui.tui.screens.picker import Choice
from fwtui.workloads import catalogue as workloads

_NAME_CELLS = 16


def backend_choices(model: RaceModel, index: int) -> list[Choice]:
    """Every backend, for one lane."""
    now = model.lanes[index].spec.backend
    others = " and ".join(f"lane {lane.run.lane + 1}" for lane in model.lanes if lane.run.lane != index)
    trains_on = f"; {others} {'go' if len(model.lanes) > 2 else 'goes'} on undisturbed" if others else ""
    step = model.lanes[index].history.steps
    choices = []
    for entry in backends.BACKENDS.values():
        label = f"{entry.name:<14}{entry.framework.title:<12}"
        if entry.name == now:
            what = f"Runs now. Choosing it starts lane {index + 1} anew{trains_on}."
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
    return [
        Choice(
            device.name,
            f"{device.name:<10}{device.label if device.label != device.name else ''}",
            f"Lane {index + 1} starts anew on {device.name}. With lanes on different devices the answers are "
            "still compared; the speeds are those of the devices.",
            f"{title}: {device.reason}" if device.reason else None,
        )
        for device in known
    ]


def workload_choices(model: RaceModel) -> list[Choice]:
    """Every preset of every workload, keyed `name/preset`, and the user's own file where there is one."""
    specs = [WorkloadSpec(name, preset) for name in workloads.NAMES for preset in workloads.presets(name)]
    if model.own is not None:
        specs.append(replace(model.own, sizes=()))
    several = {name for name in workloads.NAMES if len(workloads.presets(name)) > 1}
    choices = []
    for spec in specs:
        workload = workloads.known(spec)
        title = f"{workloads.title(spec.name)[:_NAME_CELLS]:<{_NAME_CELLS}}  "
        label = f"{title}{spec.preset if spec.name in several else '':<10}{workload.shape()}"
        settings = f"{workload.OPTIMIZER}, rate {workload.LEARNING_RATE:g}, {workload.STEPS:,} steps"
        detail = f"{workload.summary}\n{settings}. Every lane is restarted with it."
        choices.append(Choice(f"{spec.name}/{spec.preset}", label, detail))
    return choices
