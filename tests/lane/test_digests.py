"""A few numbers a step: they cover every element in turn, and tell batches apart in all that matters."""

import numpy as np
import pytest

from fwtui.lane import digests
from fwtui.lane.digests import Digester, checksum

ROWS = np.arange(6.0).reshape(3, 2)


def digest(array, step=0):
    return Digester().digests(step, {}, {"w": np.asarray(array)})["w"]


def test_the_batch_and_each_array_have_one():
    batch = {"x": ROWS}
    found = Digester().digests(3, batch, {"parameter w": ROWS, "gradient w": 2 * ROWS})
    assert list(found) == ["batch", "parameter w", "gradient w"]
    assert found["batch"] == checksum(batch)
    assert found["gradient w"] == 2 * found["parameter w"] != 0


def test_it_is_the_sum_with_signs_that_are_always_the_same():
    signs = [digest(one) for one in np.eye(64)]
    assert set(signs) == {-1.0, 1.0}
    array = np.random.default_rng(0).normal(size=64)
    assert digest(array) == digest(array.reshape(8, 8)) == pytest.approx(array @ signs)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_arrays_of_either_dtype(dtype):
    assert digest(np.eye(64, dtype=dtype)[5]) in (-1.0, 1.0)


def test_the_order_of_the_elements_matters():
    assert digest(np.arange(64.0)) != digest(np.arange(64.0)[::-1].copy())


@pytest.mark.parametrize("empty", [np.zeros(0), np.zeros((3, 0))])
def test_nothing_has_the_digest_zero(empty):
    assert digest(empty) == 0


@pytest.mark.parametrize("element", range(10))
def test_a_large_array_is_covered_block_by_block_in_as_many_steps(monkeypatch, element):
    """Ten elements in blocks of four: the last block is a short one."""
    monkeypatch.setattr(digests, "DIGEST_BLOCK", 4)
    one, other = np.arange(10.0), np.arange(10.0)
    other[element] += 0.5
    differ = [step for step in range(9) if digest(one, step) != digest(other, step)]
    assert differ == [element // 4 + turn for turn in (0, 3, 6)]


def test_an_array_of_one_block_is_covered_in_every_step(monkeypatch):
    monkeypatch.setattr(digests, "DIGEST_BLOCK", 4)
    for element in range(4):
        other = np.arange(4.0)
        other[element] += 0.5
        assert all(digest(other, step) != digest(np.arange(4.0), step) for step in range(3))


def test_a_batch_is_hashed_once_for_the_same_object(monkeypatch):
    hashed = []
    monkeypatch.setattr(digests, "checksum", lambda batch: hashed.append(batch) or float(len(hashed)))
    one, same = {"x": ROWS}, {"x": ROWS}
    digester = Digester()
    told = [digester.digests(step, batch, {})["batch"] for step, batch in enumerate((one, one, same, one))]
    assert told == [1, 1, 2, 3]


class TestChecksum:
    def test_equal_batches_have_the_same_in_whatever_order_and_layout(self):
        one = {"x": ROWS, "depth": 3}
        assert checksum(one) == checksum({"depth": 3, "x": np.asfortranarray(ROWS.copy())})

    @pytest.mark.parametrize(
        "other",
        [
            {"z": ROWS, "depth": 3},
            {"x": ROWS},
            {"x": ROWS, "depth": 4},
            {"x": ROWS, "depth": np.array(3)},
            {"x": ROWS, "depth": 3, "y": np.zeros(0)},
            {"x": ROWS.reshape(2, 3), "depth": 3},
            {"x": ROWS.view(np.int64), "depth": 3},
            {"x": ROWS.astype(np.float32), "depth": 3},
            {"x": ROWS[::-1], "depth": 3},
            {"x": ROWS[:, ::-1], "depth": 3},
            {"x": np.nextafter(ROWS, 9), "depth": 3},
        ],
        ids=[
            *("name", "missing", "int", "array for int", "more", "shape", "dtype", "width"),
            *("rows", "columns", "last place"),
        ],
    )
    def test_other_batches_have_another(self, other):
        assert checksum({"x": ROWS, "depth": 3}) != checksum(other)

    def test_arrays_that_change_places_make_another_batch(self):
        assert checksum({"x": ROWS, "y": 2 * ROWS}) != checksum({"x": 2 * ROWS, "y": ROWS})

    def test_it_is_a_whole_number_that_a_float_holds(self):
        found = checksum({"x": ROWS})
        assert found == int(found)
        assert 0 < found < 2**32

    @pytest.mark.parametrize("value", [np.array(2.5), np.array(["a", "b"]), np.array([True, False])])
    def test_whatever_a_batch_holds(self, value):
        assert checksum({"x": value}) != checksum({"x": np.zeros(2)})
