"""Whether counterparts gave the same, and what rounding explains where they did not."""

from dataclasses import replace

import pytest

from fwtui.core.oplog import OpInput, TensorStats
from fwtui.ops.align.log_pair import pair
from fwtui.ops.align.value_differences import Differences
from tests.two_layer_steps import logged

PRODUCT, LEFT_OVER, SQUARE, SUM = (3, 4), (4, 5), (5, 6), (6, 7)
"""PyTorch's op and TensorFlow's: what the net gives, the label taken from it, and what becomes of that."""
GRADIENT, WEIGHTS, MASKED = (12, 11), (14, 14), (18, 15)
LEARNED = {
    PRODUCT: (3.4, 2e-7),
    LEFT_OVER: (2.0e-4, 2.4e-2),
    SQUARE: (4.4e-8, 4.7e-2),
    SUM: (1.3e-6, 4.2e-2),
    (11, 10): (4.2e-4, 2.4e-2),
    GRADIENT: (4.2e-4, 2.4e-2),
    WEIGHTS: (2.8e-2, 2e-1),
    (16, 13): (1.5e-3, 1.7e-2),
    MASKED: (7.7e-4, 2.2e-2),
    (20, 16): (4.3e-3, 6.3e-3),
}
"""What step 2,000 was seen to give: the largest element, and how far apart that is, of its own."""


def judged(figures, dtype="float32"):
    """What is said of pairs of the two eager logs with these figures, in another dtype."""
    logs = [logged("torch.eager"), logged("tf.eager")]
    for side, log in enumerate(logs):
        ops = [
            replace(op, outputs=tuple(replace(one, dtype=dtype) for one in op.outputs)) for op in log.log.ops
        ]
        for numbers, (largest, gap) in figures.items():
            found = TensorStats(0.0, largest / 3, largest * (1 - gap if side else 1))
            ops[numbers[side]] = replace(ops[numbers[side]], fingerprints=(found,))
        logs[side] = replace(log, log=replace(log.log, ops=tuple(ops)))
    pairing = pair(tuple(logs))
    return {numbers: pairing.difference(pairing.match(0, numbers[0])) for numbers in LEARNED}


def test_the_same_step_of_the_same_net_is_the_same():
    pairing = pair((logged("torch.eager"), logged("tf.eager")))
    assert set(pairing.differences.matches.values()) == {"same"}
    assert len(pairing.differences.matches) == 14


def test_where_a_net_has_learned_it_all_rounding_explains_what_is_left():
    said = judged(LEARNED)
    assert said.pop(PRODUCT) == "same"
    assert set(said.values()) == {"rounding"}


@pytest.mark.parametrize(
    ("numbers", "figures"),
    [
        # The same gap in what is not a small rest of large numbers, and a rest that is too far apart.
        (LEFT_OVER, (1.0, 2.4e-2)),
        (LEFT_OVER, (2.0e-2, 2.4e-2)),
        (PRODUCT, (3.4, 2e-2)),
    ],
)
def test_what_rounding_does_not_explain(numbers, figures):
    assert judged(LEARNED | {numbers: figures})[numbers] == "other"


@pytest.mark.parametrize("numbers", [GRADIENT, WEIGHTS, MASKED])
def test_twice_too_large_is_told_behind_a_gap_that_rounding_explains(numbers):
    earlier = {one: (largest, gap / 10) for one, (largest, gap) in LEARNED.items()}
    assert judged(earlier)[numbers] == "rounding"
    assert judged(earlier | {numbers: (earlier[numbers][0], 0.5)})[numbers] == "other"


def test_behind_other_values_nothing_is_rounding():
    said = judged(LEARNED | {LEFT_OVER: (1.0, 2.4e-2)})
    assert [said[numbers] for numbers in (SQUARE, SUM, WEIGHTS, MASKED)] == ["other"] * 4


def test_what_comes_to_the_same_again_is_the_same():
    said = judged(LEARNED | {LEFT_OVER: (1.0, 2.4e-2), GRADIENT: (1.0, 0.0), WEIGHTS: (1.0, 1e-2)})
    assert (said[GRADIENT], said[WEIGHTS]) == ("same", "other")


