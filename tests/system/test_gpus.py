"""Drivers that answer, fail, hang, come and go: nobody waits for them, and what is unknown is told so."""

from __future__ import annotations

import time

import pytest

from fwtui.system.gpus import GpuError, GpuMonitor, Reading
from tests.scripted.gpus import H200, Driver


def until(condition, seconds=5.0):
    by = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < by
        time.sleep(0.01)


@pytest.fixture
def driver():
    made = Driver()
    yield made
    made.hangs = False
    made.release.set()


def test_what_it_said_last_without_waiting(driver):
    monitor = GpuMonitor(lambda: driver, ask_s=0.01)
    assert monitor.read() == Reading(problem="the driver has not answered yet")
    assert monitor.first() == Reading((H200,), "570.1")
    assert monitor.read().card(H200.pci_bus_id) is H200
    assert monitor.read().card("0000:ff:00.0") is None
    asked = driver.asked
    until(lambda: driver.asked > asked)


def test_a_driver_that_hangs_is_named_and_waited_for_by_nobody(driver):
    monitor = GpuMonitor(lambda: driver, ask_s=0.01, limit_s=0.05)
    assert monitor.first().cards
    driver.hangs = True
    until(lambda: "has not answered for" in monitor.read().problem)
    since = time.monotonic()
    assert monitor.read().cards == ()
    assert time.monotonic() - since < 1
    driver.hangs = False
    driver.release.set()
    until(lambda: monitor.read().cards)


def test_one_that_hangs_from_the_first_holds_nobody_for_long(driver):
    driver.hangs = True
    since = time.monotonic()
    assert not GpuMonitor(lambda: driver).first(0.05).cards
    assert time.monotonic() - since < 2


def test_a_failure_is_told_and_tried_again(driver, monkeypatch):
    monkeypatch.setattr("fwtui.system.gpus.RETRY_S", 0.01)
    monitor = GpuMonitor(lambda: driver, ask_s=0.01)
    driver.problem = "the GPU is lost"
    assert monitor.first() == Reading(driver="570.1", problem="the GPU is lost")
    driver.problem = ""
    until(lambda: monitor.read().cards)


def test_an_error_of_the_binding_s_own_is_told_and_the_thread_goes_on(driver, monkeypatch):
    monkeypatch.setattr("fwtui.system.gpus.RETRY_S", 0.01)
    monitor = GpuMonitor(lambda: driver, ask_s=0.01)
    driver.raises = UnicodeDecodeError("utf-8", b"x", 0, 1, "no")
    assert monitor.first().problem.startswith("the NVIDIA driver cannot be asked: UnicodeDecodeError")
    driver.raises = None
    until(lambda: monitor.read().cards)


def test_where_there_is_none(monkeypatch):
    def connect():
        raise GpuError("no NVIDIA driver")

    assert GpuMonitor(connect).first() == Reading(problem="no NVIDIA driver")


def test_nobody_looks_and_it_is_left_alone(driver, monkeypatch):
    monkeypatch.setattr("fwtui.system.gpus.IDLE_S", 0.05)
    monitor = GpuMonitor(lambda: driver, ask_s=0.01)
    monitor.first()
    time.sleep(0.2)
    asked = driver.asked
    time.sleep(0.1)
    assert driver.asked == asked
    monitor.read()
    until(lambda: driver.asked > asked)
