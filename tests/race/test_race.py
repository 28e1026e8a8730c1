"""Races of scripted lanes: what one lane suffers must not touch the others."""

import os
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise

import numpy as np
import psutil
import pytest

from fwtui.core.outcome import Ended
from fwtui.core.records import Alive, Built, Imported, PhaseEntered, RunStateChanged, Steps
from fwtui.core.spec import Interpreter
from tests import scripted
from tests.conftest import lane_processes
from tests.scripted import step as scripted_step
from tests.scripted.lanes import Running, counted, lane

pytestmark = pytest.mark.usefixtures("scripted_backends")
FOREVER = 10**9
BOTH_HOSTS = pytest.mark.parametrize("host", ["process", "thread"])
BOTH_SCHEDULES = pytest.mark.parametrize("schedule", ["race", "turns"])


@BOTH_HOSTS
@BOTH_SCHEDULES
def test_every_step_of_every_lane_is_counted_once_and_in_order(host, schedule):
    with Running(lane(steps=20_000), lane("other", steps=20_000), host=host, schedule=schedule) as (
        race,
        heard,
    ):
        assert race.wait(60)
        for number in (0, 1):
            assert counted(heard.of(number)) == 20_000
            assert heard.of(number, Ended)[-1].outcome == "done"
            np.testing.assert_allclose(
                heard.column(number, "loss")[:1000], 1000 * 0.99 ** np.arange(1000), rtol=2e-6
            )


@BOTH_HOSTS
def test_in_turns_no_two_steps_overlap(host):
    lanes = lane(steps=6000), lane("other", steps=6000), lane("slow", steps=60)
    with Running(*lanes, host=host, schedule="turns") as (race, heard):
        assert race.wait(60)
        steps = []
        for number in range(3):
            started, took = heard.column(number, "started_ns"), heard.column(number, "step_ns")
            steps += zip(started, started + took, [number] * len(started), strict=True)
    steps.sort()
    assert all(before[1] <= after[0] for before, after in pairwise(steps))
    changes = sum(before[2] != after[2] for before, after in pairwise(steps))
    assert changes > 40, "the lanes did alternate"


def test_paced_lanes_take_short_turns():
    paced = lane(steps=FOREVER, pace=200)
    with Running(paced, paced, schedule="turns") as (_, heard):
        heard.at_least(0, 100)
        heard.at_least(1, 100)
        firsts = [[one.first for one in heard.of(number, Steps)] for number in (0, 1)]
        assert max(b - a for steps in firsts for a, b in pairwise(steps)) <= 20


@BOTH_SCHEDULES
def test_a_pace_is_that_of_each_lane(schedule):
    paced = lane(steps=FOREVER, pace=20)
    with Running(paced, paced, schedule=schedule) as (_, heard):
        for number in (0, 1):
            heard.at_least(number, 40)
        for number in (0, 1):
            started = heard.column(number, "started_ns")[1:40]
            apart = (started[-1] - started[0]) / 1e9 / (len(started) - 1)
            assert 0.95 / 20 < apart < 1.7 / 20


def test_in_a_race_steps_do_overlap():
    with Running(lane("slow", steps=60), lane("slow", steps=60)) as (race, heard):
        assert race.wait(60)
        first, second = (heard.column(number, "started_ns") for number in (0, 1))
        assert first[0] < second[-1]
        assert second[0] < first[-1]


FAULTS = {
    "nan": "the loss is nan",
    "inf": "the loss is inf",
    "raise": "the script says no",
    "oom": "out of memory",
    "abort": "SIGABRT",
    "exit": "exit code 3",
    "missing.ok": "Missing is not installed",
}


@pytest.mark.parametrize(
    ("mode", "schedule"), [(mode, ("turns", "race")[n % 2]) for n, mode in enumerate(FAULTS)]
)
def test_the_other_lane_trains_on_to_its_end(mode, schedule):
    with Running(lane(mode, steps=500), lane(steps=500), schedule=schedule) as (race, heard):
        assert race.wait(60)
        assert heard.ended(0).outcome in ("failed", "diverged")
        assert FAULTS[mode] in heard.ended(0).reason
        assert (heard.ended(1).outcome, counted(heard.of(1))) == ("done", 500)


