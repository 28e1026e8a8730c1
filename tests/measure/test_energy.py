"""Joules per step: only where a card's counter is one lane's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fwtui.core.device_memory import GpuUse
from fwtui.core.records import PhaseEntered, RunStateChanged
from fwtui.core.spec import RaceSpec
from fwtui.measure.energy import CardEnergy, energy_per_step
from fwtui.measure.history import History
from tests.measure.support import steps
from tests.scripted.gpus import H200
from tests.scripted.lanes import lane


def trained(card=H200):
    """20 steps of 3 J, a pause of 500 J, and 10 steps of 3 J."""
    history = History()
    history.apply(PhaseEntered("steady", 0, 0))
    joules = 100.0

    def reads(used):
        nonlocal joules
        joules += used
        history.apply(GpuUse(replace(card, energy_j=joules)))

    reads(0)
    history.apply(steps(0, [1.0] * 20))
    reads(60)
    history.apply(RunStateChanged("paused", 20))
    reads(500)
    history.apply(RunStateChanged("running", 20))
    reads(0)
    history.apply(steps(20, [1.0] * 10))
    reads(30)
    return history


def spec(count, schedule="race"):
    return RaceSpec(tuple(lane("ok") for _ in range(count)), schedule, "process")


def test_a_pause_costs_no_step():
    assert energy_per_step(spec(1), [trained()]) == [pytest.approx(3.0)]
    assert energy_per_step(spec(1, "turns"), [trained()]) == [pytest.approx(3.0)]


def test_a_card_of_two_lanes_counts_for_neither():
    assert energy_per_step(spec(2), [trained(), trained()]) == [None, None]
    other = trained(replace(H200, pci_bus_id="0000:2e:00.0"))
    assert energy_per_step(spec(2), [trained(), other]) == [pytest.approx(3.0)] * 2


def test_lanes_that_take_turns_wait():
    other = trained(replace(H200, pci_bus_id="0000:2e:00.0"))
    assert energy_per_step(spec(2, "turns"), [trained(), other]) == [None, None]


def test_no_counter():
    assert energy_per_step(spec(1), [History()]) == [None]
    energy = CardEnergy()
    energy.add(None, 5, True)
    energy.add(7.0, 10, True)
    energy.add(5.0, 20, True)  # the driver was loaded again
    assert (energy.joules, energy.steps) == (0.0, 0)
