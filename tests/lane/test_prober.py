"""Probes: at the steps that were asked, outside of them, and without a trace in the training."""

from dataclasses import replace

import pytest

from fwtui.core.records import NetInspected, NotProbed, PhaseEntered, Probed, Steps
from fwtui.core.spec import Probes
from tests.scripted import step as scripted_step
from tests.scripted.lanes import alone, lane


def at(probes, upto):
    steps, step = [], probes.at_or_after(0)
    while step <= upto:
        steps.append(step)
        step = probes.at_or_after(step + 1)
    return steps


def test_growing_distances():
    assert at(Probes(), 100) == [0, 1, 2, 3, 4, 6, 9, 13, 19, 28, 42, 63, 94]


def test_every_so_many_steps_and_the_first_two():
    assert at(Probes(every=10), 35) == [0, 1, 10, 20, 30]
    assert at(Probes(every=1), 4) == [0, 1, 2, 3, 4]


def test_none_before_the_first():
    assert at(Probes(every=3, first=7), 13) == [9, 12]
    assert at(Probes(every=1, first=1), 3) == [1, 2, 3]


def test_none_after_the_last_which_is_one():
    assert at(Probes(last=10), 100) == [0, 1, 2, 3, 4, 6, 9, 10]
    assert at(Probes(every=5, last=5), 100) == [0, 1, 5]


def run(monkeypatch, probes, steps=10, mode="ok"):
    """What a lane says, and what its backend was asked, in order."""
    asked = []
    for name in ("step", "compute", "load", "at"):
        original = getattr(scripted_step.Scripted, name)

        def noted(self, given, name=name, original=original):
            asked.append(name)
            return original(self, given)

        monkeypatch.setattr(scripted_step.Scripted, name, noted)
    said, end = alone(lane(mode, steps=steps, probes=probes), host="thread")
    assert end.outcome == "done"
    return said, asked


@pytest.mark.usefixtures("scripted_backends")
class TestLane:
    def test_probes_come_at_their_steps_and_after_the_last(self, monkeypatch):
        said, _ = run(monkeypatch, Probes(), steps=8)
        assert [one.step for one in said if isinstance(one, Probed)] == [0, 1, 2, 3, 4, 6, 8]
        assert sum(one.count for one in said if isinstance(one, Steps)) == 8

    def test_the_last_step_is_probed_once(self, monkeypatch):
        said, _ = run(monkeypatch, Probes(), steps=6)
        assert [one.step for one in said if isinstance(one, Probed)] == [0, 1, 2, 3, 4, 6]

    def test_the_first_step_runs_before_anything_is_probed(self, monkeypatch):
        """With the first weights put back for its probe, and the present ones afterwards; once more at the
        end, to see that they still give the first loss.
        """
        _, asked = run(monkeypatch, Probes(), steps=2)
        first = ["at", "load", "compute"]
        assert asked == ["step", *first, "compute", "step", "compute", *first]

    def test_a_network_that_gives_another_first_loss_at_the_end_has_a_state(self, monkeypatch):
        compute = scripted_step.Scripted.compute

        def counted(self, batch):
            computed = compute(self, batch)
            metrics = {"loss": computed.metrics["loss"] * (2 if self.count > 3 else 1)}
            return replace(computed, metrics=metrics)

        monkeypatch.setattr(scripted_step.Scripted, "compute", counted)
        said, _ = run(monkeypatch, Probes(), steps=5)
        assert [one.is_stateful for one in said if isinstance(one, NetInspected)] == [False, True]

    def test_one_step_alone(self, monkeypatch):
        said, asked = run(monkeypatch, Probes(), steps=1)
        assert [one.step for one in said if isinstance(one, Probed)] == [0, 1]
        assert asked[0] == "step"

    def test_without_probes_nothing_is_asked(self, monkeypatch):
        _, asked = run(monkeypatch, None, steps=3)
        assert asked == ["step"] * 3

    def test_a_probe_holds_gradients_and_parameters_by_name(self, monkeypatch):
        said, _ = run(monkeypatch, Probes(), steps=1, mode="lost")
        probe = next(one for one in said if isinstance(one, Probed))
        gradients, parameters = dict(probe.gradients), dict(probe.parameters)
        assert list(parameters) == ["w1", "w2"]
        assert gradients["w2"] is None
        assert gradients["w1"].value().shape == parameters["w1"].value().shape == (4, 3)
        assert (gradients["w1"].value() == 2 * parameters["w1"].value()).all()

    def test_too_large_a_network_is_not_probed_and_says_so(self, monkeypatch):
        said, asked = run(monkeypatch, Probes(most_bytes=100), steps=3)
        assert asked == ["step"] * 3
        [why] = [one.reason for one in said if isinstance(one, NotProbed)]
        assert why.startswith("a probe is 0 MB, here at most 0 MB")

    def test_phases_are_those_without_probes(self, monkeypatch):
        def phases(probes):
            said, _ = run(monkeypatch, probes, steps=40)
            return [(one.phase, one.step) for one in said if isinstance(one, PhaseEntered)]

        assert phases(None) == phases(Probes())

    def test_no_memory_for_a_probe_is_told_and_the_lane_trains_on(self, monkeypatch):
        compute, asked = scripted_step.Scripted.compute, []

        def short_of_memory(self, batch):
            asked.append(self.count)
            if self.count == 4:
                raise MemoryError
            return compute(self, batch)

        monkeypatch.setattr(scripted_step.Scripted, "compute", short_of_memory)
        said, end = alone(lane(steps=9, probes=Probes()), host="thread")
        assert (end.outcome, end.step) == ("done", 9)
        assert [one.step for one in said if isinstance(one, Probed)] == [0, 1, 2, 3]
        [why] = [one.reason for one in said if isinstance(one, NotProbed)]
        assert why == "no memory for the probe of step 4, which is 0 MB"
        assert asked[-1] == 4
