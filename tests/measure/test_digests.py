"""Digests of every step: where two trainings part between two probes."""

import math

import numpy as np
import pytest

from fwtui.core.ndarray import Array
from fwtui.core.records import DIGEST_BLOCK, Probed, Steps
from fwtui.measure.digests import Scales, first_above, first_parting, other_batches
from fwtui.measure.history import History
from tests.scripted.lanes import lane as spec

TOLERANCE = 1e-4


def lane(**digests):
    """A lane that told these digests; `batch`, or a parameter's or gradient's: `gradient_w`."""
    count = len(next(iter(digests.values())))
    clock = np.zeros(count, np.int64).tobytes()
    told = tuple((name.replace("_", " "), np.asarray(d, np.float64).tobytes()) for name, d in digests.items())
    history = History()
    history.apply(Steps(0, clock, clock, (("loss", np.ones(count).tobytes()),), told))
    return history


def probed(parameters, gradients=None):
    gradients = parameters if gradients is None else gradients
    return Probed(
        0,
        (),
        tuple((name, None if a is None else Array.of(np.asarray(a))) for name, a in gradients.items()),
        tuple((name, Array.of(np.asarray(a))) for name, a in parameters.items()),
    )


def scales(*probes):
    found = Scales()
    for probe in probes or (probed({"w": np.ones(1), "v": np.ones(1)}),):
        found.update(probe)
    return found


class TestScales:
    def test_a_scale_is_what_the_largest_element_could_make_in_a_sum_with_random_signs(self):
        found = scales(probed({"w": np.full(16, -3.0)}, {"w": np.full(16, 0.5)}))
        assert found.get("parameter w") == 3 * 4
        assert found.get("gradient w") == 0.5 * 4

    def test_a_large_array_is_digested_in_blocks(self):
        found = scales(probed({"w": np.ones(2 * DIGEST_BLOCK)}))
        assert found.get("parameter w") == math.sqrt(DIGEST_BLOCK)

    def test_the_largest_of_all_probes_counts(self):
        found = scales(*(probed({"w": np.full(1, size)}) for size in (1.0, 5.0, 2.0)))
        assert found.get("parameter w") == 5

    def test_what_is_made_of_rounding_is_measured_by_the_others(self):
        found = scales(probed({"w": np.ones(1), "v": np.full(1, 1e-17)}))
        assert found.get("parameter v") == 1e-6

    @pytest.mark.parametrize("probe", [probed({"w": np.ones(1)}, {"w": None}), probed({"w": np.zeros(3)})])
    def test_what_is_not_known_or_zero_has_no_scale(self, probe):
        assert scales(probe).get("gradient w") is None


def parted(a, b, *others, **settings):
    place = first_parting([a, b, *others], scales(), TOLERANCE, **settings)
    return place and (place.step, place.last, place.stage, place.key, place.gap.lane)


STILL = [1.0] * 4


def test_equal_digests_do_not_part():
    assert parted(lane(parameter_w=STILL), lane(parameter_w=STILL)) is None


def test_no_lanes_do_not_part():
    assert first_parting([], scales(), TOLERANCE) is None


def test_weights_part_in_the_update_of_a_step():
    other = lane(parameter_w=[1.0, 1.0, 1.1, 1.0])
    assert parted(lane(parameter_w=STILL), other) == (2, 2, "update", ("parameter", "w"), 1)


def test_gradients_part_in_the_backward_pass():
    other = lane(gradient_w=[1.0, 1.1, 1.0, 1.0])
    assert parted(lane(gradient_w=STILL), other) == (1, 1, "backward", ("gradient", "w"), 1)


def test_the_gap_is_relative_to_what_probes_told():
    a, b = lane(parameter_w=[1.0]), lane(parameter_w=[1.5])
    for size in (1.0, 100.0):
        place = first_parting([a, b], scales(probed({"w": np.full(4, size)})), TOLERANCE)
        assert place.gap.relative == pytest.approx(0.5 / (2 * size))
    assert first_parting([a, b], scales(probed({"w": np.full(4, 1e6)})), TOLERANCE) is None


def test_the_first_of_several_places_is_told():
    a = lane(parameter_w=STILL, parameter_v=STILL)
    b = lane(parameter_w=[1, 1, 1, 2], parameter_v=[1, 1, 2, 2])
    c = lane(parameter_w=[1, 1, 1, 1], parameter_v=[1, 2, 2, 2])
    assert parted(a, b) == (2, 2, "update", ("parameter", "v"), 1)
    assert parted(a, b, c) == (1, 1, "update", ("parameter", "v"), 2)


def test_steps_that_only_one_lane_has_are_not_compared():
    assert parted(lane(parameter_w=STILL), lane(parameter_w=[1.0, 1.0])) is None


