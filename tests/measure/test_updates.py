"""A lane's updates held against the optimizers' equations: which are followed, found wrong, or not judged."""

import numpy as np
import pytest

from fwtui.core.ndarray import Array
from fwtui.core.optimizers import BETA_1, BETA_2, DECAY, EPSILON, MOMENTUM, WEIGHT_DECAY
from fwtui.core.records import Probed
from fwtui.core.spec import DTYPES, OPTIMIZERS
from fwtui.measure import updates
from fwtui.measure.updates import UpdateCheck
from tests.backends import reference

RATE = reference.LEARNING_RATE
ADAPTIVE = ("adam", "adamw", "rmsprop")


def probed(step, parameters, gradients):
    """By name: arrays, and None for no gradient."""

    def told(arrays):
        return tuple((name, None if a is None else Array.of(np.asarray(a))) for name, a in arrays.items())

    return Probed(step, (("loss", 1.0),), told(gradients), told(parameters))


def trained(optimizer, dtype="float64", count=5, numbers=True):
    """Probes of the reference's net, whose every second step alone uses `sometimes`, and none `left_out`."""
    first = {name: array.astype(dtype) for name, array in reference.parameters().items()}
    batches = [batch | {"y": batch["y"].astype(dtype)} for batch in reference.batches(count, numbers)]
    said = []
    for step, batch in enumerate(batches):
        _, weights = reference.trained(optimizer, first, batches[:step])
        _, gradients = reference.gradients(weights, batch)
        said.append(probed(step, weights, {name: gradients.get(name) for name in weights}))
    assert {array.value().dtype.name for _, array in said[-1].parameters} == {dtype}
    return said


def followed(optimizer, probes, dtype="float64", noise=None, **settings):
    check = UpdateCheck(optimizer, RATE, dtype, **settings)
    for probe in probes:
        if check.wants == probe.step:
            check.update(probe, noise or {})
    return check


def moved(probes, step, name, index, by):
    """`probes` with one element of a parameter somewhere else in that of `step`."""
    changed = dict(probes[step].parameters)
    array = changed[name].value().copy()
    array[index] += by
    changed[name] = Array.of(array)
    there = Probed(step, probes[step].metrics, probes[step].gradients, tuple(changed.items()))
    return [*probes[:step], there, *probes[step + 1 :]]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_lane_that_follows_the_equations_is_not_off(optimizer, dtype):
    """In float32 the lane's own rounding is allowed for."""
    check = followed(optimizer, trained(optimizer, dtype), dtype)
    assert (check.off, check.checked) == (None, 4)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("optimizer", "constant", "value", "step"),
    [
        *((optimizer, "LEARNING_RATE", 1.01 * RATE, 0) for optimizer in OPTIMIZERS),
        ("momentum", "MOMENTUM", 0.89, 1),
        ("adam", "BETA_1", 0.89, 1),
        ("adam", "BETA_2", 0.99, 1),
        ("adam", "EPSILON", 1e-2, 0),
        ("adamw", "WEIGHT_DECAY", 0.0, 0),
        ("rmsprop", "DECAY", 0.98, 0),
        ("rmsprop", "EPSILON", 1e-2, 0),
    ],
)
def test_another_constant_is_found_at_the_step_where_it_first_counts(
    monkeypatch, optimizer, constant, value, step, dtype
):
    """A first step is the same with any β: the moments are corrected for what they began with."""
    monkeypatch.setattr(reference, constant, value)
    assert followed(optimizer, trained(optimizer, dtype), dtype).off.step == step


def no_bias_correction(w, g, state):
    state[0] = BETA_1 * state[0] + (1 - BETA_1) * g
    state[1] = BETA_2 * state[1] + (1 - BETA_2) * g**2
    return w - RATE * state[0] / (np.sqrt(state[1]) + EPSILON)


def decay_in_the_gradient(w, g, state):
    return reference._adam(w, g + WEIGHT_DECAY * w, state)


def dampened(w, g, state):
    state[0] = MOMENTUM * state[0] + (1 - MOMENTUM) * g
    return w - RATE * state[0]


