"""What a lane and a race are asked to do: frozen, checked, and free of defaults left open.

A spec is what travels to a lane's process. It is made by `fwtui.race.plan`, which fills in what the user
left out from the workload; nothing below this module guesses.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # records need NumPy, which `fwtui --help` must not wait for
    from fwtui.core.lane_model import LaneModel
    from fwtui.core.ndarray import Array
    from fwtui.core.records import Probed

Schedule = Literal["turns", "race"]
HostKind = Literal["process", "thread"]

SCHEDULES: tuple[Schedule, ...] = ("turns", "race")
HOSTS: tuple[HostKind, ...] = ("process", "thread")
DTYPES = ("float32", "float64")
OPTIMIZERS = ("sgd", "momentum", "adam", "adamw", "rmsprop")
MAX_LANES = 4
MAX_STEPS = 1_000_000_000
MAX_SIZE = 1_000_000
MAX_SEED = 2**32 - 1
MAX_THREADS = 1024
MAX_RATE = 1e6
OWN_OPTIMIZER = "own"
"""The name of the optimizer that a user's file gives, which has its own learning rate."""
NEVER = sys.maxsize
"""A step that no lane reaches."""


@dataclass(frozen=True, slots=True)
class WorkloadSpec:
    """A network and its data by name, with everything that can be set about it.

    Attributes:
        name: a name from `fwtui.workloads.catalogue`, or the path of a Python file of the user's.
        preset: one of that workload's presets.
        sizes: (name, value) pairs that replace the preset's, batch included.
        data: path of an `.npz` file whose arrays a file of the user's trains on.
    """

    name: str
    preset: str
    sizes: tuple[tuple[str, int], ...] = ()
    data: str | None = None


