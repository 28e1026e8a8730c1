"""Where lanes meet; none of them ever starts."""

from fwtui.core.outcome import Ended
from fwtui.tui.common.common_step import common_step
from tests.tui import still
from tests.tui.still import NOW, race, training

BOTH = ("tf.eager", "torch.eager")


def at(*steps, total=100_000):
    """The lanes of a race after so many steps."""
    model = still.still_model(race(*BOTH, steps=str(total)))
    for index, count in enumerate(steps):
        for record in training(BOTH[index], count):
            model._hear(model.lanes[index].run, record)
    model.drain()
    return model.lanes


def test_lanes_meet_a_little_beyond_the_one_ahead():
    lanes = at(312, 330)
    assert 330 < common_step(lanes) < 2_000
    assert common_step(lanes) == common_step(lanes[::-1])


def test_where_all_are_done_they_meet_too():
    assert common_step(at(312, 330, total=331)) == 331


def test_a_lane_that_is_paused_is_met_where_it_stands_if_the_other_comes_there():
    lanes = at(312, 312)
    lanes[1].paused = True
    assert common_step(lanes) == 0
    lanes[1].history.steps = 2_000
    assert common_step(lanes) == 2_000
    lanes[1].history.steps = 90_000
    assert common_step(lanes) == 0


def test_lanes_that_halt_or_are_far_apart_do_not_meet():
    lanes = at(312, 330)
    lanes[1].history.steps = 90_000
    assert common_step(lanes) == 0
    lanes[1].history.steps = 0
    assert common_step(lanes) == 0
    lanes = at(312, 330)
    lanes[0].paused = True
    lanes[1].history.ended = Ended("done", 330, NOW, lingers=True)
    assert common_step(lanes) == 0
