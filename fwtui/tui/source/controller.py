"""View model of the source screen: two lanes' source lines with their ops, and the matches of lines.

No widgets, no keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fwtui.core.oplog import LoggedOp
from fwtui.core.records import OpsLogged
from fwtui.ops.vocabulary.canonical import computes
from fwtui.tui.common.analysis import AnalysisContext
from fwtui.tui.common.background_aligner import Aligner
from fwtui.tui.common.common_step import common_step
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.selection import Place
from fwtui.tui.source.costs import Costs, asked_by
from fwtui.tui.source.page import SourcePage
from fwtui.tui.source.sections import LaneSource, Source
from fwtui.tui.source.status import running


@dataclass
class _Read:
    """One run of a lane.

    Attributes:
        asked: whether it was asked for its ops.
        costs: of `log`.
        besides: further lines to show, whether or not they are part of the step.
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

    def show(self, log: OpsLogged | None) -> None:
        """Has what each line asked for in this log."""
        if log is not self.log:
            self.log, self.costs = log, Costs.of(log, self.source.call)
            self.besides |= dict.fromkeys(self.costs.lines)


class SourceController:
    """What is shown of the source of each lane."""

    def __init__(self, model: RaceModel, context: AnalysisContext) -> None:
        self._model = model
        self._lanes: dict[int, _Read] = {}
        self._aligner = Aligner(context)
        self._sides: tuple[int, ...] = ()

    def ask(self, lanes: Sequence[int]) -> None:
        """Ask each run of these lanes once for its ops, where it has sent none; all for the same step."""
        able = [read.lane for read in map(self._read, lanes) if not read.lane.over]
        for index in lanes:
            read = self._read(index)
            history = read.lane.history
            if history.ops is None and not read.asked and history.built is not None and not read.lane.over:
                read.asked = True
                self._model.ask_ops(index, common_step(able))

    def take_in(self, sides: tuple[int, ...]) -> None:
        """Takes the newest logs of the lanes in front, from the left.

        Of logs that take long to be aligned, those stay that are, until newer ones are too: lines, ops and
        counterparts are of one and the same step.
        """
        self._sides = sides
        newest = [self._model.lanes[index].history.ops for index in sides]
        left, right = (*newest, None)[:2]
        self._aligner.take_in(tuple(self._model.lanes[index].run for index in sides), (left, right))
        for index, aligned, new in zip(sides, self._aligner.pairing.logs, newest, strict=False):
            self._read(index).show(aligned or new)

    @property
    def failure(self) -> str:
        """Why the logs could not be matched; "" where they are."""
        return self._aligner.failure

    @property
    def matches(self) -> bool:
        """Whether it is still being worked out what corresponds."""
        return self._aligner.waits

    @property
    def in_pieces(self) -> bool:
        """Whether the logs are so long that a counterpart may not be found."""
        return not self._aligner.pairing.alignment.whole

    def log(self, index: int) -> OpsLogged | None:
        """Return the log that is shown of a lane; None where it has sent none."""
        return self._read(index).log

    def waits(self, index: int) -> bool:
        """Whether a lane was asked for its ops, and has not answered yet."""
        read = self._read(index)
        return read.asked and read.lane.history.ops is None

    def costs(self, index: int) -> Costs:
        """What each line of a lane asked for."""
        return self._read(index).costs

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
        """Return the line of the selected op or node, or else the first line; None where it is unknown."""
        if place.op is not None:
            op = self.op(place)
            return None if op is None else self.line_of(place.lane, op)
        if place.node is not None:
            graphs = self._read(place.lane).lane.history.graphs
            node = None if graphs is None else graphs.node(*place.node)
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
        """Return the line of a lane that asked for an op; None where it is unknown."""
        return asked_by(op, self._read(index).source.call)

    def across(self, index: int, op: int | None) -> Sequence[LoggedOp]:
        """The counterparts of an op of a lane in front on the other side; none while that is worked out."""
        pairing = self._aligner.pairing
        return () if op is None or not pairing.compares else pairing.across(self._sides.index(index), op)

    def lines_across(self, place: Place) -> list[Source]:
        """The lines of the other side that asked for the counterparts of a line's ops, most ops first."""
        ops = self.ops_of(place.lane, place.source)
        there = (op for number in ops for op in self.across(place.lane, number))
        return [source for source, _ in Counter(op.source for op in there if op.source).most_common()]

    def _ops(self, index: int) -> Sequence[LoggedOp]:
        log = self._read(index).log
        return () if log is None else log.ops

    def _read(self, index: int) -> _Read:
        lane = self._model.lanes[index]
        if index not in self._lanes or self._lanes[index].lane is not lane:
            self._lanes[index] = _Read(lane, LaneSource(lane.spec))
        return self._lanes[index]
