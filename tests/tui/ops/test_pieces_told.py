"""Of logs that were matched in pieces, it is not said that an op stands alone."""

from __future__ import annotations

from dataclasses import replace

from fwtui.cli import ops_match
from fwtui.ops.align.log_pair import pair
from fwtui.tui.ops import details
from fwtui.tui.ops import match_marks as links
from tests.two_layer_steps import logged

POWER = 10
"""Of PyTorch; TensorFlow has none."""


def test_an_op_without_a_counterpart_is_not_found():
    whole = pair((logged("torch.eager"), logged("tf.eager")))
    pieces = replace(whole, alignment=replace(whole.alignment, whole=False))
    assert "+ stands alone" in details.verdict(whole, 0, POWER).plain
    assert (
        "… not found: logs as long as these are matched in pieces" in details.verdict(pieces, 0, POWER).plain
    )
    marks = [links.alone(one, one.match(0, POWER))[0] for one in (whole, pieces)]
    assert marks == ["+", "…"]
    said = [next(ops_match._summary(one, ("torch.eager", "tf.eager"))).plain for one in (whole, pieces)]
    assert "; alone: 10 aten.pow" in said[0]
    assert "; not found, as logs as long as these are matched in pieces: 10 aten.pow" in said[1]
