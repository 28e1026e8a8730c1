"""Right ports, as people make them: none is called different."""

import pytest

from tests.parity.judging import judged, no_contradiction
from tests.ports import RIGHT

pytestmark = [pytest.mark.slow, pytest.mark.spread]


# In float64 nothing has to be explained, so that the ports tell less of the check there: every second one.
RUNS = [(name, "float32") for name in RIGHT] + [(name, "float64") for name in list(RIGHT)[::4]]


@pytest.mark.parametrize(("name", "dtype"), RUNS)
def test_a_right_port_agrees(name, dtype):
    finding, text = judged(RIGHT[name], dtype=dtype)
    assert finding.same is True, text
    assert no_contradiction(finding), text
