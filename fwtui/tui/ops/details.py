"""Details of one op, and of its match on the other side."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from fwtui.core.graph import Tensor
from fwtui.core.op_stats import apart, fingerprint
from fwtui.core.oplog import LoggedOp, OpInput, TensorStats
from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.format.ops import IN_PIECES, shape
from fwtui.ops.align.log_pair import Pairing
from fwtui.ops.align.value_differences import Difference
from fwtui.ops.vocabulary.canonical import computes

_LABEL = 8
_MOST_INPUTS = 3
_NOTHING = Content("")
_WHY: dict[Difference | None, str] = {"rounding": ", as rounding explains", "other": ", beyond rounding"}
_TOGETHER: dict[Difference | None, str] = {
    None: "several ops together: values not compared",
    "same": "several ops together: the same values",
    "rounding": "several ops together: apart by rounding",
    "other": "several ops together: other values",
}


def about(pairing: Pairing, side: int, number: int, colours: Sequence[str]) -> tuple[Content, Content]:
    """The op on its side, and its counterparts on the other, in eight lines each, or nine.

    Args:
        colours: each side's, by the theme's name for it.
    """
    others = pairing.across(side, number)
    own = _op(pairing, side, pairing.ops(side)[number], colours[side])
    if others:
        other = Content("\n").join(
            [_op(pairing, 1 - side, others[0], colours[1 - side]), *(_more(others[1:]) if others[1:] else [])]
        )
    else:
        other = _NOTHING
    return (own, other) if side == 0 else (other, own)


def _more(others: Sequence[LoggedOp]) -> list[Content]:
    named = ", ".join(f"{op.number} {plain(op.op)}" for op in others)
    return [_row("with", Content(named))]


def tight(pairing: Pairing, side: int, number: int, colours: Sequence[str]) -> Content:
    """The op, and its counterparts by name, in five lines."""
    op = pairing.ops(side)[number]
    return Content("\n").join(
        [
            _title(pairing, side, op, colours[side]),
            _row("takes", Content(", ").join([_taken(pairing, side, one) for one in op.inputs])),
            _row("gives", Content.assemble(_gives(op), "   ", _values(fingerprint(op)))),
            _row("source", _source(op)),
            _row("across", verdict(pairing, side, number)),
        ]
    )


def verdict(pairing: Pairing, side: int, number: int) -> Content:
    """The counterparts, and how far what they gave is from what this op gave; or why there are none."""
    op, others = pairing.ops(side)[number], pairing.across(side, number)
    if number in pairing.calls[side]:
        return Content.assemble(("the step is called once; what runs inside of it stands below", "$dim"))
    if not pairing.compares:
        return Content.assemble(("no log on the other side", "$dim"))
    match = pairing.match(side, number)
    if not others:
        if not computes(op.op):
            return Content.assemble(("none needed: it computes nothing", "$dim"))
        word = f"{match.canonical}: " if match.canonical else "no common word: "
        if not pairing.alignment.whole:
            return Content.assemble((f"{word}… not found: {IN_PIECES}", "$dim"))
        return Content.assemble((word, "$dim"), ("+ stands alone on this side", "$warning"))
    named = ", ".join(f"{one.number} {plain(one.op)}" for one in others)
    difference = pairing.difference(match)
    if match.left[1:] or match.right[1:]:
        gap = Content.assemble((_TOGETHER[difference], "$dim"))
    else:
        gap = _gap(fingerprint(op), fingerprint(others[0]), pairing.same_step)
        gap = Content.assemble(gap, (_WHY.get(difference, "") if pairing.same_step else "", "$dim"))
    return Content.assemble((f"{match.canonical}: ", "$dim"), named, "   ", gap)


def _gap(a: TensorStats | None, b: TensorStats | None, same_step: bool) -> Content:
    """How far two outputs are apart by what is known of them."""
    if a is None or b is None:
        return Content.assemble(("outputs not compared: no fingerprint", "$dim"))
    gap = apart(a, b)
    if gap is None:
        return Content.assemble(("outputs not compared: no finite number", "$warning"))
    said = "the same in every figure" if gap == 0 else f"apart by {numbers.gap(gap)} of the largest"
    return Content.assemble("outputs ", said, ("" if same_step else ", but of another step", "$dim"))


def _op(pairing: Pairing, side: int, op: LoggedOp, colour: str) -> Content:
    taken = [_taken(pairing, side, one) for one in op.inputs[:_MOST_INPUTS]]
    if len(op.inputs) > _MOST_INPUTS:
        taken[-1] = Content.assemble(taken[-1], (f"   and {len(op.inputs) - _MOST_INPUTS} more", "$dim"))
    lines = [_title(pairing, side, op, colour)]
    lines += [_row("" if place else "takes", one) for place, one in enumerate(taken)]
    lines += [_row("gives", _gives(op)), _row("values", _values(fingerprint(op)))]
    lines += [_row("cost", _cost(op)), _row("source", _source(op))]
    return Content("\n").join(lines)


def _row(label: str, value: Content) -> Content:
    return Content.assemble((label.ljust(_LABEL), "$dim"), value)


def _title(pairing: Pairing, side: int, op: LoggedOp, colour: str) -> Content:
    log = pairing.logs[side]
    phase = (op.phase, f"$phase-{op.phase}") if op.phase else ("phase not known", "$dim")
    if op.number in pairing.calls[side]:
        phase = ("the whole step, called once", "$dim")
    name = f"  {plain(op.name)}" if op.name else ""
    step = f"   step {log.step:,}" if log is not None else ""
    return Content.assemble(
        (f"{op.number} {plain(op.op)}", f"bold ${colour}"), name, "   ", phase, (step, "$dim")
    )


def _taken(pairing: Pairing, side: int, taken: OpInput) -> Content:
    tensor = _tensor(taken.tensor)
    if isinstance(taken.origin, int):
        giver = plain(pairing.ops(side)[taken.origin].op)
        output = f" output {taken.output}" if taken.output else ""
        return Content.assemble(tensor, (" ← ", "$dim"), f"{taken.origin} {giver}{output}")
    return Content.assemble(tensor, (" ← ", "$dim"), plain(taken.origin or "a constant"))


def _tensor(tensor: Tensor | None) -> str:
    if tensor is None:
        return numbers.NA
    return f"{shape(tensor)} {plain(tensor.dtype)}" if tensor.shape else plain(tensor.dtype)


def _gives(op: LoggedOp) -> Content:
    outputs = ", ".join(map(_tensor, op.outputs)) or "nothing"
    results = ", ".join(plain(name) for name, _ in op.results)
    return Content.assemble(outputs, (" → ", "$dim") if results else "", results)


def _values(one: TensorStats | None) -> Content:
    if one is None:
        return Content.assemble(("no fingerprint", "$dim"))
    figures = (("mean ", one.center), ("   std ", one.std), ("   largest ", one.largest))
    stats = Content.assemble(
        *(part for name, value in figures for part in ((name, "$dim"), numbers.loss(value)))
    )
    wrong = [numbers.plural(one.nans, "NaN")] if one.nans else []
    wrong += [f"{one.infinities:,} infinite"] if one.infinities else []
    return Content.assemble(stats, (f"   ✗ {', '.join(wrong)}", "bold $error") if wrong else "")


def _cost(op: LoggedOp) -> Content:
    began = "" if op.started_ns is None else f" from {numbers.duration(op.started_ns)} on"
    where = f"   on {plain(op.device)}" if op.device else ""
    return Content.assemble(
        numbers.duration(op.host_ns), (began, "$dim"), f"   {numbers.size(op.nbytes)}", (where, "$dim")
    )


def _source(op: LoggedOp) -> Content:
    scope = f"{plain(op.scope)}   " if op.scope else ""
    if op.source is None:
        return Content(scope.strip()) if scope else Content.assemble((numbers.NA, "$dim"))
    line = numbers.line_name(op.source), (f"   {numbers.line_text(op.source)}", "$dim")
    return Content.assemble((scope, "bold"), *line)