@BOTH_SCHEDULES
def test_a_killed_lane_names_the_signal_and_the_other_trains_on(schedule):
    with Running(lane("slow", steps=FOREVER), lane("slow", steps=40), schedule=schedule) as (race, heard):
        heard.at_least(0, 3)
        os.kill(heard.comes(0, Imported).pid, signal.SIGKILL)
        assert "SIGKILL" in heard.ended(0).reason
        assert race.wait(60)
        assert (heard.ended(1).outcome, counted(heard.of(1))) == ("done", 40)


@pytest.mark.parametrize(("mode", "limits"), [("hang", {"hung_s": 1.0}), ("wedged", {"silent_s": 1.0})])
def test_a_hung_step_does_not_keep_the_turn(mode, limits):
    lanes = lane(mode, steps=2000), lane(steps=2000)
    with Running(*lanes, schedule="turns", **limits) as (race, heard):
        assert not race.wait(0.01)
        waiter = threading.Thread(target=race.wait, args=(30,), daemon=True)
        waiter.start()
        assert heard.ended(1).outcome == "done"
        assert counted(heard.of(1)) == 2000
        assert not heard.of(0, Ended)


def test_a_hung_thread_does_not_keep_the_turn_and_takes_part_again():
    scripted_step.RELEASE.clear()
    lanes = lane("hang", steps=2000), lane("slow", steps=100)
    with Running(*lanes, schedule="turns", host="thread", hung_s=0.5) as (race, heard):
        by = time.monotonic() + 20
        while heard.steps(1) < 40 and time.monotonic() < by:
            race.watch()
            time.sleep(0.05)
        assert heard.steps(0) <= 20
        scripted_step.RELEASE.set()
        assert race.wait(60)
        assert [counted(heard.of(number)) for number in (0, 1)] == [2000, 100]


def test_a_stopped_process_does_not_keep_the_turn_and_takes_part_again():
    lanes = lane("slow", steps=100), lane("slow", steps=100)
    with Running(*lanes, schedule="turns", silent_s=1.0) as (race, heard):
        heard.at_least(0, 5)
        pid = heard.comes(0, Imported).pid
        os.kill(pid, signal.SIGSTOP)
        threading.Thread(target=race.wait, args=(60,), daemon=True).start()
        assert heard.ended(1).outcome == "done"
        assert not heard.of(0, Ended)
        os.kill(pid, signal.SIGCONT)
        assert heard.ended(0).outcome == "done"
        assert [counted(heard.of(number)) for number in (0, 1)] == [100, 100]


@BOTH_HOSTS
@BOTH_SCHEDULES
def test_pause_step_and_resume(host, schedule):
    lanes = lane(steps=FOREVER), lane("slow", steps=FOREVER)
    with Running(*lanes, host=host, schedule=schedule) as (race, heard):
        heard.at_least(0, 50)
        race.pause(0)
        heard.comes(0, RunStateChanged, standing="paused")
        at = heard.steps(0)
        heard.at_least(1, heard.steps(1) + 10)
        assert heard.steps(0) == at
        for more in (1, 2, 3):
            race.step(0)
            heard.at_least(0, at + more)
        heard.at_least(1, heard.steps(1) + 10)
        assert heard.steps(0) == at + 3
        race.resume(0)
        heard.at_least(0, at + 50)
        race.step(0)
        heard.until(lambda: [s.standing for s in heard.of(0, RunStateChanged)][-1] == "paused")


@BOTH_HOSTS
@BOTH_SCHEDULES
def test_a_pause_before_the_first_step_holds_until_resumed(host, schedule):
    lanes = lane(steps=500), lane("slow", steps=50)
    with Running(*lanes, host=host, schedule=schedule) as (race, heard):
        race.pause(0)
        assert heard.ended(1).outcome == "done"
        assert heard.steps(0) <= (500 if host == "thread" and schedule == "race" else 1)
        race.resume(0)
        assert heard.ended(0).outcome == "done"
        assert counted(heard.of(0)) == 500


