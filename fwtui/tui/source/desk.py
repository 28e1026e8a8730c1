"""Two lanes' source as it is looked at together: each line with its ops, and which lines correspond.

It knows no widget and no key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fwtui.ops.names import computes
from fwtui.ops.pairing import Pairing, is_quick, pair
from fwtui.race.oplog import LoggedOp
from fwtui.race.records import OpsLogged
from fwtui.tui.meeting import common_step
from fwtui.tui.model import Lane, RaceModel
from fwtui.tui.selection import Place
from fwtui.tui.source.costs import Costs, asked_by
from fwtui.tui.source.page import SourcePage
from fwtui.tui.source.sections import LaneSource, Source
from fwtui.tui.source.standing import running


@dataclass
class _Read:
    """One run of a lane.

    Attributes:
        asked: whether it was asked for its ops.
        costs: of `log`.
        besides: lines that are to be shown whatever makes the step.
        begin: the line at which the cursor waits for the first log; None where it was moved since.
        key: what `page` was made of.
    """

    lane: Lane
    source: LaneSource
    asked: bool = False
    log: OpsLogged | None = None
    costs: Costs = field(default_factory=lambda: Costs.of(None))
    besides: dict[Source, None] = field(default_factory=dict)
    begin: Source | None = None
    key: object = None
    page: SourcePage | None = None


class SourceDesk:
    """What is shown of the source of each lane."""

    def __init__(self, model: RaceModel) -> None:
        self._model = model
        self._lanes: dict[int, _Read] = {}
        self._pairing: Pairing | None = None

    def ask(self, lanes: Sequence[int]) -> None:
        """Asks each run of these lanes once for its ops, where it has not told any; all for the same step."""
        able = [read.lane for read in map(self._read, lanes) if not read.lane.over]
        for index in lanes:
            read = self._read(index)
            history = read.lane.history
            if history.ops is None and not read.asked and history.built is not None and not read.lane.over:
                read.asked = True
                self._model.ask_ops(index, common_step(able))

    def waits(self, index: int) -> bool:
        """Whether a lane was asked for its ops, and has not answered yet."""
        read = self._read(index)
        return read.asked and read.lane.history.ops is None

    def costs(self, index: int) -> Costs:
        """What each line of a lane asked for."""
        read = self._read(index)
        if read.lane.history.ops is not read.log:
            read.log = read.lane.history.ops
            read.costs = Costs.of(read.log, read.source.call)
            read.besides |= dict.fromkeys(read.costs.lines)
        return read.costs

    def page(self, index: int) -> SourcePage:
        """The source of a lane."""
        read, costs = self._read(index), self.costs(index)
        sections = read.source.sections(read.besides)
        now = running(read.lane, sections)
        key = (id(costs), len(sections), now)
        if read.page is None or key != read.key:
            read.key, read.page = key, SourcePage(sections, costs, now)
        return read.page

    def changed(self, index: int) -> bool:
        """Whether a user's file is another one now than the one that the lane runs."""
        return self._read(index).source.changed

    def op(self, place: Place) -> LoggedOp | None:
        """The op that is selected; None where none is, or where it is not in the log."""
        ops = self._ops(place.lane)
        return ops[place.op] if place.op is not None and place.op < len(ops) else None

    def settled(self, place: Place) -> Place:
        """`place` with the line of its op or node, and with an op of its line.

        What is nowhere yet is at the first line that asked for an op, once that is known.
        """
        read, source = self._read(place.lane), place.source
        if source is not None and (source != read.begin or self.costs(place.lane).lines):
            source, read.begin = None if source == read.begin else source, None
        if source is None:
            source = self._meant(place)
        if source is None:
            return place
        if self.page(place.lane).row_of(source) is None:
            read.besides[source] = None
        numbers, ops = self.ops_of(place.lane, source), self._ops(place.lane)
        if place.op in numbers:
            return replace(place, source=source)
        computing = (number for number in numbers if computes(ops[number].op))
        return replace(place, source=source, op=next(computing, next(iter(numbers), None)))

    def _meant(self, place: Place) -> Source | None:
        """The line of the op or the node that is selected, or else the first; None where nobody knows it."""
        if place.op is not None:
            op = self.op(place)
            return None if op is None else self.line_of(place.lane, op)
        if place.node is not None:
            told = self._read(place.lane).lane.history.graphs
            node = None if told is None else told.node(*place.node)
            return None if node is None else node.source
        page = self.page(place.lane)
        row = page.first()
        source = None if row is None else page.rows[row].source
        if not self.costs(place.lane).lines:
            self._read(place.lane).begin = source
        return source

    def ops_of(self, index: int, source: Source | None) -> Sequence[int]:
        """The ops that a line asked for, by their numbers."""
        cost = None if source is None else self.costs(index).lines.get(source)
        return cost.ops if cost is not None else ()

    def line_of(self, index: int, op: LoggedOp) -> Source | None:
        """The line of a lane that asked for an op; None where nobody knows it."""
        return asked_by(op, self._read(index).source.call)

    def across(self, sides: Sequence[int], lane: int, op: int | None, at_once: bool) -> Sequence[LoggedOp]:
        """The counterparts of an op on the other side.

        Args:
            sides: the lanes in front, from the left.
            at_once: none where logs are so long that they take a while to be aligned.
        """
        pairing = self._paired(sides, at_once)
        return () if pairing is None or op is None else pairing.across(sides.index(lane), op)

    def lines_across(self, sides: Sequence[int], place: Place) -> list[Source]:
        """The lines of the other side that asked for the counterparts of a line's ops, most ops first."""
        pairing = self._paired(sides, at_once=True)
        if pairing is None:
            return []
        side = sides.index(place.lane)
        there = (
            op for number in self.ops_of(place.lane, place.source) for op in pairing.across(side, number)
        )
        return [source for source, _ in Counter(op.source for op in there if op.source).most_common()]

    def _paired(self, sides: Sequence[int], at_once: bool) -> Pairing | None:
        if len(sides) < 2:
            return None
        logs = (self._read(sides[0]).lane.history.ops, self._read(sides[1]).lane.history.ops)
        if None in logs or (at_once and not is_quick(logs)):
            return None
        if (
            self._pairing is None
            or self._pairing.logs[0] is not logs[0]
            or self._pairing.logs[1] is not logs[1]
        ):
            self._pairing = pair(logs, self._pairing)
        return self._pairing

    def _ops(self, index: int) -> Sequence[LoggedOp]:
        log = self._read(index).lane.history.ops
        return () if log is None else log.ops

    def _read(self, index: int) -> _Read:
        lane = self._model.lanes[index]
        if index not in self._lanes or self._lanes[index].lane is not lane:
            self._lanes[index] = _Read(lane, LaneSource(lane.spec))
        return self._lanes[index]