def nesterov(w, g, state):
    state[0] = MOMENTUM * state[0] + g
    return w - RATE * (g + MOMENTUM * state[0])


def forgotten_buffer(w, g, state):
    return w - RATE * g


def epsilon_inside(w, g, state):
    state[1] = DECAY * state[1] + (1 - DECAY) * g**2
    return w - RATE * g / np.sqrt(state[1] + 1e-7)


@pytest.mark.parametrize(
    ("optimizer", "wrong", "step"),
    [
        ("adam", no_bias_correction, 0),
        ("adamw", no_bias_correction, 0),
        ("adamw", decay_in_the_gradient, 0),
        ("momentum", dampened, 0),
        ("momentum", nesterov, 0),
        ("momentum", forgotten_buffer, 1),
        ("rmsprop", epsilon_inside, 0),
    ],
)
def test_another_equation_is_found_at_the_step_where_it_first_differs(monkeypatch, optimizer, wrong, step):
    monkeypatch.setitem(reference._UPDATES, optimizer, wrong)
    assert followed(optimizer, trained(optimizer)).off.step == step


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_gap_names_step_parameter_index_and_both_values(optimizer):
    """The update of step 2 is what the probe before step 3 shows."""
    probes = trained(optimizer)
    check = followed(optimizer, moved(probes, 3, "w", (1, 2), 1e-3))
    before, right = (dict(probes[step].parameters)["w"].value() for step in (2, 3))
    assert (check.off.step, check.off.name, check.off.index) == (2, "w", (1, 2))
    assert (check.off.given, check.off.expected) == pytest.approx((right[1, 2] + 1e-3, right[1, 2]))
    assert check.off.relative == pytest.approx(1e-3 / np.abs(right - before).max())
    assert check.checked == 4


def test_of_several_updates_that_are_off_the_first_is_told():
    probes = moved(moved(trained("sgd"), 2, "table", (4, 0), 1e-3), 4, "w", (0, 0), 1.0)
    assert followed("sgd", probes).off.step == 1


def test_of_several_parameters_the_one_furthest_off_is_told():
    probes = moved(moved(trained("sgd"), 2, "table", (4, 0), 1e-3), 2, "w", (0, 1), 1.0)
    assert followed("sgd", probes).off.name == "w"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_parameter_without_a_gradient_must_stay_as_it_is(optimizer):
    check = followed(optimizer, moved(trained(optimizer), 1, "left_out", (1,), 1e-6))
    assert (check.off.step, check.off.name, check.off.index) == (0, "left_out", (1,))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_updates_of_a_parameter_are_counted_where_it_has_a_gradient(optimizer):
    """Moments of `sometimes`, which the steps 1 and 3 alone use, are corrected for one and two updates."""
    check = followed(optimizer, moved(trained(optimizer), 4, "sometimes", (0,), 1e-5))
    assert (check.off.step, check.off.name) == (3, "sometimes")


def two_elements(gradient, other_way, other=None):
    """Adam's first update of parameters that are 1, or with the second element of `w` the other way."""
    gradients = {"w": np.array(gradient)} | ({} if other is None else {"v": np.array([other])})
    before = {name: np.ones(one.shape) for name, one in gradients.items()}
    after = {name: 1 - RATE * one / (np.abs(one) + EPSILON) for name, one in gradients.items()}
    if other_way:
        after["w"][1] = 1 + RATE
    return [probed(0, before, gradients), probed(1, after, gradients)]


