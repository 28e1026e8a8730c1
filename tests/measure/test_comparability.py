"""Why lanes cannot be compared: another start, or networks that depend on more than that."""

from dataclasses import fields

import numpy as np
import pytest

from fwtui.core.records import NetInspected
from fwtui.measure.comparability import MAX_NAMES, incomparable, listed
from fwtui.measure.history import History
from tests.measure.support import history
from tests.scripted.lanes import lane


def inspected(net=None, **start):
    found = history(np.ones(3), **start)
    if net is not None:
        found.apply(net)
    return found


def why(*nets):
    """Of lanes of `scripted.ok` whose networks were found to be so; None for one that was not inspected."""
    return incomparable([lane() for _ in nets], [inspected(net) for net in nets])


def test_lanes_that_start_alike_can_be_compared():
    assert why(NetInspected(), NetInspected()) is None
    assert why(NetInspected(), None) is None


def test_one_lane_has_nothing_to_be_compared_with():
    assert why(NetInspected()) == "one lane has nothing to be compared with"


@pytest.mark.parametrize(
    ("spec", "start", "reason"),
    [
        ({"seed": 1}, {}, "different seeds"),
        ({}, {"weights": "v"}, "different first weights"),
        ({}, {"data": "e"}, "different data"),
    ],
)
def test_another_start_in_any_lane(spec, start, reason):
    specs, lanes = [lane(), lane(), lane(**spec)], [inspected(), inspected(), inspected(**start)]
    assert incomparable(specs, lanes) == reason


def test_a_lane_that_is_not_built_yet_is_no_reason():
    assert incomparable([lane(), lane()], [inspected(), History()]) is None


NETS = {
    "own_weights": (
        NetInspected(own_weights=("Linear.weight",)),
        "trains on weights that parameters() does not return: Linear.weight",
        "return them from parameters() and use params['…'] instead, or freeze them in both networks",
    ),
    "changed_state": (
        NetInspected(changed_state=("BatchNorm1d.running_mean",)),
        "changes state that is not compared: BatchNorm1d.running_mean",
        "use the functional form, which keeps none, such as batch_norm with training=True",
    ),
    "is_random": (
        NetInspected(is_random=True),
        "draws random numbers of its own",
        "set dropout to 0, or draw what is random in batches()",
    ),
    "is_stateful": (
        NetInspected(is_stateful=True),
        "is not deterministic: the net changes its own state, and gives another loss each time",
        "make the loss depend on params and batch alone",
    ),
    "changed_batch": (
        NetInspected(changed_batch=("x",)),
        "changes arrays of the batch in place: x",
        "work on a copy, such as x = x * 2 for x.mul_(2)",
    ),
    "ignored": (
        NetInspected(ignored=("a penalty in model.losses that the loss leaves out",)),
        "has a penalty in model.losses that the loss leaves out",
        "",
    ),
    "draws_in_python": (
        NetInspected(is_random=True, draws_in_python=True),
        "draws random numbers of its own",
        "draw them with the framework's own functions, or in batches()",
    ),
    "reason": (NetInspected(reason="RuntimeError: no"), "could not be inspected: RuntimeError: no", ""),
}


def test_everything_that_an_inspection_finds_is_a_reason():
    assert {*NETS, "draws"} == {field.name for field in fields(NetInspected)}


def test_random_numbers_in_arrays_of_other_shapes_cannot_be_made_equal():
    one, other = NetInspected(draws=((2, 4, 6), (3,))), NetInspected(draws=((6, 8), (3,)))
    told = why(one, other)
    assert told == (
        "they draw random numbers in arrays of other shapes, 2×4×6 in 1 scripted.ok, 6×8 in 2 scripted.ok, "
        "which cannot be made equal: "
        "dropout may be in another place"
    )
    assert why(one, one) is None
    assert why(one, NetInspected(draws=((3,),))) is None, "a port that draws less is judged"


@pytest.mark.parametrize(("net", "what", "hint"), NETS.values(), ids=NETS)
def test_what_a_network_does_is_told_of_its_lane_with_what_helps(net, what, hint):
    told = f"2 scripted.ok {what}"
    assert why(NetInspected(), net) == (f"{told}; {hint}" if hint else told)


def test_every_lane_is_told_and_what_helps_once():
    _, what, hint = NETS["is_random"]
    random = NETS["is_random"][0]
    assert why(random, NetInspected(), random) == f"1 scripted.ok {what}; 3 scripted.ok {what}; {hint}"


def test_lanes_are_named_by_their_backends():
    specs = [lane("random"), lane("stateful")]
    lanes = [inspected(NETS["is_random"][0]), inspected(NETS["is_stateful"][0])]
    told = incomparable(specs, lanes)
    assert told.startswith("1 scripted.random draws random numbers of its own; 2 scripted.stateful is not")
    assert told.endswith(f"; {NETS['is_random'][2]}; {NETS['is_stateful'][2]}")


def test_all_that_one_network_does_is_told():
    net = NetInspected(own_weights=("v",), changed_state=("mean",))
    told = why(net, NetInspected())
    assert f"1 scripted.ok {NETS['own_weights'][1].replace('Linear.weight', 'v')}; 1 scripted.ok ch" in told


def test_another_start_comes_before_what_networks_do():
    lanes = [inspected(NETS["is_random"][0]), inspected(NETS["is_random"][0])]
    assert incomparable([lane(), lane(seed=1)], lanes) == "different seeds"


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, ""), (1, "w0"), (MAX_NAMES, "w0, w1, w2, w3"), (MAX_NAMES + 1, "w0, w1, w2, w3 and 1 more")],
)
def test_names_are_listed_as_far_as_anyone_reads(count, told):
    assert listed(f"w{number}" for number in range(count)) == told


def test_many_names_are_shortened_in_a_reason():
    names = tuple(f"w{number}" for number in range(2000))
    assert "does not return: w0, w1, w2, w3 and 1996 more;" in why(NetInspected(own_weights=names), None)