@pytest.mark.parametrize("other", [{"parameter_v": [2.0] * 4}, {"batch": [2.0] * 4}])
def test_what_only_one_lane_tells_is_not_compared(other):
    assert parted(lane(parameter_w=STILL), lane(**other)) is None


def test_what_no_probe_told_is_not_compared():
    assert parted(lane(parameter_u=[1.0] * 4), lane(parameter_u=[2.0] * 4)) is None


def test_a_digest_that_one_lane_left_out_in_a_step_is_not_compared():
    assert parted(lane(gradient_w=[1.0, math.nan]), lane(gradient_w=[1.0, 2.0])) is None


def test_an_infinite_digest_parts_from_a_finite_one():
    found = parted(lane(parameter_w=[1.0, math.inf]), lane(parameter_w=[1.0, 2.0]), only_sudden=True)
    assert found == (1, 1, "update", ("parameter", "w"), 1)


def test_growth_is_left_out_where_only_sudden_partings_are_asked_for():
    growing = 1 + 1e-9 * 2.0 ** np.arange(40)
    jumping = np.where(np.arange(40) < 30, 1.0, 1.5)
    a = lane(parameter_w=[1.0] * 40)
    assert parted(a, lane(parameter_w=growing))[0] == 17
    assert parted(a, lane(parameter_w=growing), only_sudden=True) is None
    assert parted(a, lane(parameter_w=jumping), only_sudden=True)[0] == 30


class TestFirstAbove:
    def test_below_the_tolerance_there_is_none(self):
        assert first_above(np.array([0.0, 5e-5, 1e-4]), TOLERANCE, False) is None

    def test_the_first_one_is_told(self):
        assert first_above(np.array([0.0, 2e-4, 5.0]), TOLERANCE, False) == 1

    @pytest.mark.parametrize("factor", [1.5, 2.0, 3.0])
    def test_growth_is_not_sudden(self, factor):
        gaps = 1e-8 * factor ** np.arange(60.0)
        assert first_above(gaps, TOLERANCE, False) is not None
        assert first_above(gaps, TOLERANCE, True) is None

    @pytest.mark.parametrize("before", [0.0, 1e-12, 1e-6])
    def test_a_jump_is_sudden(self, before):
        gaps = np.array([before] * 5 + [1e-2] * 5)
        assert first_above(gaps, TOLERANCE, True) == 5

    def test_a_jump_in_the_first_step_is_sudden(self):
        assert first_above(np.array([1e-2, 1e-2]), TOLERANCE, True) == 0

    def test_a_little_above_the_tolerance_is_no_jump(self):
        """Without anything before it is held against a thirtieth of the tolerance."""
        assert first_above(np.array([0.0, 0.9e-4, 1.1e-4]), TOLERANCE, True) is None

    def test_a_jump_that_follows_on_growth_is_of_its_making(self):
        gaps = np.array([1e-5, 5e-5, 2e-4, 5e-4, 1.0])
        assert first_above(gaps, TOLERANCE, True) is None

    def test_a_jump_after_the_gap_has_closed_again_is_sudden(self):
        gaps = np.array([5e-5, 2e-4, *[1e-9] * 5, 1.0])
        assert first_above(gaps, TOLERANCE, True) == 7

    @pytest.mark.filterwarnings("error")
    def test_steps_without_a_gap_are_passed_over(self):
        assert first_above(np.array([math.nan, math.nan, 1.0]), TOLERANCE, True) == 2
        assert first_above(np.array([math.nan, 1e-9, math.nan, 1e-3]), TOLERANCE, True) == 3


class TestOtherBatches:
    @staticmethod
    def first(*lanes, dtypes=("float32", "float32", "float32")):
        specs = [spec(dtype=dtype) for dtype, _ in zip(dtypes, lanes, strict=False)]
        return other_batches(specs, lanes)

    def test_the_same_batches(self):
        assert self.first(lane(batch=[7, 8, 9]), lane(batch=[7, 8, 9])) is None

    def test_the_first_other_batch_of_any_lane(self):
        lanes = lane(batch=[7, 8, 9]), lane(batch=[7, 8, 0]), lane(batch=[7, 0, 9])
        assert self.first(*lanes) == 1
        assert self.first(*lanes[:2]) == 2

    def test_steps_that_only_one_lane_has_are_no_others(self):
        assert self.first(lane(batch=[7, 8, 9]), lane(batch=[7])) is None

    def test_another_dtype_has_other_bytes(self):
        lanes = lane(batch=[7, 8]), lane(batch=[5, 6]), lane(batch=[7, 0])
        assert self.first(*lanes[:2], dtypes=("float32", "float64")) is None
        assert self.first(*lanes, dtypes=("float32", "float64", "float32")) == 1

    def test_a_lane_that_tells_none_is_not_compared(self):
        assert self.first(lane(batch=[7, 8]), History(), lane(batch=[7, 0])) == 1
        assert self.first(lane(batch=[7, 8]), History()) is None
