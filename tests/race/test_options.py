"""The table of a race's options: what is made from it agrees with it."""

from __future__ import annotations

from dataclasses import fields

import pytest

from fwtui.core.inputs import SpecError
from fwtui.race.options import LANE_KEYS, OPTIONS
from fwtui.race.request import LaneRequest, RaceRequest

IN_OTHER_WORDS = {"lanes": "lanes", "lane": "lanes", "size": "sizes"}


def test_a_lane_can_be_asked_for_with_every_setting_of_its_own():
    assert tuple(field.name for field in fields(LaneRequest))[1:] == LANE_KEYS


INTERNAL = {"linger", "keep_training", "sample_graphs", "environments"}
"""What is set by the app, and by the configuration."""


def test_a_race_can_be_asked_for_with_every_option():
    asked = {field.name for field in fields(RaceRequest)} - INTERNAL
    assert {IN_OTHER_WORDS.get(key, key) for key in OPTIONS} == asked


@pytest.mark.parametrize("option", OPTIONS.values(), ids=OPTIONS)
def test_a_value_that_is_completed_to_is_taken(option):
    for value in option.kind.examples:
        read = option.kind.read(option.flag, value)
        assert read in (value, (value,))


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("steps", "20", 20),
        ("lr", "1e-3", 0.001),
        ("probe_every", "5", 5),
        ("device", "cuda:12", "cuda:12"),
        ("gpu_memory", "8GB", 8 * 10**9),
        ("gpu_memory", "1.5 gb", 1_500_000_000),
        ("gpu_memory", "500MB", 5 * 10**8),
    ],
)
def test_text_is_read(key, text, value):
    assert OPTIONS[key].kind.read("", text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        *(("steps", text) for text in ("0", "1.5", "1_0", "", "٣", "growing")),
        *(("lr", text) for text in ("0", "nan", "inf", "-1", "1e7")),
        *(("probe_every", text) for text in ("0", "often", "-3")),
        *(("device", text) for text in ("gpu", "cuda", "cuda:100", "CPU")),
        *(("schedule", text) for text in ("", "Turns", "turns ")),
        *(("gpu_memory", text) for text in ("8", "0GB", "-1GB", "8TB", "0.0001MB", "GB", "٣GB")),
        ("tf32", "yes"),
    ],
)
def test_what_is_not_accepted_is_refused_with_what_is(key, text):
    option = OPTIONS[key]
    with pytest.raises(SpecError) as told:
        option.kind.read(option.flag, text)
    assert (told.value.option, told.value.accepted) == (option.flag, option.kind.accepted)
