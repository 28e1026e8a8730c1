"""A lane's figures beside a reference's at the same weights, and how sharply those are known."""

import math

import numpy as np
import pytest

from fwtui.backends.base import Computed
from fwtui.core.numerical_policy import MAX_UNEXPLAINED, PERTURBATIONS
from fwtui.lane.float64_reference import Reference


class Relu:
    """The loss Σ relu(w·x), by NumPy: its gradient jumps where a product is zero."""

    def __init__(self):
        self.loaded = []

    def load(self, weights):
        self.w = weights["w"]
        self.loaded.append(self.w)

    def compute(self, batch):
        assert self.w.dtype == batch["x"].dtype == np.float64
        open_ = (batch["x"] @ self.w > 0) * 1.0
        return Computed({"loss": float((batch["x"] @ self.w * open_).sum())}, {"w": open_ @ batch["x"]}, {})

    def close(self):
        pass


X = np.array([[1.0, 2.0], [-1.0, 3.0]])


def told(w, x=X, gradient=None, loss=None):
    w32, x32 = np.asarray(w, np.float32), np.asarray(x, np.float32)
    exact = Relu()
    exact.load({"w": w32.astype(float)})
    computed = exact.compute({"x": x32.astype(float)})
    metrics = computed.metrics if loss is None else {"loss": loss}
    gradients = computed.gradients if gradient is None else {"w": gradient}
    rounding = Reference(Relu(), "float64", "float32", "float32").rounding(
        {"w": w32}, {"x": x32, "depth": 3}, Computed(metrics, gradients, {})
    )
    return {(one.kind, one.name): one for one in rounding}


def test_right_figures_have_no_error():
    found = told([1.0, 1.0])
    assert found["gradient", "w"].error == found["metric", "loss"].error == 0
    assert found["gradient", "w"].magnitude == 5


def test_away_from_a_kink_gradients_do_not_move():
    assert told([1.0, 1.0], gradient=np.array([0.0, 4.5]))["gradient", "w"].blur == 0


def test_weights_are_perturbed_by_more_where_a_batch_has_more_numbers():
    """The product with the first row is ten times as far from zero as four units in the last place."""
    w, rows = [2.0, -1.0 + 24 * 2**-23], np.repeat(X, 4096, axis=0)
    assert told(w, gradient=np.zeros(2))["gradient", "w"].blur == 0
    assert told(w, rows, gradient=np.zeros(2))["gradient", "w"].blur > 0


def test_but_never_by_as_much_as_half_precision_rounds():
    sizes = []
    for rows in (1, 2**16, 2**22):
        reference = Relu()
        batch = {"x": np.repeat(X, rows, axis=0).astype(np.float32)}
        computed = Computed({"loss": -1.0}, {"w": np.zeros(2)}, {})
        Reference(reference, "float64", "float32", "float32").rounding({"w": np.ones(2)}, batch, computed)
        sizes.append(max(float(np.abs(w - 1).max()) for w in reference.loaded))
    assert sizes[0] < sizes[1] == sizes[2] < 2**-14


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
    told = reference.rounding(weights, batch, Computed({"loss": 5.0}, {"w": None}, {}))
    without = {(one.kind, one.name): one for one in told}
    assert without["gradient", "w"].error == math.inf
    given = {"w": np.array([0.0, 5.0]), "v": gradient}
    told = reference.rounding(weights, batch, Computed({"loss": 5.0}, given, {}))
    found = {(one.kind, one.name): one for one in told}
    assert found["gradient", "v"].error == error


def test_float32s_rounding_is_measured_where_it_is_asked_for():
    reference = Reference(Relu(), "float64", "float64", "float64", measures_single=True)
    given = Computed({"loss": 6.0}, {"w": np.array([0.0, 5.0])}, {})
    found = reference.rounding({"w": np.ones(2)}, {"x": X}, given)
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
    loss = relu.compute({"x": X}).metrics
    relu.loaded.clear()
    for _ in range(times):
        reference.rounding(weights, {"x": X}, Computed(loss, {"w": np.array(gradient)}, {}))
    return len(relu.loaded)


