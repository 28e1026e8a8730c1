"""Turns, by a table of lanes that only write down what they are told."""

import random
import threading

import pytest

from fwtui.lane.control import LaneCommand
from fwtui.race.schedule import BLOCK_NS, Turns


class Table:
    """Turns with a clock of its own; `told` is what each run was told, in order."""

    def __init__(self, *runs, steps=10_000, built=True, **limits):
        self.told, self.now = [], 0.0
        limits = {"hung_s": 10, "silent_s": 3, **limits}
        self.turns = Turns(
            runs, steps, lambda run, word: self.told.append((run, word)), clock=lambda: self.now, **limits
        )
        if built:
            for run in runs:
                self.turns.ready(run)

    @property
    def order(self):
        return [run for run, word in self.told if word.verb != "yield"]

    def play(self, turns):
        """Lets whoever has the turn use it, so many times."""
        for _ in range(turns):
            self.turns.over(self.order[-1])

    def wait(self, seconds, alive=()):
        """Lets time pass as the app does: watched twice a second, with heartbeats of `alive`."""
        for _ in range(int(seconds * 2)):
            self.now += 0.5
            for run in alive:
                self.turns.heard(run)
            self.turns.watch()


def test_nobody_starts_before_all_first_runs_are_ready_or_over():
    table = Table(0, 1, 2, built=False)
    table.turns.ready(0)
    table.turns.ready(2)
    assert table.told == []
    table.turns.leave(1)
    assert table.told == [(0, LaneCommand("grant", 1))]


def test_turns_go_round():
    table = Table(0, 1, 2)
    table.play(6)
    assert table.order == [0, 1, 2, 0, 1, 2, 0]


def test_only_the_holder_can_end_a_turn():
    table = Table(0, 1)
    table.turns.over(1)
    assert table.order == [0]


def test_blocks_grow_while_the_slowest_fits():
    table = Table(0, 1)
    for _ in range(20):
        table.turns.timed(0, 1e6)
        table.turns.timed(1, 5e6)
    table.play(1)
    assert table.told[-1][1] == LaneCommand("grant", int(BLOCK_NS / 5e6))
    table.turns.timed(1, 50e6)
    table.play(1)
    assert table.told[-1][1] == LaneCommand("grant", int(BLOCK_NS / (1.25 * 5e6))), (
        "one cold step is no evidence"
    )
    for _ in range(20):
        table.turns.timed(1, 50e6)
    table.play(1)
    assert table.told[-1][1] == LaneCommand("grant", 1)
    table.turns.leave(1)
    table.turns.timed(0, 1e6)
    table.turns.timed(0, 0.0)
    table.play(1)
    assert table.told[-1][1] == LaneCommand("grant", 4), "twofold at most, and no division by zero"


def test_a_block_is_at_most_a_tenth_of_the_steps():
    table = Table(0, 1, steps=100)
    for _ in range(20):
        table.turns.timed(0, 1)
    table.play(1)
    assert table.told[-1][1] == LaneCommand("grant", 10)


def test_who_is_ready_does_not_wait_for_ever_for_who_is_not():
    table = Table(0, 1, built=False, awaited_s=30)
    table.wait(60)
    table.turns.ready(1)
    table.wait(29)
    assert table.order == []
    table.wait(2, alive=[1])
    assert table.order == [1]
    table.turns.ready(0)
    table.play(2)
    assert table.order == [1, 0, 1], "who comes late takes its place"


def test_a_paused_run_is_passed_by_until_it_resumes():
    table = Table(0, 1)
    table.turns.pause(1)
    table.play(3)
    assert table.order == [0, 0, 0, 0]
    table.turns.resume(1)
    table.play(1)
    assert table.order[-1] == 1


def test_a_run_that_was_paused_before_it_was_built_stays_paused():
    table = Table(0, 1, built=False)
    table.turns.pause(0)
    table.turns.ready(0)
    table.turns.ready(1)
    table.play(2)
    assert table.order == [1, 1, 1]


