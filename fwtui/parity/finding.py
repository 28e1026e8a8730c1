"""What a parity check came to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fwtui.core.numerical_policy import TOLERANCES
from fwtui.core.spec import RaceSpec
from fwtui.measure.agreement import Place, Truth
from fwtui.measure.probe_gap import ProbeRow
from fwtui.ops.locate.first_divergence import OpDifference
from fwtui.session.run import Result, Watch
from fwtui.session.same_answer import least_exact

Run = Callable[[RaceSpec, Watch], Result]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Relative gaps that are still the same answer.

    Attributes:
        lanes: in the lanes' own dtype.
        truth: in float64.
    """

    lanes: float
    truth: float = TOLERANCES["float64"]


def tolerances(spec: RaceSpec, lanes: float | None = None, truth: float | None = None) -> Tolerances:
    """The defaults for the least exact dtype among the lanes, replaced by what is given."""
    return Tolerances(
        TOLERANCES[least_exact(spec.lanes)] if lanes is None else lanes,
        TOLERANCES["float64"] if truth is None else truth,
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check came to.

    Attributes:
        same: whether the lanes agree; None where it could not be judged.
        reason: why it could not be judged; "" where it could.
        rows: the lanes' probes, compared.
        truth: the lanes against float64; None where that was not asked for, or could not be had
            (`truth_reason` says why).
        aside: what differed and was found not to be another mathematics, and why; "" for nothing.
        place: where they first differ, in the lanes' own dtype or in float64 (`in_float64`).
        op: the first op whose output differs; None where it was not found (`op_reason` says why).
        half_precision: the type below float32 that a network computes with where they differ, such as
            `bfloat16`, and where; None for none.
        warnings: what agreement does not cover.
        same_step: whether that step, taken from the same weights, is the same in both, op by op.
        known: names of `KNOWN_DIFFERENCES` that were found and are not expected; all else in here is about
            the lanes without them where they are not all that differs.
        but_for_known: whether the lanes agree without them; None where none was found.
    """

    result: Result
    tolerances: Tolerances
    same: bool | None
    reason: str = ""
    rows: Sequence[ProbeRow] = ()
    truth: Truth | None = None
    truth_reason: str = ""
    aside: str = ""
    place: Place | None = None
    in_float64: bool = False
    op: OpDifference | None = None
    op_reason: str = ""
    same_step: bool = False
    warnings: tuple[str, ...] = ()
    half_precision: tuple[str, str] | None = None
    known: tuple[str, ...] = ()
    but_for_known: bool | None = None
