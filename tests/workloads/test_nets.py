"""Each framework's net against the same one in NumPy: its metrics, and its gradients along a direction."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.backends.own import FRAMEWORKS
from tests.workloads.nets import REFERENCES, SMALL, first_batch, first_parameters, small

ROOT = Path(__file__).parents[2]
NUDGE = 1e-6


@pytest.fixture(scope="module")
def computed():
    """What each framework's nets compute, by the framework's key; one process each, side by side."""
    children = {
        key: subprocess.Popen(
            [sys.executable, "-m", "tests.workloads.nets_probe", key],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for key in FRAMEWORKS
    }
    said = {}
    for key, child in children.items():
        out, err = child.communicate(timeout=350)
        assert child.returncode == 0, err[-4000:]
        said[key] = json.loads(out.splitlines()[-1])
    return said


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("key", FRAMEWORKS)
def test_a_net_computes_what_it_does_in_numpy(name, key, computed):
    expected = REFERENCES[name](small(name), first_parameters(name), first_batch(name))
    assert list(computed[key]["nets"][name]["metrics"]) == list(expected)
    assert computed[key]["nets"][name]["metrics"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("key", FRAMEWORKS)
def test_its_gradients_are_the_slope_in_numpy(name, key, computed):
    """Each parameter's gradient along a random direction, against a central difference."""
    parameters, batch, rng = first_parameters(name), first_batch(name), np.random.default_rng(2)
    gradients = computed[key]["nets"][name]["gradients"]
    assert list(gradients) == list(parameters)
    for weight, array in parameters.items():
        direction = rng.standard_normal(array.shape)
        up, down = (
            REFERENCES[name](small(name), parameters | {weight: array + way * direction}, batch)["loss"]
            for way in (NUDGE, -NUDGE)
        )
        slope = np.sum(np.array(gradients[weight]) * direction)
        assert slope == pytest.approx((up - down) / (2 * NUDGE), rel=1e-6, abs=1e-8), weight


@pytest.mark.parametrize("name", SMALL)
def test_it_learns_with_its_own_settings(name, computed):
    losses = computed["torch"]["learning"][name]
    assert np.mean(losses[-10:]) < 0.8 * losses[0]
