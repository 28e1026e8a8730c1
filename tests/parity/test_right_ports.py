"""Right ports, as people make them: none is called different."""

import pytest

from tests.parity.judging import judged, no_contradiction
from tests.ports import RIGHT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_port_agrees(name, dtype):
    finding, text = judged(RIGHT[name], dtype=dtype)
    assert finding.same is True, text
    assert no_contradiction(finding), text
