from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.tui.common.lane_colours import COLOURS, _slots, colour_names
from fwtui.tui.common.themes import THEMES
from tests.tui import still


def colours(*backends: str) -> list[str]:
    return colour_names(still.still_model(RaceRequest(tuple(map(LaneRequest, backends)))).lanes)


def test_a_framework_has_a_colour_and_its_further_lanes_a_lighter_shade():
    assert colours("tf.function", "torch.eager") == ["slot-1", "slot-2"]
    assert colours("torch.eager", "tf.eager", "torch.compile") == ["slot-2", "slot-1", "slot-2-light"]


def test_two_frameworks_that_want_one_slot_do_not_look_alike():
    assert _slots({"a": 3, "b": 3, "c": 1, "d": 3}) == {"a": 3, "b": 2, "c": 1, "d": 4}
    assert _slots({"a": 1, "b": 1, "c": 1, "d": 1}) == {"a": 1, "b": 2, "c": 3, "d": 4}


def test_every_theme_has_every_colour():
    for theme in THEMES:
        assert len({theme.variables[name] for name in COLOURS}) == len(COLOURS)