@BOTH_HOSTS
@BOTH_SCHEDULES
def test_lingering_lanes_take_more_steps(host, schedule):
    lanes = lane(steps=50, linger=True), lane("other", steps=50, linger=True)
    with Running(*lanes, host=host, schedule=schedule) as (race, heard):
        for number in (0, 1):
            heard.comes(number, Ended, step=50, lingers=True)
        for round_ in range(1, 4):
            for number in (0, 1):
                race.train_on(number, 30)
            for number in (0, 1):
                heard.comes(number, Ended, step=50 + 30 * round_, lingers=True)
        race.step(1)
        heard.comes(1, Ended, step=141, lingers=True)
        race.train_on(1, 9)
        heard.comes(1, Ended, step=150, lingers=True)
        for number in (0, 1):
            race.stop(number)
        assert race.wait(60)
        for number, steps in ((0, 140), (1, 150)):
            end = heard.of(number)[-1]
            assert (end.outcome, end.step, end.lingers) == ("done", steps, False)
            assert counted(heard.of(number)) == steps


def test_train_on_while_a_lane_comes_to_its_end_is_never_lost():
    lanes = lane(steps=100, linger=True), lane(steps=100, linger=True)
    with Running(*lanes, schedule="turns") as (race, heard):
        heard.at_least(0, 1)
        for more in range(1, 60):
            race.train_on(0, 10)
            heard.at_least(0, 10 * more)
        heard.comes(0, Ended, step=690, lingers=True)


@BOTH_SCHEDULES
def test_words_to_a_lane_that_is_over_disturb_nobody(schedule):
    with Running(lane("raise"), lane("slow", steps=60), schedule=schedule) as (race, heard):
        heard.ended(0)
        race.step(0)
        race.train_on(0, 10)
        race.pause(0)
        race.resume(0)
        race.stop(0)
        assert heard.ended(1).outcome == "done"


MOMENTS = {
    "importing": lambda race, heard: heard.comes(0, PhaseEntered, phase="import"),
    "building": lambda race, heard: heard.comes(0, PhaseEntered, phase="build"),
    "training": lambda race, heard: heard.at_least(0, 5),
    "hung": lambda race, heard: heard.comes(0, Alive),
    "paused": lambda race, heard: (
        heard.at_least(0, 5),
        race.pause(0),
        heard.comes(0, RunStateChanged, standing="paused"),
    ),
}
MODES = {"importing": "sleepy.ok", "building": "stuck", "training": "slow", "hung": "hang", "paused": "slow"}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(("what", "schedule"), [("stop", "race"), ("stop", "turns"), ("replace", "turns")])
def test_a_lane_is_stopped_or_replaced_at_any_moment(schedule, moment, what):
    lanes = lane(MODES[moment], steps=FOREVER), lane("slow", steps=30)
    with Running(*lanes, schedule=schedule) as (race, heard):
        MOMENTS[moment](race, heard)
        if what == "stop":
            race.stop(0)
        else:
            by_turns = schedule == "turns"
            run = race.replace(0, lane("other", steps=200, by_turns=by_turns))
            assert race.runs[0] is run
            assert heard.ended(run.number).outcome == "done"
            assert counted(heard.of(run.number)) == 200
        assert heard.ended(0).outcome == "stopped"
        assert heard.ended(1).outcome == "done"
        assert race.wait(60)
    assert lane_processes() == []


def test_in_turns_a_replaced_lane_steps_beside_nobody():
    lanes = lane("slow", steps=FOREVER), lane("slow", steps=60)
    with Running(*lanes, schedule="turns") as (race, heard):
        for _ in range(3):
            heard.at_least(race.runs[0].number, 4)
            race.replace(0, lane("slow", steps=FOREVER, by_turns=True))
        heard.ended(1)
        race.close(2)
        steps = []
        for number in [number for number in heard.records if heard.steps(number)]:
            started = heard.column(number, "started_ns")
            steps += zip(started, started + heard.column(number, "step_ns"), strict=True)
    steps.sort()
    assert all(before[1] <= after[0] for before, after in pairwise(steps))


