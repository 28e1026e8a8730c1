from itertools import islice

import numpy as np
import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import WorkloadSpec
from fwtui.workloads import text
from fwtui.workloads.catalogue import load

BLOCK = {
    "norm1.scale": (4,),
    "norm1.shift": (4,),
    "qkv": (4, 12),
    "out": (4, 4),
    "out_bias": (4,),
    "norm2.scale": (4,),
    "norm2.shift": (4,),
    "up": (4, 16),
    "up_bias": (16,),
    "down": (16, 4),
    "down_bias": (4,),
}


def tiny_transformer(**sizes):
    return load(WorkloadSpec("tiny-transformer", "default", tuple(sizes.items())))


def test_shapes():
    workload = tiny_transformer(batch=3, length=6, width=4, heads=2, blocks=3)
    assert {name: array.shape for name, array in workload.parameters(parameters_rng(0)).items()} == {
        "embedding": (96, 4),
        "positions": (6, 4),
        **{f"block{k}.{name}": shape for k in (1, 2, 3) for name, shape in BLOCK.items()},
        "norm.scale": (4,),
        "norm.shift": (4,),
        "dense": (4, 96),
        "dense_bias": (96,),
    }
    batch = next(workload.batches(data_rng(0)))
    assert batch["inputs"].shape == batch["targets"].shape == (3, 6)
    assert workload.shape() == "3×6×96→4→96, 3 blocks of 2 heads"


def test_scales_begin_at_one_and_biases_at_zero():
    for name, array in tiny_transformer().parameters(parameters_rng(0)).items():
        if name.endswith(".scale"):
            assert (array == 1).all()
        elif name.endswith((".shift", "_bias")):
            assert not array.any()
        elif name in ("embedding", "positions"):
            assert array.std() == pytest.approx(0.1, rel=0.1)
        else:
            assert array.std() == pytest.approx(len(array) ** -0.5, rel=0.1)


def test_it_trains_on_the_text_that_is_not_held_out():
    trained = text.trained().tobytes()
    workload = tiny_transformer()
    for batch in islice(workload.batches(data_rng(0)), 3):
        assert all(row.tobytes() in trained for row in batch["inputs"])
    held = workload.held_out(data_rng(0))
    assert held["inputs"].shape == (64, 32)
    assert all(row.tobytes() in text.held_out().tobytes() for row in held["inputs"])
    np.testing.assert_array_equal(held["inputs"], workload.held_out(data_rng(1))["inputs"])


@pytest.mark.parametrize(
    ("sizes", "accepted"),
    [
        ({"width": 30}, "a multiple of the 4 heads"),
        ({"heads": 3}, "a multiple of the 3 heads"),
        ({"length": 1025}, "from 1 to 1,024"),
        ({"blocks": 33}, "from 1 to 32"),
    ],
)
def test_sizes_that_make_no_sense_are_refused(sizes, accepted):
    with pytest.raises(SpecError, match=accepted):
        tiny_transformer(**sizes)
