"""What the ops screen works out once, however often it looks."""

from __future__ import annotations

from fwtui.tui.common.selection import Place
from fwtui.tui.ops.lines import Cursor
from fwtui.tui.ops.screen import OpsScreen
from fwtui.tui.ops.view_options import ViewOptions
from tests.tui.why import shown, told


async def test_what_is_searched_for_is_looked_for_once(monkeypatch):
    looked_at, finds = [], ViewOptions.finds

    def counting(self, op):
        looked_at.append(op)
        return finds(self, op)

    monkeypatch.setattr(ViewOptions, "finds", counting)
    async with shown(told(), "3") as d:
        controller = d.top(OpsScreen)._controller
        controller.showing.term = "mm"
        for _ in range(3):
            controller.view(Cursor(1, 0), None)
            assert len(controller.found(1)) == 5
        assert len(looked_at) == len(controller.pairing.ops(1))
        controller.showing.term = "relu"
        assert controller.found(1) == [1, 18]
        controller.showing.phase = "update"
        assert controller.found(1) == []


async def test_a_place_in_a_lane_that_was_removed_is_looked_for_by_its_line():
    async with shown(told(), "3") as d:
        controller = d.top(OpsScreen)._controller
        source = controller.pairing.ops(0)[3].source
        cursor, found = controller.cursor(Place(7, node=("traced", 3), source=source), False)
        assert found
        assert controller.pairing.ops(0)[cursor.op].source == source
