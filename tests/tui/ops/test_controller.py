"""What the ops screen works out once, however often it looks."""

from __future__ import annotations

from fwtui.tui.ops.lines import Cursor
from fwtui.tui.ops.view_options import Showing
from tests.tui.why import shown, told


async def test_what_is_searched_for_is_looked_for_once(monkeypatch):
    looked_at, finds = [], Showing.finds

    def counting(self, op):
        looked_at.append(op)
        return finds(self, op)

    monkeypatch.setattr(Showing, "finds", counting)
    async with shown(told(), "3") as d:
        desk = d.app.screen._desk
        desk.showing.term = "mm"
        for _ in range(3):
            desk.view(Cursor(1, 0), None)
            assert len(desk.found(1)) == 5
        assert len(looked_at) == len(desk.pairing.ops(1))
        desk.showing.term = "relu"
        assert desk.found(1) == [1, 18]
        desk.showing.phase = "update"
        assert desk.found(1) == []
