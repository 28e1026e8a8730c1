"""A comparison of forward passes in sentences, for the command line and the Python API."""

from __future__ import annotations

from fwtui.core.text import plain
from fwtui.format.numbers import gap, index, plural
from fwtui.measure.arrays import ArrayGap
from fwtui.measure.numbers import distinct_texts
from fwtui.parity.forward.finding import Compared, ForwardFinding
from fwtui.parity.words import BUT_FOR_ROUNDING
from fwtui.race.models import titles

_MIN_DIGITS = 9
"""Of an output: all that float32 has."""


def verdict(finding: ForwardFinding) -> str:
    """Whether the outputs are equal, and how far they are apart; or why that could not be judged."""
    if finding.same is None:
        return f"could not be judged: {finding.reason}"
    apart = f"largest relative gap {_largest(finding, 'float64')} in float64"
    if finding.dtype == "float32":
        apart += f" and {_largest(finding, 'float32')} in float32"
    if not finding.same:
        return f"no: {apart}"
    if finding.is_rounding:
        return f"yes{BUT_FOR_ROUNDING}: {apart}; each is as far from itself in float64"
    if finding.is_below_float32:
        return f"yes, as far as float32 can tell: {apart}, less than each rounds to float32"
    return f"yes: {apart}, tolerance {finding.tolerances.lanes:.0e}"


def compared(finding: ForwardFinding) -> str:
    """What the verdict rests on."""
    what = plural(len(finding.outputs), "output" if finding.is_called else "metric")
    batches = "1 batch" if finding.batches == 1 else f"{finding.batches:,} batches"
    rows = "" if finding.examples is None else f", {plural(finding.examples, 'example')}"
    is_turned = any(one.is_turned for one in finding.outputs)
    parts = [
        f"{what} of {batches}{rows}",
        "in evaluation mode",
        f"with the weights of {plain(finding.weights)}",
        *(["channels last as first"] if is_turned else []),
    ]
    return ", ".join(parts)


def moved(finding: ForwardFinding) -> str:
    """What comes of it with other weights."""
    return f"with each weight moved by about a tenth, {gap(finding.moved)} apart in float64"


def rounding(finding: ForwardFinding) -> str | None:
    """How far each model's outputs are in float32 from its own in float64; None where that was not asked."""
    if finding.dtype == "float64":
        return None
    parts = []
    for side, title in enumerate(titles(finding.sides)):
        known = [one.rounding[side] for one in finding.outputs]
        most = max((value for value in known if value is not None), default=None)
        parts.append(f"{title} {gap(most)}")
    return f"{', '.join(parts)} from itself in float64"


def where(finding: ForwardFinding) -> list[str]:
    """The first place that differs, a line each; empty where none is known."""
    if finding.same is not False:
        return []
    place = finding.place
    if place is None:
        return ["only with other weights, and in no submodule that has a counterpart"]
    name = " | ".join(dict.fromkeys(map(plain, (place.first, place.second))))
    if not place.weights:
        return [f"{name}: {_values(finding, place)}", *_behind(finding)]
    given = {
        True: "which gets the same",
        False: f"which gets something else: the difference is {_before(finding, place)}",
        None: "of which it is not seen what it gets",
    }[place.gets_the_same]
    return [f"{name}, {given}: {_values(finding, place)}"]


def _before(finding: ForwardFinding, place: Compared) -> str:
    """Behind which submodule a difference is that is in no submodule which has a counterpart."""
    before = finding.modules[: finding.modules.index(place)]
    equal = [one for one in before if finding.is_equal(one)]
    return f"between {plain(equal[-1].first)} and {plain(place.first)}" if equal else "before it"


def _behind(finding: ForwardFinding) -> list[str]:
    equal = [one for one in finding.modules if finding.is_equal(one)]
    if not equal or len(equal) < len(finding.modules):
        return []
    return [f"each submodule with a counterpart gives the same, {plain(equal[-1].first)} last"]


def _values(finding: ForwardFinding, place: Compared) -> str:
    dtype, found = "float64", place.float64
    if found is None or (found.relative <= finding.tolerances.truth and place.float32 is not None):
        dtype, found = "float32", place.float32
    assert found is not None
    if found.problem:
        return found.problem
    a, b = distinct_texts(found.a, found.b, _MIN_DIGITS)
    first, second = titles(finding.sides)
    where = index(found.index)
    apart = f"{gap(found.relative)} apart in {dtype}"
    return f"{where and f'{where} is '}{a} in {first} and {b} in {second}, {apart}"


def _largest(finding: ForwardFinding, dtype: str) -> str:
    gaps: list[ArrayGap] = [found for one in finding.outputs if (found := getattr(one, dtype)) is not None]
    return gap(max((one.relative for one in gaps), default=None))
