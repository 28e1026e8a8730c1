import numpy as np
import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.seeding import data_rng
from fwtui.workloads import text


def read(numbers):
    return "".join(text.ALPHABET[number] for number in numbers)


def test_the_alphabet_is_the_same_in_every_python():
    assert len(text.ALPHABET) == len(set(text.ALPHABET)) == 96
    assert text.ALPHABET.isascii()
    assert text.ALPHABET.replace("\n", "").isprintable()


def test_it_is_english_and_enough_of_it():
    trained, held_out = read(text.trained()), read(text.held_out())
    assert len(trained) > 200_000
    assert len(held_out) > 20_000
    for words in (trained, held_out):
        assert words.count(" the ") > len(words) / 1000
        assert words.count("?") < len(words) / 1000  # what the alphabet lacks


def test_no_paragraph_is_trained_on_twice_or_held_out_too():
    """Topics quote one another: as they come, a part of what is held out would be trained on."""
    trained, held_out = (read(part).split("\n\n") for part in (text.trained(), text.held_out()))
    assert len(set(trained)) == len(trained)
    assert not set(trained) & set(held_out)


def test_typographic_signs_are_written_in_ascii(monkeypatch):
    monkeypatch.setattr(text, "topics", {"b": "“so” — it’s\n\nß", "a": "first…\n\nlast"})
    trained, held_out = text._split()
    assert trained + held_out == 'first...\n\nlast\n\n"so" - it\'s\n\nß'
    assert read(text._numbers(trained)).endswith("?")


def test_windows_are_text_and_what_follows():
    batch = text.draw(data_rng(0), 5, 40)
    for inputs, targets in zip(batch["inputs"], batch["targets"], strict=True):
        assert (len(inputs), inputs.dtype, targets.dtype) == (40, np.int64, np.int64)
        np.testing.assert_array_equal(inputs[1:], targets[:-1])
        assert read([*inputs, targets[-1]]) in read(text.trained())


def test_windows_come_from_everywhere():
    rng = data_rng(0)
    places = [text.draw(rng, 64, 1)["inputs"].tobytes() for _ in range(3)]
    assert len(set(places)) == 3
    everything = text._windows(np.arange(10), np.arange(7), 3)
    np.testing.assert_array_equal(everything["inputs"][-1], [6, 7, 8])
    np.testing.assert_array_equal(everything["targets"][-1], [7, 8, 9])


def test_held_out_windows_are_spread_to_both_ends_and_are_the_same_again():
    batch = text.spread(64, 30)
    assert batch["inputs"].shape == batch["targets"].shape == (64, 30)
    np.testing.assert_array_equal(batch["inputs"][0], text.held_out()[:30])
    np.testing.assert_array_equal(batch["targets"][-1], text.held_out()[-30:])
    np.testing.assert_array_equal(batch["inputs"], text.spread(64, 30)["inputs"])


def test_the_longest_windows_fit_into_either_part():
    text.check_length("--size length", text.LONGEST)
    assert text.draw(data_rng(0), 2, text.LONGEST)["inputs"].shape == (2, text.LONGEST)
    assert text.spread(2, text.LONGEST)["targets"].shape == (2, text.LONGEST)
    with pytest.raises(SpecError, match=r"--size length: got '1025'.* 1 to 1,024"):
        text.check_length("--size length", text.LONGEST + 1)
