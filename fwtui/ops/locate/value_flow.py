"""One op log as a flow of values, from the parameters and the batch to the step's results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fwtui.core.lane_model import AS_IT_IS
from fwtui.core.ndarray import Array
from fwtui.core.oplog import OP_PHASES, LoggedOp, OpPhase
from fwtui.ops.locate.value_index import Values
from fwtui.ops.vocabulary.canonical import SHAPE_READERS, carries


class Flow:
    """The ops of one log, and what they make.

    Attributes:
        results: each result's op and value, by the names of `LoggedOp.results`.
    """

    def __init__(self, ops: Sequence[LoggedOp]) -> None:
        self.ops, self.values = ops, Values(ops)
        self.results: dict[str, tuple[LoggedOp, Array]] = {
            name: (op, _common(op, number)) for op in ops for number, (name, _) in enumerate(op.results)
        }
        self._constant: list[bool] = []
        for op in ops:
            self._constant.append(op.op in SHAPE_READERS or all(map(self._is_constant, op.origins)))

    def constant(self, op: LoggedOp) -> bool:
        """Whether its output depends on no parameter's and no batch's values: masks, shapes, counts."""
        return self._constant[op.number]

    def until(self, phase: OpPhase) -> int:
        """How many ops run up to the end of `phase`."""
        last = OP_PHASES.index(phase)
        return sum(OP_PHASES.index(op.phase) <= last for op in self.ops)

    def makers(self, op: LoggedOp) -> list[LoggedOp]:
        """The ops that made what `op` takes."""
        return [self.ops[one] for one in op.origins if isinstance(one, int)]

    def behind(self, goals: Iterable[LoggedOp], phase: OpPhase) -> list[LoggedOp]:
        """`goals` and every op of `phase` that they depend on, in the order in which they ran."""
        found, left = set(), [op.number for op in goals]
        while left:
            number = left.pop()
            if number not in found and self.ops[number].phase == phase:
                found.add(number)
                left += [maker.number for maker in self.makers(self.ops[number])]
        return [self.ops[number] for number in sorted(found)]

    def origins(self, op: LoggedOp) -> list[int | str]:
        """What `op` takes: names, and the numbers of the ops that computed it; ops that only carry values on
        are passed over."""
        origins: list[int | str] = []
        for origin in op.origins:
            while isinstance(origin, int) and carries(self.ops[origin].op):
                origin = self.ops[origin].origins[0]
            if origin is not None:
                origins.append(origin)
        return origins

    def parameters(self, ops: Iterable[LoggedOp]) -> set[str]:
        """The parameters that any of `ops` takes, as `parameter w1`."""
        names = {one for op in ops for one in op.origins if isinstance(one, str)}
        return {name for name in names if name.startswith("parameter ")}

    def _is_constant(self, origin: int | str | None) -> bool:
        return origin is None or (isinstance(origin, int) and self._constant[origin])


def _common(op: LoggedOp, number: int) -> Array:
    """A result's values, as all lanes have them."""
    array = op.values[op.results[number][1]]
    view = op.result_views[number] if op.result_views else AS_IT_IS
    return array if view == AS_IT_IS else Array.of(view.common(array.value()))