class TestRounding:
    @pytest.mark.parametrize("optimizer", ADAPTIVE)
    def test_an_element_whose_gradient_is_rounding_alone_is_not_judged(self, optimizer):
        """The step itself had another gradient there than the probe of it tells."""
        probes = trained(optimizer, numbers=False)
        gradients = dict(probes[0].gradients)
        w = gradients["w"].value().copy()
        w[2, 1] = 1e-15 * np.abs(w).max()
        gradients["w"] = Array.of(w)
        first = Probed(0, probes[0].metrics, tuple(gradients.items()), probes[0].parameters)
        check = followed(optimizer, [first, probes[1]])
        assert (check.off, check.checked) == (None, 1)
        assert "w" in check.undecided

    def test_a_wrong_element_beside_it_is_found(self):
        assert followed("adam", two_elements([1e-17, 1.0], other_way=True)).off.index == (1,)

    def test_only_where_a_gradient_is_divided_by_its_size(self):
        """Plain descent by 1e-17 is no step at all, so that one of 0.01 is wrong."""
        probes = two_elements([1.0, 1e-17], other_way=True)
        adam = followed("adam", probes)
        assert (adam.off, adam.undecided) == (None, {"w"})
        probes[1] = probed(1, {"w": np.array([1 - RATE, 1 + RATE])}, {"w": np.ones(2)})
        sgd = followed("sgd", probes)
        assert (sgd.off.index, sgd.undecided) == ((1,), set())

    def test_a_small_gradient_that_is_more_than_rounding_is_judged(self):
        check = followed("adam", two_elements([1.0, 1e-6], other_way=True))
        assert (check.off.index, check.undecided) == ((1,), set())

    def test_what_is_rounding_depends_on_the_dtype(self):
        probes = two_elements([1.0, 1e-6], other_way=True)
        assert followed("adam", probes, "float32").undecided == {"w"}

    def test_a_parameter_of_rounding_alone_is_told_by_the_others(self):
        check = followed("adam", two_elements([1e-17, 3e-17], other_way=True, other=1.0))
        assert (check.off, check.undecided) == (None, {"w"})
        alone = followed("adam", two_elements([1e-17, 3e-17], other_way=True))
        assert (alone.off.index, alone.undecided) == ((1,), set())

    def test_noise_that_is_known_counts_as_rounding(self):
        probes = two_elements([1.0, 1e-6], other_way=True)
        assert followed("adam", probes, noise={"w": 1e-5}).undecided == {"w"}
        assert followed("adam", probes, noise={"w": 1e-7}).off is not None
        assert followed("adam", probes, noise={"v": 1e-5}).off is not None

    def test_an_element_is_undecided_from_then_on(self):
        """What rounding has put into its moments stays there."""
        first, second = two_elements([1.0, 1e-17], other_way=True)
        given = dict(second.parameters)["w"].value()
        second = probed(1, {"w": given}, {"w": np.ones(2)})
        third = probed(2, {"w": given - RATE / (1 + EPSILON) + [0, 1]}, {"w": np.ones(2)})
        check = followed("adam", [first, second, third])
        assert (check.off, check.checked) == (None, 2)

    def test_an_exact_zero_is_not_named(self):
        assert followed("adam", two_elements([1.0, 0.0], other_way=False)).undecided == set()


def test_what_is_not_finite_is_not_judged():
    probes = [
        probed(0, {"w": np.ones(2)}, {"w": np.array([np.nan, 1.0])}),
        probed(1, {"w": np.array([np.nan, 5.0])}, {"w": np.ones(2)}),
    ]
    assert followed("sgd", probes).off.index == (1,)


@pytest.mark.parametrize(("place", "index"), [(9, (1, 2)), (18, (2, 4)), (10, None)])
def test_of_a_large_array_some_elements_are_checked_at_their_own_index(monkeypatch, place, index):
    """Of 21 elements at most 8: every third one."""
    monkeypatch.setattr(updates, "MAX_ELEMENTS", 8)
    gradient = np.linspace(1, 2, 21).reshape(3, 7)
    after = -RATE * gradient
    after.flat[place] += 1
    probes = [probed(0, {"w": np.zeros((3, 7))}, {"w": gradient}), probed(1, {"w": after}, {"w": gradient})]
    off = followed("sgd", probes).off
    assert (off and off.index) == index


def test_no_more_updates_are_checked_than_asked():
    probes = trained("sgd", count=8)
    check = UpdateCheck("sgd", RATE, "float64", most=2)
    wanted = []
    for probe in probes:
        wanted.append(check.wants)
        if check.wants is not None:
            check.update(probe, {})
    assert wanted == [0, 1, 2, None, None, None, None, None]
    assert check.checked == 2
    wrong = moved(probes, 6, "w", (0, 0), 1.0)
    assert followed("sgd", wrong).off is None
    assert followed("sgd", wrong, most=7).off.step == 5
