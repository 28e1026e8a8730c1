"""The first op of a step whose output differs between two op logs: its location and a description."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from fwtui.backends.logbook import in_net
from fwtui.core.numerical_policy import NOISE
from fwtui.core.oplog import LoggedOp, OpPhase
from fwtui.core.records import OpsLogged
from fwtui.core.text import plain
from fwtui.measure.arrays import Scalar, array_gap
from fwtui.measure.numbers import distinct_texts
from fwtui.ops.locate.candidates import Ops, Place
from fwtui.ops.locate.search import frontier, search
from fwtui.ops.locate.value_flow import Flow
from fwtui.ops.locate.value_index import aligned, close
from fwtui.ops.vocabulary.canonical import STOPS, carries, kind

_MIN_DIGITS = 4
"""Of an output's value in words."""


@dataclass(frozen=True, slots=True)
class OpDifference:
    """Where two logs of one step first differ.

    Attributes:
        result: the first result that differs because of it, such as `loss`, `gradient w1` or `parameter w1`.
        a, b: the op on each side; None where a side has none.
        index: where their outputs differ most, in the shape of a's; None where these cannot be compared.
        a_value, b_value: both outputs there, complex where one of them is.
        extra: 0 or 1 where that side's op has no counterpart; the other's is what goes on without it. None
            where the two are counterparts.
        words: all of it in one line.
    """

    phase: OpPhase
    result: str
    a: LoggedOp | None
    b: LoggedOp | None
    index: tuple[int, ...] | None
    a_value: Scalar | None
    b_value: Scalar | None
    words: str
    extra: int | None = None


def first_difference(
    a: OpsLogged,
    b: OpsLogged,
    tolerance: float,
    titles: tuple[str, str] = ("lane 1", "lane 2"),
    with_update: bool = True,
) -> OpDifference | None:
    """The first op that differs; None where the loss, gradients, updates and other metrics all agree.

    Args:
        tolerance: largest difference over largest magnitude of two arrays that are still equal.
        titles: what to call the two sides.
        with_update: whether the updates are compared, too.

    Raises:
        ValueError: a log has no op that made the loss, so that no comparison is possible.
    """
    sides = Flow(a.ops), Flow(b.ops)
    if not all("loss" in side.results for side in sides):
        raise ValueError("no op of the step made the loss")
    message = _Message(sides, titles, a.step)
    for phase, wrong in _wrong_results(sides, tolerance):
        if not wrong or (phase == "update" and not with_update):
            continue
        if phase == "backward" and (stopped := _stopped(sides, wrong, tolerance)):
            return message.stopped(wrong[0], *stopped)
        both = [name for name in wrong if all(name in side.results for side in sides)]
        if len(both) < len(wrong):
            return message.missing(phase, next(name for name in wrong if name not in both))
        # What is wrong first is computed first.
        first = min(both, key=lambda name: sides[0].results[name][0].number)
        place = search(sides, phase, first, tolerance)
        goals = sides[0].results[first][0], sides[1].results[first][0]
        # Nothing on the way is surely a pair: that the result itself differs says too little.
        if place.ops == goals and (between := frontier(sides, phase, first, tolerance)):
            return message.between(first, between)
        return message.place(first, place)
    return None


def _wrong_results(sides: tuple[Flow, Flow], tolerance: float) -> Iterator[tuple[OpPhase, list[str]]]:
    """By phase, the results that differ or that only one side has; last the metrics other than the loss."""
    a, b = (side.results for side in sides)
    names = list(a | b)
    yield "forward", _differing(sides, ["loss"], tolerance)
    gradients = [name for name in names if name.startswith("gradient ")]
    # A parameter that is updated had a gradient, even where no op of the log made it.
    given = [
        name
        for name in gradients
        if (name in a and name in b) or not (_updated(name) in a and _updated(name) in b)
    ]
    noise = _noise(sides, given, tolerance)
    yield "backward", _differing(sides, [name for name in given if name not in noise], tolerance)
    rounding = set(map(_updated, noise))
    updates = [name for name in names if name.startswith("parameter ") and name not in rounding]
    yield "update", _differing(sides, updates, tolerance)
    others = [name for name in names if name not in (*gradients, *updates, *rounding)]
    yield "forward", _differing(sides, others, tolerance)


def _updated(gradient: str) -> str:
    """`parameter w1` of `gradient w1`."""
    return gradient.replace("gradient ", "parameter ", 1)