@dataclass(frozen=True, slots=True)
class Probes:
    """At which steps a lane sends its gradients and parameters: before step 0, 1 and then further apart.

    Attributes:
        every: steps from one probe to the next; None: half as far again each time, 0, 1, 2, 3, 4, 6, 9, 13, …
        first: none before this step.
        also: further steps.
        last: none after this step, which is one of them; None: there is no last one.
        exact: whether each is held against float64 at the same parameters.
        tolerance: the relative error there that needs no explanation by rounding.
        most_bytes: none at all where gradients and parameters together are more than this: a live screen
            cannot compare any number of them between two frames. None: no limit.
    """

    every: int | None = None
    first: int = 0
    also: tuple[int, ...] = ()
    last: int | None = None
    exact: bool = False
    tolerance: float = 0.0
    most_bytes: int | None = None

    def at_or_after(self, step: int) -> int:
        """The first step to probe at that is not before `step`; `NEVER` where there is none any more."""
        step = max(step, self.first)
        if self.last is not None and step > self.last:
            return NEVER
        further = [one for one in self.also if one >= step]
        return min([self._scheduled(step), *further, *([] if self.last is None else [self.last])])

    def _scheduled(self, step: int) -> int:
        if step <= 1:
            return step
        if self.every is not None:
            return -(-step // self.every) * self.every
        at = 2
        while at < step:
            at += at // 2
        return at


@dataclass(frozen=True, slots=True)
class Feed:
    """A value that replaces an op's output, so that all that follows computes with it.

    Attributes:
        number: the op's place in the log.
        output: which of its outputs.
        value: of the output's shape.
    """

    number: int
    output: int
    value: Array


@dataclass(frozen=True, slots=True)
class OpLogging:
    """Before which steps a lane logs what the step's batch makes it do, besides when it is asked to.

    Attributes:
        first: before the first step, whose time then counts for nothing: logging has loaded what it loads.
        every: before each step after the first that is a multiple of this; None: before none.
        last: once all steps are done, for the one that would be next.
        until_nan: before each step from the first one on, until a log holds a number that is not finite: what
            the first step's gradient or update makes is found in it, and not one step later.
        values: whole outputs, to be compared one by one, in place of fingerprints.
        feeds: outputs to replace, once they are logged; of eager PyTorch alone.
    """

    first: bool = False
    every: int | None = None
    last: bool = False
    until_nan: bool = False
    values: bool = False
    feeds: tuple[Feed, ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """Where a lane begins that is to look into one step of another's training.

    Attributes:
        step: how many batches to leave out.
        parameters: the weights to begin with, in place of the workload's first ones.
        state: the same of a model's state.
    """

    step: int
    parameters: tuple[tuple[str, Array], ...]
    state: tuple[tuple[str, Array], ...] = ()


@dataclass(frozen=True, slots=True)
class Replay:
    """Probes of another lane that this one is to repeat, each at that lane's weights, in place of training.

    Attributes:
        probes: in the order of their steps.
        rounds: the dtype whose rounding the other lane's figures have.
        tolerance, measures_single: see `fwtui.lane.float64_reference.Reference`.
    """

    probes: tuple[Probed, ...]
    rounds: str
    tolerance: float = 0.0
    measures_single: bool = False


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """What decides how a device computes, and how fast; the same for every lane.

    Attributes:
        tf32: whether matrix products in float32 may round their inputs to TF32 on a GPU.
        deterministic: only algorithms that give the same bits at each run; an op that has none fails.
        autotune: whether cuDNN tries its algorithms out at the first call of each shape.
        gpu_memory_bytes: the most that the framework's allocator may take of a GPU; None: no limit.
    """

    tf32: bool = False
    deterministic: bool = False
    autotune: bool = False
    gpu_memory_bytes: int | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Those that are not the usual ones, for people."""
        limit = self.gpu_memory_bytes
        return (
            *(["TF32"] if self.tf32 else []),
            *(["deterministic"] if self.deterministic else []),
            *(["autotuned"] if self.autotune else []),
            *([f"GPU memory ≤ {limit / 1e9:g} GB"] if limit is not None else []),
        )


USUAL_SETTINGS = DeviceSettings()
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Where a lane's process runs.

    Attributes:
        python: path of the Python interpreter; None: fwtui's own, or on another host `python3`.
        ssh: the host, as OpenSSH's client knows it; None: this machine.
    """

    python: str | None = None
    ssh: str | None = None

    @property
    def machine(self) -> str:
        """What lanes of one machine have in common; "" for this one."""
        host = (self.ssh or "").rpartition("@")[2]
        return "" if host in _THIS_MACHINE else host

    @property
    def title(self) -> str:
        """Where it is, in words."""
        host = f"{self.ssh}:" if self.ssh else ""
        return f"{host}{self.python or ('python3' if self.ssh else 'its interpreter')}"


OWN_INTERPRETER = Interpreter()


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """All that one lane's process must know.

    Attributes:
        backend: a name from `fwtui.backends.catalogue`, such as `torch.eager`.
        device: `cpu`, `cuda:N`, `mps`, or `auto`: then the race answers, once every lane has said what its
            framework can reach, with the best device that all of them have.
        optimizer: a name from `OPTIMIZERS`, or `OWN_OPTIMIZER`.
        learning_rate: None where the optimizer has its own.
        steps: optimizer updates to make.
        threads: CPU threads the framework may use inside one op.
        cores: CPU cores that the lane's process is bound to; None leaves it free.
        pace: steps a second at most; None is full speed.
        device_settings: how the device computes.
        by_turns: take only the steps that are granted, instead of as many as there are.
        linger: stay alive after the last step, so that more steps can be asked for.
        probes: when to tell gradients and parameters; None: never.
        start: where to begin; None: with the workload's first weights and batch.
        replay: probes to repeat instead of training; None: the lane trains.
        ops: when to log the step's ops; None: only when asked.
        digests: tell a digest of each step's batch, weights and gradients.
        tell_graphs: after the last step, tell the graphs of the step that would be next.
        sample_graphs: tell now and then which graph a step ran.
        model: the model of the user's file that it trains; None: a net that takes named weights.
        equal_random_numbers: give the random numbers that a model draws, the same in each lane.
        exact_numbers: whether an optimizer of the user's file computes with its own numbers as they are, and
            not as its framework rounds them to float32.
        on_given_gradients: update the weights by gradients that are the same in each lane, instead of by the
            network's: tells whether optimizers are equal.
        interpreter: where its process runs.
        describe: tell what the framework was built with, and what its environment lacks.
    """

    backend: str
    workload: WorkloadSpec
    device: str
    dtype: str
    optimizer: str
    learning_rate: float | None
    steps: int
    seed: int
    threads: int
    cores: tuple[int, ...] | None = None
    pace: float | None = None
    device_settings: DeviceSettings = USUAL_SETTINGS
    by_turns: bool = False
    linger: bool = False
    probes: Probes | None = None
    start: Start | None = None
    replay: Replay | None = None
    ops: OpLogging | None = None
    digests: bool = False
    tell_graphs: bool = False
    sample_graphs: bool = False
    model: LaneModel | None = None
    on_given_gradients: bool = False
    exact_numbers: bool = False
    equal_random_numbers: bool = False
    interpreter: Interpreter = OWN_INTERPRETER
    describe: bool = False

    @property
    def update_text(self) -> str:
        """The optimizer and its learning rate, such as `sgd 0.001`."""
        rate = self.learning_rate
        return "its file's optimizer" if rate is None else f"{self.optimizer} {rate:g}"


@dataclass(frozen=True, slots=True)
class RaceSpec:
    """One to four lanes, and how they share the machine."""

    lanes: tuple[LaneSpec, ...]
    schedule: Schedule
    host: HostKind
