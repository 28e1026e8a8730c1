"""What compared probes put to the test, and what they did not."""

import numpy as np
import pytest

from fwtui.core.ndarray import Array
from fwtui.core.records import Probed
from fwtui.measure.comparability import MAX_NAMES
from fwtui.measure.coverage import Coverage


def probed(step, gradients, parameters):
    """By name: numbers, and None for no gradient."""

    def told(numbers):
        return tuple((name, None if n is None else Array.of(np.full(2, n))) for name, n in numbers.items())

    return Probed(step, (("loss", 1.0),), told(gradients), told(parameters))


def covered(*steps, lanes=2):
    """After steps, each told as its gradients and parameters, that are the same in each lane."""
    coverage = Coverage()
    for step, (gradients, parameters) in enumerate(steps):
        coverage.update([probed(step, gradients, parameters)] * lanes)
    return coverage


def told(coverage):
    return coverage.untested, coverage.warnings


TRAINED = ({"w": 1.0, "b": 2.0}, {"w": 0.5, "b": 0.1}), ({"w": 1.0, "b": 2.0}, {"w": 0.4, "b": 0.2})


def test_parameters_that_have_a_gradient_and_move_are_tested():
    assert told(covered(*TRAINED)) == ("", [])


def test_before_the_first_probe_nothing_is_said():
    assert told(Coverage()) == ("", [])


def test_one_probe_cannot_tell_whether_anything_moves():
    assert told(covered(TRAINED[0])) == ("", [])


@pytest.mark.parametrize("gradient", [None, 0.0])
def test_no_gradient_in_any_parameter_proves_nothing(gradient):
    still = {"w": gradient, "b": gradient}, {"w": 0.5, "b": 0.1}
    assert told(covered(still, still)) == ("nothing was tested: no gradient reaches w, b", [])


def test_a_training_that_changes_nothing_proves_nothing():
    assert told(covered(TRAINED[0], TRAINED[0])) == (
        "nothing was tested: the training does not change w, b",
        [],
    )


def test_a_parameter_that_no_network_uses_is_to_be_left_out():
    steps = [(gradients | {"b": None}, {"w": w["w"], "b": 0.1}) for gradients, w in TRAINED]
    unused = "neither network trains b: use it, or do not return it from parameters()"
    assert told(covered(*steps)) == (unused, [])


def test_a_parameter_that_only_some_steps_use_is_tested():
    (gradients, first), (_, second) = TRAINED
    assert told(covered((gradients | {"b": None}, first), (gradients, second))) == ("", [])
    assert told(covered((gradients, first), (gradients | {"b": None}, second))) == ("", [])


def test_a_parameter_that_one_lane_alone_uses_is_used():
    """That the lanes differ in it, the comparison says."""
    coverage = Coverage()
    for step, (gradients, parameters) in enumerate(TRAINED):
        coverage.update(
            [probed(step, gradients | {"b": None}, parameters), probed(step, gradients, parameters)]
        )
    assert told(coverage) == ("", [])


def test_a_gradient_that_is_zero_in_every_probe_is_a_warning():
    steps = [(gradients | {"b": 0.0}, {"w": w["w"], "b": 0.1}) for gradients, w in TRAINED]
    assert told(covered(*steps)) == ("", ["not tested: the gradient of b is zero in every probe"])


def test_a_parameter_that_stays_though_it_has_a_gradient_is_a_warning():
    steps = [(gradients, w | {"b": 0.1}) for gradients, w in TRAINED]
    assert told(covered(*steps)) == ("", ["not tested: the training does not change b"])


def test_both_warnings_stand_beside_each_other():
    steps = [(g | {"b": 0.0, "c": 1.0}, {"w": w["w"], "b": 0.1, "c": 0.3}) for g, w in TRAINED]
    assert covered(*steps).warnings == [
        "not tested: the gradient of b is zero in every probe",
        "not tested: the training does not change c",
    ]


def test_what_moves_in_a_later_probe_has_moved():
    first, second = TRAINED
    assert covered(first, first).untested
    assert told(covered(first, first, second)) == ("", [])


def test_what_moves_in_one_lane_has_moved():
    coverage = Coverage()
    first, second = (probed(step, *told) for step, told in enumerate(TRAINED))
    coverage.update([first, first])
    coverage.update([first, second])
    assert told(coverage) == ("", [])


def test_lanes_that_differ_and_stand_still_have_not_moved():
    """Each lane is held against its own first probe."""
    coverage = Coverage()
    lanes = [probed(0, TRAINED[0][0], {"w": w, "b": 0.1}) for w in (0.5, 0.6)]
    coverage.update(lanes)
    coverage.update(lanes)
    assert coverage.untested == "nothing was tested: the training does not change w, b"


def test_a_parameter_that_has_come_back_has_moved():
    assert told(covered(*TRAINED, TRAINED[0])) == ("", [])


def test_names_of_many_parameters_are_shortened():
    names = [f"w{number}" for number in range(MAX_NAMES + 3)]
    still = dict.fromkeys(names, 0.0), dict.fromkeys(names, 1.0)
    assert covered(still).untested == "nothing was tested: no gradient reaches w0, w1, w2, w3 and 3 more"