def test_an_error_within_the_tolerance_is_not_explained():
    assert evaluations({"w": np.ones(2)}, [0.0, 4.9], tolerance=0.1) == 1
    assert evaluations({"w": np.ones(2)}, [0.0, 4.9]) > PERTURBATIONS


def test_what_a_few_perturbations_explain_needs_no_more_of_them():
    assert 1 < evaluations(KINK, [0.0, 0.0], tolerance=1e-4) < PERTURBATIONS / 2


def test_after_some_errors_beyond_explanation_no_more_of_them_are_explained():
    enough = evaluations({"w": np.ones(2)}, [0.0, 4.0], MAX_UNEXPLAINED)
    assert evaluations({"w": np.ones(2)}, [0.0, 4.0], MAX_UNEXPLAINED + 10) == enough + 10


class Root:
    """The loss Σ w·√(1 − x²), by NumPy: it is no number where x is beyond 1; and a metric, if it has one."""

    def __init__(self, metric=None):
        self.metric = metric

    def load(self, weights):
        self.w = weights["w"]

    def compute(self, batch):
        with np.errstate(invalid="ignore"):
            roots = np.sqrt(1 - batch["x"] ** 2)
        metrics = {"loss": float((self.w * roots).sum())}
        return Computed(metrics | (self.metric(self.w) if self.metric else {}), {"w": roots}, {})

    def close(self):
        pass


def at_the_end(x, factor=1.0, **metrics):
    """Figures of a root that is off, where some values are at the end of what it is defined for."""
    w, x = np.ones(3), np.array(x)
    metric = metrics.pop("metric", None)
    reference = Reference(Root(metric), "float64", "float32", "float32", tolerance=1e-4)
    own = Root(metric)
    own.load({"w": w})
    mine = own.compute({"x": x})
    given = {name: value * factor for name, value in mine.metrics.items()} | metrics
    gradients = {"w": mine.gradients["w"] * factor}
    found = reference.rounding({"w": w}, {"x": x}, Computed(given, gradients, {}))
    return {(one.kind, one.name): one for one in found}, reference._figures(found)


@pytest.mark.parametrize("x", [[1.0, 0.5, 0.2], [-1.0, 1.0, 0.3], [1.0, 1.0, 0.4]])
def test_where_a_function_ends_an_error_is_not_excused(x):
    found, figures = at_the_end(x, 1.05)
    assert all(math.isfinite(one.blur) for one in found.values())
    assert [figure.is_off for figure in figures] == [True, True]


class RootOfWeights(Root):
    """The loss Σ √(1 − w²)."""

    def compute(self, batch):
        with np.errstate(invalid="ignore"):
            return Computed({"loss": float(np.sqrt(1 - self.w**2).sum())}, {}, {})


@pytest.mark.parametrize(("error", "is_off"), [(3e-4, False), (0.1, True)])
def test_where_a_function_ends_what_rounding_does_is_known(error, is_off):
    """A unit in the last place of float32 below 1 its root is 5e-4; beyond 1 there is none."""
    reference = Reference(RootOfWeights(), "float64", "float32", "float32", tolerance=1e-4)
    weights = {"w": np.array([1.0, 0.5, -1.0])}
    found = reference.rounding(weights, {}, Computed({"loss": math.sqrt(0.75) + error}, {}, {}))
    assert [figure.is_off for figure in reference._figures(found)] == [is_off]


def test_a_metric_that_is_missing_beside_the_weights_excuses_nothing():
    def sometimes(w):
        return {"m": 3.0} if np.array_equal(w, np.ones(3)) else {}

    found, figures = at_the_end([0.1, 0.5, 0.2], metric=sometimes, m=2.0)
    assert found["metric", "m"].blur == 0
    assert [figure.key[1] for figure in figures if figure.is_off] == ["m"]
