"""View model of the ops screen: two op logs, their alignment and the visible rows. No widgets."""

from __future__ import annotations

from collections.abc import Sequence

from fwtui.core.oplog import LoggedOp
from fwtui.ops.align.log_pair import Pairing
from fwtui.ops.rows import Row, Rows, arrange
from fwtui.tui.charts.axes import Limits
from fwtui.tui.common.analysis import AnalysisContext
from fwtui.tui.common.background_aligner import Aligner
from fwtui.tui.common.model import RaceModel
from fwtui.tui.common.op_node_match import Features, best_match, of_graph, of_log
from fwtui.tui.common.selection import Place
from fwtui.tui.ops.lines import Cursor, RenderContext, View
from fwtui.tui.ops.log_feed import LogFeed
from fwtui.tui.ops.log_view import LogView
from fwtui.tui.ops.timeline_view import TimelineView, axis
from fwtui.tui.ops.totals_view import TotalsView, totals
from fwtui.tui.ops.view_options import ViewOptions


class OpsController:
    """The view state of two lanes' op logs."""

    def __init__(self, model: RaceModel, context: AnalysisContext) -> None:
        self._model = model
        self.following = LogFeed(model)
        self.showing = ViewOptions()
        self._aligner = Aligner(context)
        self._sides: tuple[int, ...] = ()
        self._limits: Limits | None = None
        self._rows: dict[int | None, Rows] = {}
        self._rows_of: tuple[object, ...] = ()
        self._found: dict[int, list[int]] = {}
        self._found_of: tuple[object, ...] = ()

    @property
    def pairing(self) -> Pairing:
        """The logs that are shown, and their alignment."""
        return self._aligner.pairing

    @property
    def failure(self) -> str:
        """Why the logs could not be matched; "" where they are."""
        return self._aligner.failure

    @property
    def waits(self) -> bool:
        """Whether a log is not shown yet, as it is still being aligned."""
        return self._aligner.waits

    def take_in(self, sides: tuple[int, ...]) -> int | None:
        """Takes the newest logs of these lanes, if they are followed; the lane whose log has the fault that
        was waited for.
        """
        if sides != self._sides:
            self._sides, self._limits = sides, None
        faulty = self.following.take_in(sides)
        left, right = (*map(self.following.log, sides), None)[:2]
        self._aligner.take_in(tuple(self._model.lanes[side].run for side in sides), (left, right))
        return faulty

    def cursor(self, place: Place, narrow: bool) -> tuple[Cursor | None, bool]:
        """The op that `place` means, and whether it was found.

        Otherwise it is the first that is shown; where the other side alone has a log, and there is room for
        both, of that one.
        """
        side = self.side(place)
        if not self.pairing.ops(side):
            first = None if narrow else self.first(1 - side)
            return (None if first is None else Cursor(1 - side, first)), False
        op = self._find(side, place)
        return (Cursor(side, op), True) if op is not None else (Cursor(side, self.first(side) or 0), False)

    def side(self, place: Place) -> int:
        """The side of the place's lane."""
        return self._sides.index(place.lane) if place.lane in self._sides else 0

    def place(self, cursor: Cursor, before: Place) -> Place:
        """Return an op's place with all that is known of it; a node that `before` had for it is kept."""
        op = self.pairing.ops(cursor.side)[cursor.op]
        lane = self._sides[cursor.side]
        node = before.node if before.lane == lane and before.op in (None, cursor.op) else None
        return Place(lane, op.number, node or self._node_of(lane, op), op.source)

    def rows(self, side: int | None) -> Rows:
        """The ops that are shown, `side`'s alone or both sides'."""
        showing = self.showing
        made_of = (self.pairing, showing.order, showing.phase)
        if made_of != self._rows_of:
            self._rows_of, self._rows = made_of, {}
        if side not in self._rows:
            self._rows[side] = arrange(self.pairing, showing.order, showing.phase, side)
        return self._rows[side]

    def view(self, cursor: Cursor | None, only: int | None) -> View:
        """Return the table to show.

        Args:
            only: the only side that fits; None: both fit.
        """
        sides = (0, 1) if only is None else (only,)
        found = frozenset(self.found(cursor.side)) if self.showing.term and cursor else frozenset()
        looked = RenderContext(self.pairing, self.rows(only), sides, cursor, found)
        if self.showing.view == "totals":
            return TotalsView(looked, totals(self.pairing, self.showing.order, self.showing.phase))
        if self.showing.view == "timeline":
            self._limits = axis(self.pairing, self._limits)
            return TimelineView(looked, self._limits)
        return LogView(looked)

    def found(self, side: int) -> list[int]:
        """Return the ops of a side that the search finds, in the order in which they are shown."""
        showing, ops = self.showing, self.pairing.ops(side)
        found_in = (self.pairing, showing.order, showing.phase, showing.term)
        if found_in != self._found_of:
            self._found_of, self._found = found_in, {}
        if side not in self._found:
            self._found[side] = [number for number in self._shown(side) if showing.finds(ops[number])]
        return self._found[side]

    def next_found(self, cursor: Cursor, by: int) -> Cursor | None:
        """The next op that the search finds on the cursor's side, or where that has none on the other.

        Args:
            by: 1: the next one, beyond the end from the start; -1: the one before; 0: from the cursor on.
        """
        side = cursor.side
        found = self.found(side)
        if not found:
            others = self.found(1 - side)
            return Cursor(1 - side, others[0]) if others else None
        place = {op: at for at, op in enumerate(self._shown(side))}
        here = place.get(cursor.op, 0)
        if by < 0:
            return Cursor(side, next((op for op in reversed(found) if place[op] < here), found[-1]))
        return Cursor(side, next((op for op in found if place[op] >= here + by), found[0]))

    def is_shown(self, cursor: Cursor) -> bool:
        """Whether the filter leaves an op in."""
        return cursor.op in self._shown(cursor.side)

    def first(self, side: int) -> int | None:
        """The first op of a side that is shown."""
        return next(iter(self._shown(side)), None)

    def best_match(self, cursor: Cursor, side: int) -> int | None:
        """Return the op of `side` that matches the cursor's op, or that next to where a match would be."""
        across = self.pairing.alignment.counterparts(cursor.side, cursor.op)
        if across:
            return across[0]
        here = self.pairing.alignment.match_of(cursor.side, cursor.op)
        matches = enumerate(self.pairing.alignment.matches)
        having = [(abs(at - here), ops[0]) for at, one in matches if (ops := (one.left, one.right)[side])]
        return min(having)[1] if having else None

    def _shown(self, side: int) -> list[int]:
        return [op for row in self.rows(None) if isinstance(row, Row) and (op := row.ops[side]) is not None]

    def _find(self, side: int, place: Place) -> int | None:
        """Return the op with the place's number, or the best match of the place's node or line."""
        ops = self.pairing.ops(side)
        if place.op is not None:
            return min(place.op, len(ops) - 1)
        log = self.pairing.logs[side]
        assert log is not None
        own, at = self._wanted(place)
        found = best_match(own, at, dict(enumerate(of_log(log.log))))
        return None if found is None else found[0]

    def _wanted(self, place: Place) -> tuple[Sequence[Features], int]:
        """Return the features of the graph and the node's index in them, or features of the line alone."""
        lanes = self._model.lanes  # of which the place's may have been removed
        graphs = lanes[place.lane].history.graphs if place.lane < len(lanes) else None
        if place.node is not None and graphs is not None:
            kind, index = place.node
            nodes = next((of_graph(graph) for graph in graphs.captured if graph.kind == kind), [])
            if index < len(nodes) and place.source in (None, nodes[index].source):
                return nodes, index
        return [Features(source=place.source)], 0

    def _node_of(self, lane: int, op: LoggedOp) -> tuple[str, int] | None:
        """Return the node that has the op's name, in the first graph that has one."""
        graphs = self._model.lanes[lane].history.graphs
        if not op.name or graphs is None:
            return None
        named = (
            (graph.kind, index)
            for graph in graphs.captured
            for index, node in enumerate(graph.nodes)
            if node.name == op.name
        )
        return next(named, None)
