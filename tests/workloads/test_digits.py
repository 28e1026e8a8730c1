import hashlib
from itertools import islice

import numpy as np
import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.seeding import data_rng
from fwtui.workloads import digits
from fwtui.workloads.digits import HELD_OUT, TRAINED

EPOCH = TRAINED // 64


def rows(images):
    return {row.tobytes() for row in images}


def test_the_file_is_what_load_digits_gives():
    """The hash is of scikit-learn 1.9.1's `load_digits`, its pixels and labels as uint8."""
    images, labels = digits.digits()
    stored = (images * 16).astype(np.uint8).tobytes() + labels.astype(np.uint8).tobytes()
    assert hashlib.sha256(stored).hexdigest() == (
        "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"
    )
    assert images.shape == (digits.COUNT, digits.PIXELS)
    assert labels.dtype == np.int64
    assert (images.min(), images.max()) == (0, 1)
    assert (HELD_OUT, TRAINED) == (359, 1438)


def test_batches_have_one_shape():
    for batch in islice(digits.batches(data_rng(0), 64), 3 * EPOCH):
        assert (batch["images"].shape, batch["images"].dtype) == ((64, 64), np.float64)
        assert (batch["labels"].shape, batch["labels"].dtype) == ((64,), np.int64)


def test_no_batch_holds_what_is_held_out():
    held = digits.held_out(data_rng(5))
    trained = rows(batch["images"] for batch in islice(digits.batches(data_rng(5), 1), TRAINED))
    assert len(held["images"]) == len(held["labels"]) == HELD_OUT
    assert not trained & rows(held["images"])
    assert len(trained | rows(held["images"])) == len(rows(digits.digits()[0]))


def test_another_seed_holds_out_other_digits():
    held = digits.held_out(data_rng(0))["images"]
    np.testing.assert_array_equal(held, digits.held_out(data_rng(0))["images"])
    assert not np.array_equal(held, digits.held_out(data_rng(1))["images"])


def test_every_epoch_shows_each_digit_at_most_once_and_in_another_order():
    batches = list(islice(digits.batches(data_rng(0), 64), 2 * EPOCH))
    first, second = (
        np.concatenate([b["images"] for b in part]) for part in (batches[:EPOCH], batches[EPOCH:])
    )
    assert len(rows(first)) == len(first) == EPOCH * 64
    assert len(rows(first) & rows(second)) > 0.9 * len(first)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("size", [1, TRAINED])
def test_a_batch_may_be_as_large_as_what_is_trained_on(size):
    digits.check_batch(size)
    assert len(next(digits.batches(data_rng(0), size))["labels"]) == size


def test_a_larger_one_is_refused():
    with pytest.raises(SpecError, match=r"--size batch: got '1439'.* 1 to 1,438"):
        digits.check_batch(TRAINED + 1)
