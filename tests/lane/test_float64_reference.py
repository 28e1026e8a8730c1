"""A lane's figures beside a reference's at the same weights, and how sharply those are known."""

import math

import numpy as np
import pytest

from fwtui.core.numerical_policy import MAX_UNEXPLAINED, PERTURBATIONS
from fwtui.lane.float64_reference import Reference


class Relu:
    """The loss Σ relu(w·x), by NumPy: its gradient jumps where a product is zero."""

    def __init__(self):
        self.loaded = []

    def load(self, weights):
        self.w = weights["w"]
        self.loaded.append(self.w)

    def gradients(self, batch):
        assert self.w.dtype == batch["x"].dtype == np.float64
        open_ = (batch["x"] @ self.w > 0) * 1.0
        return {"loss": float((batch["x"] @ self.w * open_).sum())}, {"w": open_ @ batch["x"]}

    def close(self):
        pass


X = np.array([[1.0, 2.0], [-1.0, 3.0]])


def told(w, x=X, gradient=None, loss=None):
    w32, x32 = np.asarray(w, np.float32), np.asarray(x, np.float32)
    exact = Relu()
    exact.load({"w": w32.astype(float)})
    metrics, gradients = exact.gradients({"x": x32.astype(float)})
    metrics = metrics if loss is None else {"loss": loss}
    gradients = gradients if gradient is None else {"w": gradient}
    rounding = Reference(Relu(), "float64", "float32", "float32").rounding(
        {"w": w32}, {"x": x32, "depth": 3}, metrics, gradients
    )
    return {(one.kind, one.name): one for one in rounding}


def test_right_figures_have_no_error():
    found = told([1.0, 1.0])
    assert found["gradient", "w"].error == found["metric", "loss"].error == 0
    assert found["gradient", "w"].magnitude == 5


def test_away_from_a_kink_gradients_do_not_move():
    assert told([1.0, 1.0], gradient=np.array([0.0, 4.5]))["gradient", "w"].blur == 0


def test_at_a_kink_they_move_as_far_as_the_gradient_jumps():
    """The product with the first row is 2⁻²³, within rounding of zero: the row counts, or it does not."""
    found = told([2.0, -1.0 + 2**-24], gradient=np.zeros(2))["gradient", "w"]
    assert (found.error, found.blur) == (2, 2)


def test_a_wrong_figure_has_its_error():
    found = told([1.0, 1.0], gradient=np.array([0.0, 4.5]), loss=6.0)
    assert found["gradient", "w"].error == 0.5
    assert found["metric", "loss"].error == pytest.approx(1.0)


@pytest.mark.parametrize("gradient", [np.array([math.nan, 5.0]), np.zeros(3)])
def test_what_is_no_number_or_of_another_shape_is_infinitely_off(gradient):
    assert told([1.0, 1.0], gradient=gradient)["gradient", "w"].error == math.inf


@pytest.mark.parametrize(("gradient", "error"), [(np.array([0.0, 5.0]), math.inf), (np.zeros(2), 0.0)])
def test_a_gradient_that_only_one_has_is_infinitely_off_unless_it_is_zero(gradient, error):
    reference = Reference(Relu(), "float64", "float32", "float32")
    weights, batch = {"w": np.ones(2, np.float32)}, {"x": X}
    told = reference.rounding(weights, batch, {"loss": 5.0}, {"w": None})
    without = {(one.kind, one.name): one for one in told}
    assert without["gradient", "w"].error == math.inf
    given = {"w": np.array([0.0, 5.0]), "v": gradient}
    told = reference.rounding(weights, batch, {"loss": 5.0}, given)
    found = {(one.kind, one.name): one for one in told}
    assert found["gradient", "v"].error == error


def test_float32s_rounding_is_measured_where_it_is_asked_for():
    reference = Reference(Relu(), "float64", "float64", "float64", measures_single=True)
    found = reference.rounding({"w": np.ones(2)}, {"x": X}, {"loss": 6.0}, {"w": np.array([0.0, 5.0])})
    loss = next(one for one in found if one.name == "loss")
    assert loss.blur < 1e-13
    assert 1e-8 < loss.single_blur < 1e-4


KINK = {"w": np.array([2.0, -1.0 + 2**-24])}
"""Within rounding, its product with the first row is zero."""


def evaluations(weights, gradient, times=1, **settings):
    """How often the reference computes for a gradient of X at `weights`."""
    relu = Relu()
    reference = Reference(relu, "float64", "float32", "float32", **settings)
    relu.load(weights)
    loss, _ = relu.gradients({"x": X})
    relu.loaded.clear()
    for _ in range(times):
        reference.rounding(weights, {"x": X}, loss, {"w": np.array(gradient)})
    return len(relu.loaded)


def test_an_error_within_the_tolerance_is_not_explained():
    assert evaluations({"w": np.ones(2)}, [0.0, 4.9], tolerance=0.1) == 1
    assert evaluations({"w": np.ones(2)}, [0.0, 4.9]) > PERTURBATIONS


def test_what_a_few_perturbations_explain_needs_no_more_of_them():
    assert 1 < evaluations(KINK, [0.0, 0.0], tolerance=1e-4) < PERTURBATIONS / 2


def test_after_some_errors_beyond_explanation_no_more_of_them_are_explained():
    enough = evaluations({"w": np.ones(2)}, [0.0, 4.0], MAX_UNEXPLAINED)
    assert evaluations({"w": np.ones(2)}, [0.0, 4.0], MAX_UNEXPLAINED + 10) == enough + 10