def _differing(sides: tuple[Flow, Flow], names: list[str], tolerance: float) -> list[str]:
    a, b = (side.results for side in sides)
    return [
        name
        for name in names
        if name not in a or name not in b or not close(a[name][1].value(), b[name][1].value(), tolerance)
    ]


def _noise(sides: tuple[Flow, Flow], gradients: list[str], tolerance: float) -> set[str]:
    """The gradients that are rounding alone, as a bias's before a normalisation is, which has no effect."""
    sizes = {
        name: max(abs(side.results[name][1].value()).max(initial=0.0) for side in sides)
        for name in gradients
        if all(name in side.results for side in sides)
    }
    limit = NOISE * tolerance * max(sizes.values(), default=0.0)
    return {name for name, size in sizes.items() if 0 < size <= limit}


def _stopped(
    sides: tuple[Flow, Flow], wrong: list[str], tolerance: float
) -> tuple[int, LoggedOp, LoggedOp | None] | None:
    """A stop in the gradient's way on one side alone, with all that has a wrong gradient behind it.

    Returns:
        The side; the op that stops; the op on the other side that made the same value.
    """
    behind = set(map(_updated, wrong))
    for number, side in enumerate(sides):
        other = sides[1 - number]
        until = other.until("forward")
        # Frameworks detach values that they keep for the backward pass: that stops nothing on the way.
        on_the_way = set(other.behind([other.results["loss"][0]], "forward"))
        for op in side.behind([side.results["loss"][0]], "forward"):
            upstream = side.behind([op], "forward")
            if op.op not in STOPS or not behind <= side.parameters(upstream) or _is_of_moments(side, op):
                continue
            same = [other.ops[n] for n in side.values.counterparts(op.number, other.values, until, tolerance)]
            if not any(one.is_without_gradient or (one.op in STOPS and one in on_the_way) for one in same):
                return number, op, next((one for one in same if not carries(one.op)), None)
    return None


def _is_of_moments(side: Flow, stop: LoggedOp) -> bool:
    """Whether it stops a mean on its way into the squared deviations from it, to which it gives no gradient:
    they add up to zero. TensorFlow's moments do so."""
    takers = [op for op in side.ops if stop.number in op.origins and op.phase == "forward"]
    mean = side.makers(stop)
    centred = set(side.origins(mean[0])) if len(mean) == 1 and kind(mean[0].op) == "mean" else set()
    return bool(takers) and all(
        op.op == "SquaredDifference" and centred & set(side.origins(op)) for op in takers
    )


