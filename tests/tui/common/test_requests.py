from fwtui.tui.common.requests import Requests
from tests.tui import still
from tests.tui.still import NOW, race


def test_a_request_is_pending_until_an_answer_comes():
    clock = [NOW]
    lane, other = still.still_model(race(), lambda: clock[0]).lanes
    requests = Requests()
    assert requests.of(lane) is None
    assert not requests.is_pending(lane, 0)
    requests.make(lane, 2, step=40)
    clock[0] += 3 * 10**9
    assert requests.of(lane).step == 40
    assert requests.age_s(lane) == 3
    assert requests.is_pending(lane, 2)
    assert not requests.is_pending(lane, 3)
    assert not requests.is_pending(other, 0)
    assert requests.age_s(other) == 0


def test_a_lane_that_was_restarted_has_no_request():
    model = still.still_model(race())
    requests = Requests()
    requests.make(model.lanes[0], 0)
    model.restart(0)
    assert requests.of(model.lanes[0]) is None
    assert not requests.is_pending(model.lanes[0], 0)
