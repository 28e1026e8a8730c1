"""The ribbon of graphs, below lanes that stand still."""

from fwtui.tui.live.graph_ribbon import GraphRibbon
from tests.tui.still import Scene, race, training
from tests.tui.why import LARGE, SMALL, shown


async def test_it_is_there_as_soon_as_there_is_room_for_it(monkeypatch):
    scene = Scene(race(), [training("tf.function", 312), training("torch.eager", 312)])
    async with shown(scene, size=SMALL) as d:
        d.app.model.toggle_pause([0, 1])
        monkeypatch.setattr(d.app.screen, "tick", lambda heard, is_due: None)
        assert not d.app.screen.query(GraphRibbon).first().display
        for size in (LARGE, SMALL, LARGE):
            await d.pilot.resize_terminal(*size)
        await d.pilot.pause()
        for ribbon in d.app.screen.query(GraphRibbon):
            assert "a" in ribbon.plain.splitlines()[1]