def test_single_steps_come_in_turn_paused_or_not():
    table = Table(0, 1)
    table.turns.pause(1)
    table.turns.single(1)
    table.turns.single(1)
    table.play(5)
    assert [word.verb for run, word in table.told if run == 1] == ["step", "step"]
    assert table.order == [0, 1, 0, 1, 0, 0]


def test_a_lingering_run_takes_single_steps_and_comes_back_when_it_is_ready():
    table = Table(0, 1)
    table.play(1)
    table.turns.over(1)
    table.turns.done(1)
    table.play(2)
    assert table.order[-2:] == [0, 0]
    table.turns.single(1)
    table.play(1)
    assert table.told[-1] == (1, LaneCommand("step"))
    table.turns.over(1)
    table.turns.ready(1)
    table.play(1)
    assert table.order[-1] == 1


@pytest.mark.parametrize("state", ["over", "not built"])
def test_the_turn_never_goes_to_a_run_that_cannot_take_it(state):
    table = Table(0, 1)
    run = 7
    if state == "over":
        run = 1
        table.turns.leave(1)
    table.turns.single(run)
    table.turns.resume(run)
    table.play(5)
    assert table.order == [0] * 6 if state == "over" else [0, 1] * 3


def test_a_run_that_is_done_still_answers_the_turn_that_it_was_given():
    table = Table(0, 1)
    table.turns.done(0)
    assert table.order == [0]
    table.turns.over(0)
    assert table.order == [0, 1]


def test_a_holder_that_leaves_passes_the_turn_on():
    table = Table(0, 1)
    table.turns.leave(0)
    assert table.order == [0, 1]


def test_a_run_that_joins_later_takes_part_when_it_is_ready():
    table = Table(0, 1)
    table.turns.leave(1)
    table.play(1)
    table.turns.ready(2)
    table.play(2)
    assert table.order[-2:] == [2, 0]


def test_a_hung_step_loses_the_turn_although_its_process_is_alive():
    table = Table(0, 1)
    table.turns.stepped(0)
    table.wait(9.5, alive=[0, 1])
    assert table.order == [0]
    table.wait(1, alive=[0, 1])
    assert table.told[-2:] == [(0, LaneCommand("yield")), (1, LaneCommand("grant", 1))]
    table.play(2)
    assert table.order == [0, 1, 1, 1], "passed over until it has answered"
    table.turns.over(0)
    assert table.order[-1] == 1, "it answered the turn that it had lost, not the present one"
    table.play(1)
    assert table.order[-1] == 0


def test_a_first_step_that_compiles_is_waited_for():
    table = Table(0, 1)
    table.wait(300, alive=[0])
    assert table.order == [0]


def test_a_silent_process_loses_the_turn_even_in_its_first_step():
    table = Table(0, 1)
    table.wait(4)
    assert table.order[:2] == [0, 1]


def test_without_heartbeats_silence_says_nothing():
    table = Table(0, 1, silent_s=None)
    table.wait(60)
    assert table.order == [0]
    table.turns.stepped(0)
    table.wait(1)
    assert table.order == [0, 1]


def test_long_steps_are_no_hang():
    table = Table(0, 1)
    table.turns.stepped(0)
    table.turns.timed(0, 12e9)
    table.wait(40, alive=[0])
    assert table.order == [0]
    table.wait(10, alive=[0])
    assert table.order == [0, 1]


def test_who_was_stopped_itself_blames_nobody():
    table = Table(0, 1)
    table.turns.stepped(0)
    table.now += 1000
    table.turns.watch()
    assert table.order == [0]
    table.wait(2)
    assert table.order == [0]
    table.wait(2)
    assert table.order == [0, 1]


def test_a_hung_run_that_ends_is_forgotten():
    table = Table(0, 1)
    table.wait(4)
    table.turns.leave(0)
    table.play(2)
    assert table.order == [0, 1, 1, 1]


