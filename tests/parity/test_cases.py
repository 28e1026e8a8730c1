"""Small ports with their right answers: no difference, a difference, or nothing that proves either.

Both frameworks run in this process, so that they are imported once.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parity.judging import judged, no_contradiction

CASES = Path(__file__).with_name("cases")
DTYPES = ("float32", "float64")
SAME, DIFFERENT, NOT_JUDGED = {True}, {False}, {None}
NOT_DIFFERENT = SAME | NOT_JUDGED
"""As the processor's instructions round once or twice."""
ANSWERS = {
    "bias_before_norm": (SAME, "yes"),
    "complex": (DIFFERENT, "RFFT"),
    "dead": (NOT_JUDGED, "nothing was tested: no gradient reaches w, b"),
    "dropout": (NOT_JUDGED, "draws random numbers of its own"),
    "dropout_batchnorm": (NOT_JUDGED, "draws random numbers of its own"),
    "drawn_in_trace": (NOT_JUDGED, "draws random numbers of its own"),
    "gradient_of_input": (SAME, "yes"),
    "half_own_weights": (NOT_JUDGED, "parameters() does not return: dense"),
    "last_step": (DIFFERENT, "aten.select"),
    "late_behind_constant": (DIFFERENT, "step 5"),
    "late_behind_rounding": (DIFFERENT, "step 5, forward: loss"),
    "late_metric": (DIFFERENT, "step 5, forward: bias"),
    "masked": (DIFFERENT, "Mul"),
    "message": (NOT_JUDGED, "indices[0] = -1 is not in [0, 3)"),
    "metric_with_truth": (DIFFERENT, "step 0, forward: judged"),
    "mixed": (NOT_DIFFERENT, "bfloat16"),
    "no_gradient": (NOT_JUDGED, "nothing was tested: no gradient reaches w"),
    "own_weights": (NOT_JUDGED, "parameters() does not return: dense"),
    "probes_differ": (DIFFERENT, "StopGradient"),
    "regularizer": (SAME, "yes"),
    "small_element": (DIFFERENT, "gradient w[3]"),
}
"""By file: the verdict, and a part of what is said of it."""

pytestmark = [pytest.mark.slow, pytest.mark.spread]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ANSWERS)
def test_the_answer(name, dtype):
    answers, part = ANSWERS[name]
    finding, text = judged(CASES / f"{name}.py", dtype=dtype)
    assert finding.same in answers, text
    assert part in text
    assert no_contradiction(finding), text


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw", "rmsprop"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_gradient_of_rounding_alone_is_no_difference_with_any_optimizer(optimizer, dtype):
    finding, text = judged(CASES / "bias_before_norm.py", dtype=dtype, optimizer=optimizer)
    assert finding.same is True, text
    assert no_contradiction(finding), text


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw", "rmsprop"])
def test_a_fault_behind_a_float32_constant_is_found_with_any_optimizer(optimizer):
    finding, text = judged(CASES / "masked.py", optimizer=optimizer)
    assert finding.same is False, text
    assert "LeakyRelu" in finding.aside
    assert "Mul" in text


def test_a_metric_counts_without_a_float64_truth():
    finding, text = judged(CASES / "metric.py")
    assert finding.same is False, text
    assert (finding.place.step, finding.place.key) == (0, ("metric", "judged"))
    assert finding.truth is None


@pytest.mark.parametrize("name", ["dropout", "dropout_batchnorm"])
def test_random_numbers_are_known_without_the_truth(name):
    finding, text = judged(CASES / f"{name}.py", with_truth=False)
    assert finding.same is None
    assert "draws random numbers of its own" in text


def test_a_constant_in_float32_is_named_with_its_line():
    finding, _ = judged(CASES / "regularizer.py")
    assert "a constant or a cast is float32: TensorFlow" in finding.aside
    assert "regularizer.py:" in finding.aside


def test_lanes_of_one_framework_do_not_hide_another_frameworks():
    """Two lanes of TensorFlow share a twin, which is held against PyTorch's."""
    lanes = ("tf.eager", "tf.function", "torch.eager")
    finding, text = judged(CASES / "masked.py", lanes=lanes)
    assert finding.same is False, text
    assert "in 1 tf.eager" in text
    assert "in 3 torch.eager" in text
