from importlib.machinery import ModuleSpec
from itertools import islice

import numpy as np
import pytest
from sklearn.datasets import load_digits

from fwtui.race.spec import SpecError, WorkloadSpec
from fwtui.workloads.catalogue import load
from fwtui.workloads.digits_mlp import data
from fwtui.workloads.digits_mlp.workload import HELD_OUT, TRAINED
from fwtui.workloads.seeding import data_rng, parameters_rng

EPOCH = TRAINED // 64


def digits_mlp(**sizes):
    return load(WorkloadSpec("digits-mlp", "default", tuple(sizes.items())))


def rows(images):
    return {row.tobytes() for row in images}


def test_the_file_is_what_load_digits_gives():
    """Notices when scikit-learn moves the file that we read without importing scikit-learn."""
    images, labels = data.digits()
    theirs = load_digits()
    np.testing.assert_array_equal(images, theirs.data / 16)
    np.testing.assert_array_equal(labels, theirs.target)
    assert (images.shape, labels.dtype) == ((data.COUNT, data.PIXELS), np.int64)
    assert (images.min(), images.max()) == (0, 1)
    assert (HELD_OUT, TRAINED) == (359, 1438)


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(data, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install scikit-learn") as caught:
        data.digits.__wrapped__()
    assert caught.value.name == "sklearn"


def test_a_scikit_learn_that_moved_the_file_is_named(monkeypatch, tmp_path):
    moved = ModuleSpec("sklearn", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(data, "find_spec", lambda name: moved)
    with pytest.raises(FileNotFoundError, match=r"digits\.csv\.gz"):
        data.digits.__wrapped__()


def test_shapes_and_dtypes():
    workload = digits_mlp()
    parameters = workload.parameters(parameters_rng(0))
    assert {name: array.shape for name, array in parameters.items()} == {
        "w1": (64, 128),
        "b1": (128,),
        "w2": (128, 10),
        "b2": (10,),
    }
    assert {array.dtype for array in parameters.values()} == {np.dtype(np.float64)}
    for batch in islice(workload.batches(data_rng(0)), 3 * EPOCH):
        assert (batch["images"].shape, batch["images"].dtype) == ((64, 64), np.float64)
        assert (batch["labels"].shape, batch["labels"].dtype) == ((64,), np.int64)
    assert workload.shape() == "64×64→128→10 relu"


def test_first_weights_keep_the_size_of_the_signal():
    parameters = digits_mlp().parameters(parameters_rng(0))
    assert parameters["w1"].std() == pytest.approx((2 / 64) ** 0.5, rel=0.05)
    assert parameters["w2"].std() == pytest.approx((2 / 128) ** 0.5, rel=0.05)
    assert not parameters["b1"].any()
    assert not parameters["b2"].any()


def test_no_batch_holds_what_is_held_out():
    workload = digits_mlp(batch=1)
    held = workload.held_out(data_rng(5))
    trained = rows(batch["images"] for batch in islice(workload.batches(data_rng(5)), TRAINED))
    assert len(held["images"]) == len(held["labels"]) == HELD_OUT
    assert not trained & rows(held["images"])
    assert len(trained | rows(held["images"])) == len(rows(data.digits()[0]))


def test_another_seed_holds_out_other_digits():
    workload = digits_mlp()
    held = workload.held_out(data_rng(0))["images"]
    np.testing.assert_array_equal(held, workload.held_out(data_rng(0))["images"])
    assert not np.array_equal(held, workload.held_out(data_rng(1))["images"])


def test_every_epoch_shows_each_digit_at_most_once_and_in_another_order():
    workload = digits_mlp()
    batches = list(islice(workload.batches(data_rng(0)), 2 * EPOCH))
    first, second = (
        np.concatenate([b["images"] for b in part]) for part in (batches[:EPOCH], batches[EPOCH:])
    )
    assert len(rows(first)) == len(first) == EPOCH * 64
    assert len(rows(first) & rows(second)) > 0.9 * len(first)
    assert not np.array_equal(first, second)


def test_sizes():
    assert digits_mlp().sizes() == {"batch": 64, "hidden": 128}
    workload = digits_mlp(batch=32, hidden=16)
    assert workload.parameters(parameters_rng(0))["w1"].shape == (64, 16)
    assert next(workload.batches(data_rng(0)))["labels"].shape == (32,)


def test_the_largest_batch_is_all_that_is_trained_on():
    assert len(next(digits_mlp(batch=TRAINED).batches(data_rng(0)))["labels"]) == TRAINED
    with pytest.raises(SpecError, match=r"--size batch: got '1439'.* 1 to 1,438"):
        digits_mlp(batch=TRAINED + 1)
