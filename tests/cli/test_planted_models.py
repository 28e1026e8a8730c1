"""Faults that are planted in right ports, each of which is found and placed.

Batch norm's momentum, dropout's rate, a frozen layer, schedules and more are in `test_models`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_models import parity

FOLDER = Path(__file__).parents[1] / "planted_models"
FORWARD, BACKWARD, UPDATE = "forward", "backward", "update"
pytestmark = [pytest.mark.slow, pytest.mark.spread]

FAULTS = {
    "epsilon": ("image", "eps=1e-3", "eps=1e-5", FORWARD, ""),
    "evaluation mode forgotten": ("image", "training=training)", "training=False)", FORWARD, ""),
    "same padding at stride 2": ("image", "F.pad(x, (0, 1, 0, 1))", "F.pad(x, (1, 0, 1, 0))", FORWARD, ""),
    "align_corners": ("image", "align_corners=False", "align_corners=True", FORWARD, ""),
    "count_include_pad": (
        "image",
        "F.avg_pool2d(h, 2, count_include_pad=False)",
        "F.avg_pool2d(h, 3, 2, 1, count_include_pad=True)[..., :2, :2]",
        FORWARD,
        "",
    ),
    "label smoothing": ("image", "label_smoothing=0.0", "label_smoothing=0.1", FORWARD, "loss"),
    "class weights' normalisation": (
        "image",
        "/ tf.reduce_sum(weights)",
        "/ tf.cast(tf.size(losses), losses.dtype)",
        FORWARD,
        "loss",
    ),
    "ignore_index": ("text", "ignore_index=3", "ignore_index=-100", FORWARD, "loss"),
    "padding index": ("text", "nn.Embedding(12, 6, padding_idx=0)", "nn.Embedding(12, 6)", BACKWARD, "table"),
    "gate order": ("text", "reset, keep = torch.sigmoid", "keep, reset = torch.sigmoid", FORWARD, ""),
    "forget bias": ("text", "(torch.cat([step, h], 1)))", "(torch.cat([step, h], 1)) + 1)", FORWARD, ""),
    "weight decay": (
        "text",
        "torch.optim.SGD(model.parameters(), 0.1)",
        "torch.optim.SGD(model.parameters(), 0.1, weight_decay=0.01)",
        UPDATE,
        "",
    ),
    "clipping by value": (
        "text",
        "keras.optimizers.SGD(0.1)",
        "keras.optimizers.SGD(0.1, clipvalue=0.01)",
        UPDATE,
        "",
    ),
    "clipping by norm": (
        "text",
        "keras.optimizers.SGD(0.1)",
        "keras.optimizers.SGD(0.1, global_clipnorm=0.01)",
        UPDATE,
        "",
    ),
}


@pytest.mark.parametrize("name", ["image", "text", "attention"])
def test_without_a_fault_they_agree(fwtui, name):
    code, verdict = parity(fwtui, FOLDER / f"{name}.py")
    assert (code, verdict["same"]) == (0, True)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_is_found_and_placed(fwtui, tmp_path, fault):
    name, right, wrong, phase, quantity = FAULTS[fault]
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert right in text
    path = tmp_path / f"{name}.py"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    code, verdict = parity(fwtui, path)
    assert (code, verdict["same"]) == (1, False)
    first = verdict["first_divergence"]
    assert (first["phase"], first["step"]) == (phase, 0)
    assert quantity in first["name"]


def test_a_fault_behind_an_attention_that_masks_otherwise_is_placed_in_its_own_layer(fwtui, tmp_path):
    text = (FOLDER / "attention.py").read_text(encoding="utf-8")
    path = tmp_path / "attention.py"
    path.write_text(text.replace("approximate=False", "approximate=True"), encoding="utf-8")
    code, verdict = parity(fwtui, path)
    assert code == 1
    op = verdict["first_divergence"]["op"]
    assert [side["module"] for side in op["ops"]] == ["encoder/dense", "encoder/layers/0"]
    assert op["ops"][1]["op"] == "aten.gelu"
    assert "only" not in op["words"]
    # A part of one's GELU is no counterpart of the other's whole.
    assert "the two part between" in op["words"]
    assert [side["value"] for side in op["ops"]] == [None, None]


def test_decoupled_decay_is_no_l2(fwtui, tmp_path):
    text = (FOLDER / "text.py").read_text(encoding="utf-8")
    text = text.replace(
        "torch.optim.SGD(model.parameters(), 0.1)",
        "torch.optim.Adam(model.parameters(), 0.01, eps=1e-7, weight_decay=0.1)",
    )
    text = text.replace("keras.optimizers.SGD(0.1)", "keras.optimizers.AdamW(0.01, weight_decay=0.1)")
    path = tmp_path / "text.py"
    path.write_text(text + "\n\nEXPECT = ('adam-epsilon',)\n", encoding="utf-8")
    code, verdict = parity(fwtui, path)
    assert (code, verdict["first_divergence"]["phase"]) == (1, "update")
    path.write_text(
        path.read_text(encoding="utf-8").replace("torch.optim.Adam(", "torch.optim.AdamW("), encoding="utf-8"
    )
    code, verdict = parity(fwtui, path)
    assert (code, verdict["same"]) == (0, True)


def test_a_weight_that_is_tied_in_one_model_alone_cannot_be_paired(fwtui, tmp_path):
    text = (FOLDER / "text.py").read_text(encoding="utf-8")
    path = tmp_path / "text.py"
    path.write_text(text.replace("        self.out.weight = self.table.weight\n", ""), encoding="utf-8")
    ran = fwtui("parity", "--workload", str(path))
    assert ran.code == 2
    assert "torch_model's out.weight 6×12" in ran.err
