"""What a parity check needs: lanes to compare, probes, and tolerances that the dtypes can keep to."""

from __future__ import annotations

import numpy as np

from fwtui.core.inputs import SpecError, positive_number
from fwtui.core.spec import RaceSpec
from fwtui.parity.finding import Tolerances, tolerances
from fwtui.session.same_answer import least_exact

MAX_TOLERANCE = 1.0


def checked_tolerances(spec: RaceSpec, lanes: str | float | None, truth: str | float | None) -> Tolerances:
    """Return the tolerances of a check of `spec`, which must have two lanes at least, and probes.

    Args:
        lanes: relative gap that is still the same answer; None: the dtype's own.
        truth: the same in float64.

    Raises:
        SpecError: there is nothing to compare, or a dtype cannot keep to a tolerance.
    """
    if len(spec.lanes) < 2:
        raise SpecError("--lanes", len(spec.lanes), "2 to 4 lanes, to be compared with the first")
    if spec.lanes[0].probes is None:
        raise SpecError("--probe-every", "never", "growing, or a whole number of steps")
    return tolerances(
        spec,
        tolerance("--tolerance", lanes, least_exact(spec.lanes)),
        tolerance("--tolerance-float64", truth, "float64"),
    )


def tolerance(option: str, given: str | float | None, dtype: str) -> float | None:
    """A tolerance that was given; None where none was. SpecError for one that the dtype cannot keep to."""
    if given is None:
        return None
    value, least = positive_number(option, given, MAX_TOLERANCE), float(np.finfo(dtype).eps)
    if value < least:
        raise SpecError(option, given, f"at least {least:.1e}, to which {dtype} rounds every number")
    return value