def test_float64_leaves_less_room():
    learned = LEARNED | {PRODUCT: (3.4, 1e-15), LEFT_OVER: (2.0e-4, 2.4e-2)}
    assert judged(learned)[LEFT_OVER] == "rounding"
    assert judged(learned, "float64")[LEFT_OVER] == "other"
    assert judged(learned | {LEFT_OVER: (2.0e-12, 2.4e-3)}, "float64")[LEFT_OVER] == "rounding"


def test_a_nan_on_one_side_alone_is_another_value():
    left, right = logged("torch.eager"), logged("tf.eager")
    a = PRODUCT[0]
    (own,) = left.log.ops[a].fingerprints
    ops = tuple(
        replace(op, fingerprints=(replace(own, nans=3),)) if op.number == a else op for op in left.log.ops
    )
    pairing = pair((replace(left, log=replace(left.log, ops=ops)), right))
    assert pairing.difference(pairing.match(0, a)) == "other"


def test_other_steps_are_not_compared():
    left, right = logged("torch.eager"), logged("tf.eager")
    assert pair((left, replace(right, step=right.step + 1))).differences == Differences()
    assert pair((left, None)).differences == Differences()


def changed(name, *changes):
    """A log in which the ops of these numbers are others."""
    log = logged(name)
    ops = list(log.log.ops)
    for number, change in changes:
        ops[number] = replace(ops[number], **change)
    return replace(log, log=replace(log.log, ops=tuple(ops)))


def test_a_result_that_has_no_counterpart_is_compared_by_its_name():
    """A gradient that is scaled afterwards comes from an op that the other side does not have."""
    left, right = logged("torch.eager"), logged("tf.eager")
    gives = next(op.number for op in left.ops if ("gradient w2", 0) in op.results)
    number = len(left.ops)
    (own,) = left.ops[gives].fingerprints
    half = TensorStats(own.mean / 2, own.std / 2, own.largest / 2)
    scaled = replace(
        left.ops[gives],
        number=number,
        op="aten.clone_of_nobody",
        inputs=(OpInput(gives),),
        fingerprints=(half,),
        results=(("gradient w2", 0),),
    )
    ops = (*(replace(op, results=()) if op.number == gives else op for op in left.ops), scaled)
    pairing = pair((replace(left, log=replace(left.log, ops=ops)), right))
    (found,) = pairing.differences.results
    assert found[:2] == ("gradient w2", number)
    assert ("gradient w2", 0) in right.ops[found[2]].results


def test_outputs_of_one_op_may_come_in_another_order():
    a, b, c = (TensorStats(0.1 * n, 1.0, 3.0 + n) for n in range(3))
    mine, theirs = (1, {"fingerprints": (a, b, c)}), (2, {"fingerprints": (b, a, c)})
    pairing = pair((changed("torch.eager", mine), changed("tf.eager", theirs)))
    assert pairing.difference(pairing.match(0, 1)) == "same"


def test_what_may_have_taken_other_things_is_not_compared():
    """Its input is a constant here, and an op's output there."""
    figures = TensorStats(1.0, 2.0, 3.0)
    left = changed("torch.eager", (PRODUCT[0], {"fingerprints": (figures,), "inputs": (OpInput(None),)}))
    pairing = pair((left, logged("tf.eager")))
    match = pairing.match(0, PRODUCT[0])
    assert match.right == (PRODUCT[1],)
    assert pairing.difference(match) is None


def test_of_lanes_that_draw_random_numbers_only_the_first_step_is_compared():
    dropping = changed("torch.eager", (1, {"op": "aten.native_dropout"}))
    right = logged("tf.eager")
    assert pair((dropping, right)).differences == Differences()
    first = pair((replace(dropping, step=0), replace(right, step=0)))
    assert first.difference(first.match(0, 0)) == "same"
    assert first.draws


def test_the_call_of_a_whole_step_is_not_compared():
    pairing = pair((logged("tf.function"), logged("tf.function")))
    assert pairing.match(0, 0).right == (0,)
    assert pairing.difference(pairing.match(0, 0)) is None
