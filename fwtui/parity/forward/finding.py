"""What a comparison of two models' forward passes came to."""

from __future__ import annotations

from dataclasses import dataclass

from fwtui.core.numerical_policy import PAIRED
from fwtui.measure.arrays import ArrayGap
from fwtui.parity.finding import Tolerances
from fwtui.workloads.user.models import Side


@dataclass(frozen=True, slots=True)
class Compared:
    """One output, or what one submodule and its counterpart gave, over all batches.

    Attributes:
        first, second: their names in the two models.
        float64: the gap between the two in float64; None where nothing in them can be compared.
        float32: the same in float32; None where that was not computed.
        rounding: how far each is in float32 from itself in float64, relatively.
        weights: own names of the first one's variables; of an output none.
        gets_the_same: whether what goes into the two is equal in float64; None where that is not seen.
        is_turned: whether the first one's axes were put into the second one's order.
    """

    first: str
    second: str
    float64: ArrayGap | None
    float32: ArrayGap | None
    rounding: tuple[float | None, float | None]
    weights: frozenset[str] = frozenset()
    gets_the_same: bool | None = None
    is_turned: bool = False

    @property
    def most_rounding(self) -> float:
        """The larger rounding to float32 of the two; 0 where it is not known."""
        return max((one for one in self.rounding if one is not None), default=0.0)


@dataclass(frozen=True, slots=True)
class ForwardFinding:
    """What was compared, and the verdict.

    Attributes:
        sides: the two models, the one whose weights both have first.
        weights: whose they are: a function's first ones, or those of a checkpoint, by its name.
        is_called: whether the losses call the models themselves; if not, metrics stand for outputs.
        outputs: what the models gave.
        modules: what submodules gave that have counterparts, in the first model's order of use.
        without: names of outputs that have no counterpart.
        moved: the largest gap of an output in float64 where each weight was moved by about a tenth.
        same: whether the outputs are equal; None where that could not be judged.
        reason: why it could not be judged; "" where it could.
        place: where they first differ; None where they do not, or no place is known.
        dtype: in which the outputs are meant to be equal: float64, or float32, which is held against float64.
        is_rounding: whether they are farther apart in float32 than the tolerance, by rounding alone.
        is_below_float32: whether they are farther apart in float64 than the tolerance, but nearer than each
            rounds to float32.
        batches, examples: how many were compared; examples None where the data has no rows.
    """

    sides: tuple[Side, Side]
    weights: str
    is_called: bool
    outputs: tuple[Compared, ...]
    modules: tuple[Compared, ...]
    without: tuple[str, ...]
    moved: float | None
    tolerances: Tolerances
    dtype: str
    batches: int
    examples: int | None
    same: bool | None = None
    reason: str = ""
    place: Compared | None = None
    is_rounding: bool = False
    is_below_float32: bool = False

    @property
    def float64_limit(self) -> float:
        """The largest gap in float64 of outputs that are equal.

        Where they are meant to be equal in float32, no more than each rounds to float32: neither can tell so
        small a gap, and constants that one framework rounds to float32 leave one.
        """
        if self.dtype == "float64":
            return self.tolerances.truth
        most = max((one.most_rounding for one in self.outputs), default=0.0)
        return max(self.tolerances.truth, min(PAIRED, most))

    def is_equal(self, one: Compared) -> bool | None:
        """Whether it is equal in each dtype; None where nothing in it can be compared."""
        if one.float64 is None:
            return None
        is_near = one.float32 is None or one.float32.relative <= self.tolerances.lanes
        return one.float64.relative <= self.float64_limit and is_near
