"""Whether counterparts gave the same, and what rounding explains where they did not."""

from dataclasses import replace

import pytest

from fwtui.ops.pairing import pair
from fwtui.race.oplog import Fingerprint
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
            found = Fingerprint(0.0, largest / 3, largest * (1 - gap if side else 1))
            ops[numbers[side]] = replace(ops[numbers[side]], fingerprints=(found,))
        logs[side] = replace(log, log=replace(log.log, ops=tuple(ops)))
    pairing = pair(tuple(logs))
    return {numbers: pairing.difference(pairing.match(0, numbers[0])) for numbers in LEARNED}


def test_the_same_step_of_the_same_net_is_the_same():
    pairing = pair((logged("torch.eager"), logged("tf.eager")))
    assert set(pairing.differences.values()) == {"same"}
    assert len(pairing.differences) == 14


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
        # Twice too large, behind a gap that rounding explains.
        (GRADIENT, (4.2e-4, 0.5)),
        (WEIGHTS, (2.8e-2, 0.5)),
        (MASKED, (7.7e-4, 0.5)),
    ],
)
def test_what_rounding_does_not_explain(numbers, figures):
    assert judged(LEARNED | {numbers: figures})[numbers] == "other"


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
    assert pair((left, replace(right, step=right.step + 1))).differences == {}
    assert pair((left, None)).differences == {}