def test_whatever_happens_in_whatever_order_one_run_at_most_has_the_turn():
    random.seed(0)
    for _ in range(300):
        table = Table(0, 1, 2)
        given, alive = {}, {0, 1, 2}

        def answered(run, given=given, table=table):
            words = sum(1 for told, word in table.told if told == run and word.verb != "yield")
            return words == given.get(run, 0)

        for _ in range(60):
            run = random.choice([0, 1, 2])
            act = random.choice(
                ["over", "over", "over", "pause", "resume", "single", "done", "ready", "leave"]
            )
            if run not in alive and act in ("over", "done", "ready"):
                continue
            if act == "over":
                if answered(run):
                    continue
                given[run] = given.get(run, 0) + 1
            if act == "leave":
                if random.random() < 0.9:
                    continue
                alive.discard(run)
            getattr(table.turns, act)(run)
            assert sum(not answered(other) for other in alive) <= 1


def test_lanes_in_threads_never_hold_the_turn_together():
    holding, overlaps, left = [], [], threading.Barrier(4)
    events = {run: threading.Semaphore(0) for run in range(3)}
    turns = Turns(events, 1000, lambda run, word: events[run].release())

    def lane(run):
        turns.ready(run)
        for _ in range(500):
            if not events[run].acquire(timeout=60):
                overlaps.append(("starved",))
                break
            holding.append(run)
            overlaps.extend([tuple(holding)] * (len(holding) > 1))
            holding.remove(run)
            turns.timed(run, 1000.0)
            turns.over(run)
        turns.leave(run)
        left.wait(90)

    for run in events:
        threading.Thread(target=lane, args=(run,), daemon=True).start()
    left.wait(90)
    assert overlaps == []


class Paced(Table):
    """A table whose wakes the test calls."""

    def __init__(self, *runs, pace, **settings):
        self.wakes = []
        super().__init__(
            *runs, pace=pace, later=lambda seconds, work: self.wakes.append((seconds, work)), **settings
        )

    def used(self, seconds=0.0):
        """Whoever has the turn has used it."""
        self.now += seconds
        self.turns.over(self.order[-1])

    def wake(self):
        seconds, work = self.wakes.pop()
        self.now += seconds
        work()


def test_a_pace_holds_back_the_next_turn_and_no_other_lane():
    table = Paced(0, 1, pace=5.0)
    table.used(0.01)
    assert table.told == [(0, LaneCommand("grant", 1)), (1, LaneCommand("grant", 1))]
    table.used(0.01)
    assert len(table.told) == 2, "neither may step again so soon"
    table.wake()
    assert table.now == pytest.approx(0.2)
    assert table.order == [0, 1, 0]
    table.used(0.01)
    table.used(0.01)
    table.wake()
    assert table.now == pytest.approx(0.4)
    assert table.order == [0, 1, 0, 1, 0]


def test_a_quick_pace_is_kept_by_blocks_of_steps():
    table = Paced(0, pace=200.0)
    for _ in range(40):
        table.turns.timed(0, 1e6)
        table.used(0.001)
        if table.wakes:
            table.wake()
    steps = sum(word.steps for _, word in table.told)
    assert table.told[-1] == (0, LaneCommand("grant", 10))
    assert steps / table.now == pytest.approx(200, rel=0.1)


def test_a_single_step_waits_for_no_pace():
    table = Paced(0, pace=1.0)
    table.used(0.01)
    table.turns.pause(0)
    table.turns.single(0)
    assert table.told[-1] == (0, LaneCommand("step"))


def test_a_lane_too_slow_for_its_pace_does_not_catch_up():
    table = Paced(0, pace=10.0)
    for _ in range(5):
        table.used(0.5)
    assert len(table.told) == 6
    table.used(0.01)
    assert table.wakes, "it had not saved up any steps"
