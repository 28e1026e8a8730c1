"""Processor time of this process and its children, and of others."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import namedtuple

import psutil
import pytest

from fwtui.core.processor_use import ProcessorUse
from fwtui.system import cgroup, processor
from fwtui.system.processor import ProcessorMeter

Core = namedtuple("Core", "user system idle iowait steal guest")
Times = namedtuple("Times", "user system children_user children_system")


class Machine:
    """Two cores and a process, whose clocks the test moves."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        self.cores = [Core(10.0, 5.0, 50.0, 1.0, 0.0, 2.0)] * 2
        self.own = [Times(1.0, 1.0, 0.0, 0.0)]
        self.group = None
        self.found = []
        monkeypatch.setattr(psutil, "cpu_times", lambda percpu: self.cores)
        monkeypatch.setattr(psutil, "Process", lambda: self)
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1}, raising=False)
        monkeypatch.setattr(cgroup, "processor", lambda: self.group)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(processor, "_shared", processor._Readings())

    def children(self, recursive):
        return self.found

    def cpu_times(self):
        return self.own[-1]

    def passes(self, seconds, own=0.0, busy=0.0, stolen=0.0):
        self.now += seconds
        times = self.own[-1]
        self.own.append(times._replace(user=times.user + own))
        idle = 2 * seconds - busy - stolen
        first, second = self.cores
        self.cores = [first._replace(user=first.user + busy, steal=first.steal + stolen), second]
        self.cores[1] = second._replace(idle=second.idle + idle)


class Child:
    """A descendant that has used so much."""

    def __init__(self, used_s):
        self.used_s = used_s

    def cpu_times(self):
        return Times(self.used_s, 0.0, 0.0, 0.0)


@pytest.fixture
def machine(monkeypatch):
    return Machine(monkeypatch)


@pytest.fixture
def quiet_machine():
    """The real one, in place of what `tests/conftest.py` puts there."""


def test_what_is_not_ones_own_is_others(machine):
    meter = ProcessorMeter()
    machine.passes(2.0, own=1.0, busy=2.5, stolen=0.5)
    use = meter.use()
    assert use == ProcessorUse(4.0, 1.0, pytest.approx(2.0))
    assert use.others_share == pytest.approx(0.5)
    assert not use.is_full
    machine.passes(2.0, own=2.0, busy=4.0)
    assert meter.use().is_full


def test_two_looks_at_once_are_one(machine):
    meter = ProcessorMeter()
    machine.passes(0.1, own=0.1, busy=0.2)
    assert meter.use() is None
    machine.passes(0.9, own=0.1, busy=0.2)
    assert meter.use() == ProcessorUse(pytest.approx(2.0), pytest.approx(0.2), pytest.approx(0.2))


def test_a_child_that_is_gone_with_its_time_leaves_the_use_unknown(machine):
    meter = ProcessorMeter()
    machine.passes(1.0, own=-0.5, busy=0.2)
    assert meter.use() is None
    machine.passes(1.0, own=0.5, busy=0.5)
    assert meter.use().others_share == 0


def test_what_a_child_used_before_it_was_found_is_not_its_use_since(machine):
    """A lane's import, of seconds, in the half second in which the lane is first seen."""
    meter = ProcessorMeter()
    child = Child(30.0)
    machine.found = [child]
    machine.passes(0.5, busy=1.0)
    assert meter.use() == ProcessorUse(pytest.approx(1.0), pytest.approx(1.0), pytest.approx(0.0))
    child.used_s += 0.25
    machine.passes(0.5, busy=1.0)
    assert meter.use() == ProcessorUse(pytest.approx(1.0), pytest.approx(0.25), pytest.approx(0.75))


def test_who_starts_a_child_finds_it_at_once(machine):
    ProcessorMeter().use()
    child = Child(0.0)
    machine.found = [child]
    machine.passes(1.0)
    meter = ProcessorMeter()
    child.used_s += 0.5
    machine.passes(1.0, busy=0.5)
    assert meter.use() == ProcessorUse(pytest.approx(2.0), pytest.approx(0.5), pytest.approx(0.0))


def test_a_group_with_fewer_cores_counts_where_its_others_take_more(machine):
    machine.group = (1.0, 7.0)
    meter = ProcessorMeter()
    machine.passes(2.0, own=1.0, busy=2.0)
    machine.group = (1.0, 9.0)
    assert meter.use() == ProcessorUse(2.0, 1.0, 1.0)


def test_cores_that_count_nothing_are_unknown(machine):
    machine.cores = [Core(0, 0, 0, 0, 0, 0)] * 2
    meter = ProcessorMeter()
    machine.now += 1
    assert meter.use() is None


@pytest.mark.parametrize("error", [FileNotFoundError("/proc/stat"), NotImplementedError(), KeyError("cpu")])
def test_a_system_that_does_not_count_is_unknown(machine, monkeypatch, error):
    def fails(**_):
        raise error

    monkeypatch.setattr(psutil, "cpu_times", fails)
    meter = ProcessorMeter()
    machine.now += 1
    assert meter.use() is None


@pytest.mark.skipif(sys.platform != "linux", reason="children's time is counted on Linux")
def test_a_busy_child_is_ones_own(monkeypatch):
    monkeypatch.setattr(processor, "_shared", processor._Readings())
    code = "import time\nwhile time.process_time() < 0.5: pass"
    child = subprocess.Popen([sys.executable, "-c", code])
    meter = ProcessorMeter()
    child.wait()
    use = meter.use()
    assert use.own_s > 0.1
    assert 0 <= use.others_share <= 1
