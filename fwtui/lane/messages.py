"""Which messages go to a lane's process and come from it, and the same of a process that holds a model."""

from __future__ import annotations

import functools
from typing import get_args

from fwtui.core.codec import Decoder
from fwtui.core.lane_model import LaneModel
from fwtui.core.model_requests import Answer, ModelSpec, Refused, Request
from fwtui.core.ndarray import Array
from fwtui.core.records import Probed, Record
from fwtui.core.spec import LaneSpec
from fwtui.lane.control import LaneCommand, UseDevice


@functools.cache
def to_lane() -> Decoder:
    """A lane's spec, and commands."""
    return Decoder((LaneSpec, LaneCommand, UseDevice), names=(Array, LaneModel, Probed))


@functools.cache
def from_lane() -> Decoder:
    """Records."""
    return Decoder(get_args(Record))


@functools.cache
def to_model() -> Decoder:
    """Which model a process is to hold, and requests."""
    return Decoder((ModelSpec, *get_args(Request)))


@functools.cache
def from_model() -> Decoder:
    """Answers."""
    return Decoder((Refused, *get_args(Answer)))
