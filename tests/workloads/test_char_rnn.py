from collections import Counter
from itertools import islice

import numpy as np
import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import WorkloadSpec
from fwtui.workloads import text
from fwtui.workloads.catalogue import load


def char_rnn(**sizes):
    return load(WorkloadSpec("char-rnn", "default", tuple(sizes.items())))


def test_shapes():
    workload = char_rnn(embedded=3, hidden=5)
    assert {name: array.shape for name, array in workload.parameters(parameters_rng(0)).items()} == {
        "embedding": (96, 3),
        "kernel": (3, 15),
        "recurrent": (5, 15),
        "bias": (2, 15),
        "dense": (5, 96),
        "dense_bias": (96,),
    }
    assert workload.shape() == "32×12…36×96→3→5→96 gru"


def test_the_length_changes_from_batch_to_batch():
    lengths = Counter()
    for batch in islice(char_rnn(batch=4).batches(data_rng(0)), 400):
        assert batch["inputs"].shape == batch["targets"].shape
        assert batch["inputs"].shape[0] == 4
        lengths[batch["inputs"].shape[1]] += 1
    assert sorted(lengths) == [12, 18, 24, 36]
    assert min(lengths.values()) > 60


def test_it_trains_on_the_text_that_is_not_held_out():
    trained = text.trained().tobytes()
    workload = char_rnn()
    for batch in islice(workload.batches(data_rng(0)), 3):
        assert all(row.tobytes() in trained for row in batch["inputs"])
    held = workload.held_out(data_rng(0))
    assert held["inputs"].shape == (64, 36)
    assert all(row.tobytes() in text.held_out().tobytes() for row in held["inputs"])
    np.testing.assert_array_equal(held["inputs"], workload.held_out(data_rng(1))["inputs"])


@pytest.mark.parametrize(("longest", "lengths"), [(1, (1,)), (2, (1, 2)), (6, (2, 3, 4, 6))])
def test_few_characters_make_fewer_lengths(longest, lengths):
    workload = char_rnn(longest=longest)
    assert workload.lengths() == lengths
    assert {b["inputs"].shape[1] for b in islice(workload.batches(data_rng(0)), 50)} == set(lengths)


def test_windows_that_are_too_long_are_refused():
    assert char_rnn(longest=text.LONGEST).lengths()[-1] == text.LONGEST
    with pytest.raises(SpecError, match="--size longest"):
        char_rnn(longest=text.LONGEST + 1)