class _Message:
    """Builds the difference that was found, with its one-line description."""

    def __init__(self, sides: tuple[Flow, Flow], titles: tuple[str, str], step: int) -> None:
        self._sides, self._titles, self._step = sides, titles, step

    def place(self, result: str, place: Place) -> OpDifference:
        """Where two ways begin to differ."""
        if place.extra is None:
            return self._apart(result, place)
        return self._extra(result, place.extra, place.ops)

    def _extra(self, result: str, side: int, ops: Ops) -> OpDifference:
        """An op of one side that the other goes on without."""
        text = f"{self._op(side, ops[side])} has no counterpart in {self._titles[1 - side]}, "
        text += f"where {named(ops[1 - side])} goes on without it"
        phase = ops[side].phase
        assert phase is not None  # only eager steps are compared, in which it is known
        text += self._left_out() if phase == "forward" else ""
        text += "" if result == "loss" else f"; it reaches {result}"
        return replace(self._difference(phase, result, *ops, text), extra=side)

    def _apart(self, result: str, place: Place) -> OpDifference:
        """Two ops whose outputs differ."""
        a, b = place.ops
        assert a.phase is not None
        ops = self._op(0, a), self._op(1, b)
        index = a_value = b_value = None
        if a.values and b.values:
            one, other = _output(a, result), _output(b, result)
            text = f"{ops[0]} gives shape {one.shape} where {ops[1]} gives shape {other.shape}"
            if one.size == other.size and (gap := array_gap(one, aligned(one, other), "float64")):
                index, a_value, b_value = gap.index, gap.a, gap.b
                values = distinct_texts(a_value, b_value, _MIN_DIGITS)
                text = f"{ops[0]} gives {values[0]} where {ops[1]} gives {values[1]}"
                text += f", at {list(index)}" if index else ""
        else:
            text = f"{ops[0]} and {ops[1]} differ"
        text += self._also_from(place)
        text += self._left_out() if a.phase == "forward" else ""
        text += "" if result == "loss" else f"; it reaches {result}"
        return self._difference(a.phase, result, a, b, text, index, a_value, b_value)

    def between(self, result: str, ops: Ops) -> OpDifference:
        """Two ops that are the first which the other side does not know, and no pair."""
        a, b = ops
        assert a.phase is not None
        text = f"the two part between {self._op(0, a)} and {self._op(1, b)}; it reaches {result}"
        return self._difference(a.phase, result, a, b, text)

    def stopped(self, result: str, side: int, stop: LoggedOp, same: LoggedOp | None) -> OpDifference:
        """One side stops the gradient, the other does not."""
        text = f"{self._op(side, stop)} stops the gradient, {self._titles[1 - side]} lets it through"
        text += f" to {named(same)}" if same is not None else ""
        a, b = (stop, same) if side == 0 else (same, stop)
        return self._difference("backward", result, a, b, f"{text}; it reaches {result}")

    def missing(self, phase: OpPhase, result: str) -> OpDifference:
        """Only one side has the result."""
        has = 0 if result in self._sides[0].results else 1
        name = _updated(result)
        if op := self._unused(has, name):
            text = f"only {self._titles[has]} uses {name}, in {named(op)}"
            a, b = (op, None) if has == 0 else (None, op)
            return self._difference(phase, result, a, b, text)
        op = self._sides[has].results[result][0]
        text = f"{self._titles[1 - has]} has no {result}, {self._op(has, op)} gives one"
        a, b = (op, None) if has == 0 else (None, op)
        return self._difference(phase, result, a, b, text)

    def _difference(
        self,
        phase: OpPhase,
        result: str,
        a: LoggedOp | None,
        b: LoggedOp | None,
        text: str,
        index: tuple[int, ...] | None = None,
        a_value: Scalar | None = None,
        b_value: Scalar | None = None,
    ) -> OpDifference:
        words = f"step {self._step}, {phase}: {text}"
        return OpDifference(phase, result, a, b, index, a_value, b_value, words)

    def _also_from(self, place: Place) -> str:
        """The other lines that a pair's outputs come from, which the other side has nothing equal to."""
        text = ""
        for title, op, behind in zip(self._titles, place.ops, place.behind, strict=True):
            lines = sorted({one.source for one in behind if one.source is not None} - {op.source})
            if lines:
                text += f"; {title}'s also comes from {', '.join(map(_line, lines))}"
        return text

    def _unused(self, has: int, parameter: str) -> LoggedOp | None:
        """The first op of side `has` that computes with `parameter`, where the other side has none."""
        users = [
            [op for op in side.ops if not carries(op.op) and parameter in side.origins(op)]
            for side in self._sides
        ]
        forward = [[op for op in ops if op.phase == "forward"] for ops in users]
        return forward[has][0] if forward[has] and not forward[1 - has] else None

    def _left_out(self) -> str:
        """Which parameters one side alone computes with.

        Where both have some, one may hold several of the other's in one array.
        """
        used = [side.parameters(op for op in side.ops if op.phase == "forward") for side in self._sides]
        if used[0] - used[1] and used[1] - used[0]:
            return ""
        only = [
            f"; only {title} uses {', '.join(sorted(mine - others))}"
            for title, mine, others in zip(self._titles, used, used[::-1], strict=True)
            if mine - others
        ]
        return "".join(only)

    def _op(self, side: int, op: LoggedOp) -> str:
        return f"{self._titles[side]} {named(op)}"


def named(op: LoggedOp) -> str:
    """An op with its module and its line, as far as they are known.

    Where a functional model is called within fwtui, no line of the user's asks for its layers' ops.
    """
    line = _line(op.source) if op.source and (in_net(op.source) or not op.scope) else ""
    where = [*([f"in {plain(op.scope)}"] if op.scope else []), *([line] if line else [])]
    return f"{op.op} ({', '.join(where)})" if where else op.op


def _line(source: tuple[str, int]) -> str:
    return f"{Path(source[0]).name}:{source[1]}"


def _output(op: LoggedOp, result: str) -> NDArray[Any]:
    """The output that is `result`, where one is; else the first."""
    return op.values[dict(op.results).get(result, 0)].value()