@BOTH_HOSTS
def test_a_lane_joins_and_another_leaves_while_the_others_go_on(host):
    with Running(
        lane("slow", steps=FOREVER), lane("slow", steps=FOREVER), schedule="turns", host=host
    ) as run:
        race, heard = run
        second = race.runs[1]
        heard.at_least(0, 4)
        third = race.add(lane("slow", steps=FOREVER, by_turns=True, device="auto"))
        heard.at_least(third.number, 4)
        race.pause(1)
        race.remove(0)
        assert heard.ended(0).outcome == "stopped"
        assert race.runs == (second, third)
        assert (second.lane, third.lane) == (0, 1)
        steps = heard.steps(third.number)
        heard.at_least(third.number, steps + 4)
        race.resume(0)
        heard.at_least(1, heard.steps(1) + 4)
        race.stop(1)
        assert heard.ended(third.number).outcome == "stopped"
        race.remove(1)
        heard.at_least(1, heard.steps(1) + 4)


@BOTH_HOSTS
def test_restarts_by_the_dozen_leave_nothing_behind(host):
    with Running(lane(steps=FOREVER), lane(steps=FOREVER), host=host) as (race, heard):
        for _ in range(10):
            for number in (0, 1):
                race.replace(number, lane(steps=FOREVER))
        last = [run.number for run in race.runs]
        for number in last:
            heard.at_least(number, 10)
        assert race.close(10)
        assert {heard.ended(number).outcome for number in range(22)} == {"stopped"}


@pytest.mark.parametrize("mode", ["sleepy.ok", "stuck", "hang", "ok"])
def test_closing_ends_whatever_a_lane_does(mode):
    with Running(lane(mode, steps=FOREVER), lane(steps=FOREVER)) as (race, heard):
        for number in (0, 1):
            heard.comes(number, Alive)
        assert race.close(1), "closed within a second"
        assert lane_processes() == []


def test_a_race_that_never_started_is_closed_too():
    race = Running(lane(), lane()).race
    race.close(0)
    race.start()
    assert race.wait(60)
    assert lane_processes() == []


def test_the_apps_own_death_takes_every_lane_with_it():
    app = subprocess.Popen(
        [sys.executable, "-m", "tests.race.app_to_kill"], stdout=subprocess.PIPE, text=True, cwd=scripted.ROOT
    )
    with app:
        pids = [int(pid) for pid in app.stdout.readline().split()]
        lanes = [psutil.Process(pid) for pid in pids]
        assert len(lanes) == 4
        app.kill()
    _, alive = psutil.wait_procs(lanes, timeout=10)
    for process in alive:
        process.kill()
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_lanes_have_settings_of_their_own():
    lanes = lane(dtype="float64", threads=2, seed=1), lane(steps=7)
    with Running(*lanes) as (race, heard):
        assert race.wait(60)
        builts = [heard.of(number, Built)[0] for number in (0, 1)]
        assert [(built.dtype, built.threads) for built in builts] == [("float64", 2), ("float32", 1)]
        assert builts[0].weights_sha256 != builts[1].weights_sha256
        assert [counted(heard.of(number)) for number in (0, 1)] == [40, 7]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system binds no cores")
def test_a_lane_is_bound_to_its_cores():
    core = min(os.sched_getaffinity(0))
    with Running(lane(cores=(core,)), lane()) as (race, heard):
        assert race.wait(60)
        assert [heard.of(number, Built)[0].cores for number in (0, 1)] == [
            (core,),
            tuple(sorted(os.sched_getaffinity(0))),
        ]


def test_a_lane_is_started_once_however_often_it_is_asked_for():
    with Running(lane(), lane()) as (race, heard):
        race.start()
        assert race.wait(60)
        for number in (0, 1):
            assert counted(heard.of(number)) == 40


def test_lanes_of_another_machine_wait_for_no_turn_of_this_one():
    """Threads stand for both machines: where a lane's process runs is not theirs to know."""
    specs = [
        lane("slow", steps=5, by_turns=True),
        lane(steps=400, by_turns=True, interpreter=Interpreter(ssh="box")),
        lane("other", steps=400, by_turns=True, interpreter=Interpreter(ssh="me@box")),
    ]
    with Running(*specs, host="thread") as (race, heard):
        assert race.wait(30)
    assert set(race._turns) == {"", "box"}
    assert [heard.steps(number) for number in range(3)] == [5, 400, 400]
