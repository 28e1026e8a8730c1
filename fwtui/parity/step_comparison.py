"""Two op logs of one step: the op at fault, verified by replacing it, and float32 constants set aside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from fwtui.core.oplog import LoggedOp
from fwtui.core.records import OpsLogged
from fwtui.core.spec import Feed
from fwtui.measure.comparability import listed
from fwtui.ops.locate.first_divergence import OpDifference, first_difference, named
from fwtui.ops.locate.same_inputs import Feeding, OwnGap, half_precision, with_feeds
from fwtui.ops.locate.value_flow import Flow
from fwtui.ops.locate.value_index import close
from fwtui.parity.finding import Finding


@dataclass(frozen=True, slots=True)
class LogAgain:
    """Logs the step of one side again, with outputs replaced.

    Attributes:
        side: which one, 0 or 1.
        log: raises ValueError where the step cannot be taken again.
    """

    side: int
    log: Callable[[Sequence[Feed]], OpsLogged]


@dataclass(frozen=True)
class StepComparison:
    """One step of two networks from the same weights, op by op.

    Attributes:
        logs: whole logs, one a side.
        titles: what to call the sides.
        allowed: largest difference over largest magnitude of two arrays that are equal.
        with_update: whether the updates are compared, too.
        again: None where neither side can be logged again with outputs replaced.
    """

    logs: tuple[OpsLogged, OpsLogged]
    titles: tuple[str, str]
    allowed: float
    with_update: bool
    again: LogAgain | None

    def judged(self, finding: Finding) -> Finding:
        """`finding` with the op at fault; or with `aside`, where float32 constants are all that differs.

        Raises:
            ValueError: a log has no op that made the loss.
        """
        first = self._first(self.logs)
        if first is None:
            why = "op by op, run eagerly from the same weights, both compute the same"
            return replace(finding, op_reason=why, same_step=True)
        finding = replace(finding, half_precision=self._half_precision(first.result))
        if self.again is None:
            return replace(finding, op=first)
        return self._verified(finding, first, self.again)

    def _first(self, logs: tuple[OpsLogged, OpsLogged]) -> OpDifference | None:
        return first_difference(*logs, self.allowed, self.titles, self.with_update)

    def _half_precision(self, result: str) -> tuple[str, str] | None:
        """The type below float32 that either side computes `result` with, and where, in words."""
        for side, log in enumerate(self.logs):
            if found := half_precision(Flow(log.ops), result):
                return found[0], self._op(side, found[1])
        return None

    def _verified(self, finding: Finding, first: OpDifference, again: LogAgain) -> Finding:
        """`finding` with what is left of the first difference once each op computes from the same values."""
        fed, other = Flow(self.logs[again.side].ops), Flow(self.logs[1 - again.side].ops)
        feeding = Feeding(fed, other, self.allowed)
        gaps = feeding.own_gaps(again.log(feeding.feeds()).ops)
        aside = [gap for gap in gaps if gap.is_rounding]
        if not aside:
            return replace(finding, op=self._confirmed(first, again, fed, other))
        finding = replace(finding, aside=self._set_aside(aside))
        at_fault = {gap.op.number for gap in gaps if not gap.is_rounding}
        kept = feeding.feeds(but=at_fault)
        left = self._first(self._with(again, kept))
        if left is None:
            text = (
                f"{finding.aside}; with the same values there, step {self.logs[0].step} is the same in both"
            )
            return replace(finding, same=None, place=None, aside=text)
        return replace(finding, op=self._confirmed(left, again, fed, other, at_fault))

    def _suspect(
        self, found: OpDifference, again: LogAgain, fed: Flow, other: Flow
    ) -> tuple[LoggedOp, LoggedOp] | None:
        """What to replace by what, for the difference to end; None where it names no such pair."""
        ops = (found.a, found.b) if again.side == 0 else (found.b, found.a)
        if ops[0] is None or ops[1] is None or found.phase == "update":
            return None
        if found.extra is not None:
            return self._around(ops[0], ops[1], found.extra == again.side, fed, other)
        return (fed.ops[ops[0].number], other.ops[ops[1].number]) if found.index is not None else None

    def _around(
        self, op: LoggedOp, others: LoggedOp, is_own: bool, fed: Flow, other: Flow
    ) -> tuple[LoggedOp, LoggedOp] | None:
        """What to replace by what so that an op which only one side has is gone, or is there on both.

        Args:
            op, others: the op of the side that is computed again, and the other side's.
            is_own: whether it is the first that the other side does not have.
        """
        pairs = Feeding(fed, other, self.allowed).pairs
        if is_own:  # its output becomes what it takes
            known = [pairs[one] for one in fed.origins(op) if isinstance(one, int) and one in pairs]
            return (op, other.ops[known[0]]) if known else None
        counterparts = {there: here for here, there in pairs.items()}
        known = [
            counterparts[one] for one in other.origins(others) if isinstance(one, int) and one in counterparts
        ]
        return (fed.ops[known[0]], others) if known else None

    def _with(self, again: LogAgain, feeds: Sequence[Feed]) -> tuple[OpsLogged, OpsLogged]:
        """Both logs, one of them with outputs replaced, and what came of them."""
        log = again.log(feeds)
        fed = replace(log, log=replace(log.log, ops=with_feeds(log.ops, feeds)))
        return (fed, self.logs[1]) if again.side == 0 else (self.logs[0], fed)

    def _confirmed(
        self, found: OpDifference, again: LogAgain, fed: Flow, other: Flow, but: Collection[int] = ()
    ) -> OpDifference:
        """`found`, which says that it lies between two lines where replacing the op does not end it.

        Args:
            but: ops of the side that is computed again which keep their own values.
        """
        suspect = self._suspect(found, again, fed, other)
        if suspect is None:
            return found
        feeding = Feeding(fed, other, self.allowed, suspect)
        feeds = feeding.feeds(but={*but} - {suspect[0].number})
        a, b = (Flow(log.ops).results for log in self._with(again, feeds))
        if found.result not in a or found.result not in b:
            return found
        if close(a[found.result][1].value(), b[found.result][1].value(), self.allowed):
            return found
        between = f"step {self.logs[0].step}, {found.phase}: the two part between {self._op(0, found.a)} and "
        text = f"{between}{self._op(1, found.b)}; it reaches {found.result}"
        # Their values are not to be held against each other: the two are no counterparts.
        return replace(found, words=text, index=None, a_value=None, b_value=None)

    def _set_aside(self, aside: Sequence[OwnGap]) -> str:
        """What is set aside, and how far it is apart."""
        assert self.again is not None
        lines = dict.fromkeys(self._line(gap) for gap in aside)
        worst = max(gap.relative for gap in aside)
        return f"a constant or a cast is {aside[0].precision}: {listed(lines)}, at most {worst:.1e} apart"

    def _op(self, side: int, op: LoggedOp | None) -> str:
        assert op is not None  # a pair
        return f"{self.titles[side]} {named(op)}"

    def _line(self, gap: OwnGap) -> str:
        """The side that computes in the lower precision, and where."""
        assert self.again is not None
        titles = self.titles if self.again.side == 0 else self.titles[::-1]
        sides = [(titles[0], gap.op), (titles[1], gap.other)]
        title, op = sides[1] if gap.is_the_others else sides[0]
        return f"{title} {named(op)}"
