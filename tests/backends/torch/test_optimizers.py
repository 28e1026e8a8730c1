"""PyTorch's side of the optimizers, against the equations in NumPy and against PyTorch's own classes."""

import numpy as np
import pytest

from fwtui.core.spec import OPTIMIZERS
from tests.backends import reference

TOLERANCE = {"float32": 1e-6, "float64": 1e-13}


@pytest.fixture(params=OPTIMIZERS)
def optimizer(request):
    return request.param


@pytest.fixture
def equations(said, optimizer):
    batches = reference.batches(said["steps"], numbers=True)
    return reference.trained(optimizer, reference.parameters(), batches)[1]


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("form", ["eager", "written", "library"])
def test_every_form_follows_the_equations(said, optimizer, equations, form, dtype):
    """PyTorch's own classes, made with their defaults, too: they are where the equations were taken from."""
    weights = said["updates"][dtype][optimizer][form]
    for name, expected in equations.items():
        np.testing.assert_allclose(weights[name], expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


@pytest.mark.parametrize("form", ["eager", "written"])
def test_a_weight_that_the_loss_leaves_out_stays_as_it_is(said, optimizer, form):
    weights = said["updates"]["float64"][optimizer][form]
    assert weights["left_out"] == reference.parameters()["left_out"].tolist()
