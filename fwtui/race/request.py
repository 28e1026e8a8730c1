"""A race as the user asked for it, in the words of the command line, before anything is checked."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from fwtui.backends import catalogue as backends
from fwtui.core.inputs import SpecError, one_of
from fwtui.race.environments import NO_ENVIRONMENTS, Environments
from fwtui.race.options import LANE_KEYS

DEFAULT_BACKENDS = ("tf.function", "torch.eager")


@dataclass(frozen=True)
class LaneRequest:
    """One lane as the user asked for it; None leaves a setting to the race.

    The fields after `backend` are the keys that a lane's settings may have.
    """

    backend: str
    model: str | None = None
    device: str | None = None
    dtype: str | None = None
    optimizer: str | None = None
    lr: str | None = None
    batch: str | None = None
    threads: str | None = None
    python: str | None = None
    ssh: str | None = None

    def settings(self) -> dict[str, str]:
        """The settings that were given, by key."""
        return {key: value for key in LANE_KEYS if (value := getattr(self, key)) is not None}

    def text(self) -> str:
        """The request as `parse_lane` reads it, such as `torch.eager lr=2e-6`."""
        settings = (f"{key}={shlex.quote(value)}" for key, value in self.settings().items())
        return " ".join([self.backend, *settings])


@dataclass(frozen=True)
class RaceRequest:
    """A race as the user asked for it, in the words of the command line; None is the workload's default.

    Attributes:
        linger: lanes take more steps after their last one.
        keep_training: they will be given more, so that only what comes before is compared.
        environments: the interpreters and hosts of the user's configuration.
    """

    lanes: tuple[LaneRequest, ...] = tuple(map(LaneRequest, DEFAULT_BACKENDS))
    workload: str = "two-layer"
    preset: str | None = None
    data: str | None = None
    torch: str | None = None
    torch_b: str | None = None
    tensorflow: str | None = None
    tensorflow_b: str | None = None
    loss: str | None = None
    layout: str | None = None
    model: str | None = None
    sizes: tuple[tuple[str, str], ...] = ()
    device: str = "auto"
    dtype: str = "float32"
    optimizer: str | None = None
    lr: str | None = None
    batch: str | None = None
    steps: str | None = None
    seed: str = "0"
    threads: str | None = None
    python: str | None = None
    ssh: str | None = None
    pace: str | None = None
    tf32: bool = False
    deterministic: bool = False
    autotune: bool = False
    gpu_memory: str | None = None
    schedule: str = "turns"
    host: str = "process"
    linger: bool = False
    keep_training: bool = False
    probe_every: str | None = None
    log_every: str | None = None
    sample_graphs: bool = False
    expect: str | None = None
    environments: Environments = NO_ENVIRONMENTS


def parse_lane(text: str, option: str = "--lane") -> LaneRequest:
    """`BACKEND key=value …` as a request; SpecError for a key that no lane has."""
    try:
        backend, *pairs = shlex.split(text)
    except ValueError:
        raise SpecError(option, text, "BACKEND key=value …") from None
    settings = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if key not in LANE_KEYS or not equals or not value:
            raise SpecError(option, pair, f"key=value, the key one of {', '.join(LANE_KEYS)}")
        if key in settings:
            raise SpecError(option, pair, f"{key} once in a lane")
        settings[key] = value
    return LaneRequest(one_of(option, backend, backends.names()), **settings)


def with_lane(request: RaceRequest, index: int, lane: LaneRequest) -> RaceRequest:
    """`request` with another lane at `index`."""
    lanes = list(request.lanes)
    lanes[index] = lane
    return replace(request, lanes=tuple(lanes))
