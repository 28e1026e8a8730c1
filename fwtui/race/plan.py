"""From what a user asked for to a `RaceSpec`: defaults filled in, everything checked, nothing left open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fwtui.backends import catalogue as backends
from fwtui.core.inputs import SpecError, one_of, whole_number
from fwtui.core.known_differences import ADAM_EPSILON
from fwtui.core.optimizers import learning_rate
from fwtui.core.spec import (
    MAX_LANES,
    MAX_SIZE,
    OWN_INTERPRETER,
    OWN_OPTIMIZER,
    DeviceSettings,
    HostKind,
    Interpreter,
    LaneSpec,
    OpLogging,
    Probes,
    RaceSpec,
    Schedule,
    WorkloadSpec,
)
from fwtui.race.environments import NO_ENVIRONMENTS, of_models
from fwtui.race.options import OPTIONS
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.race.user_files import UserFiles
from fwtui.system.cpu_affinity import bound_cores, core_count
from fwtui.workloads import catalogue as workloads
from fwtui.workloads.base import PackagedWorkload
from fwtui.workloads.user.description import Description
from fwtui.workloads.user.references import SIDES, check_two, file_of
from fwtui.workloads.user.workload import absolute

if TYPE_CHECKING:
    from fwtui.core.lane_model import LaneModel

LIVE_PROBE_BYTES = 32_000_000


def plan(request: RaceRequest, files: UserFiles | None = None) -> RaceSpec:
    """The race that `request` asks for; SpecError for what does not exist or makes no sense.

    Args:
        files: by default examines a user's file that is not known as it stands, which may take long.
    """
    if not 1 <= len(request.lanes) <= MAX_LANES:
        raise SpecError("--lanes", len(request.lanes), f"1 to {MAX_LANES} lanes")
    schedule: Schedule = _read("schedule", request.schedule)
    host: HostKind = _read("host", request.host)
    lanes = tuple(_lane(request, index, files or UserFiles()) for index in range(len(request.lanes)))
    return RaceSpec(lanes, schedule, host)


ELSEWHERE = ("device", "threads", "python", "host")
"""Settings that say where a lane computes, and not what."""


def differences(lanes: tuple[LaneSpec, ...]) -> dict[str, tuple[str, ...]]:
    """What differs between the lanes besides the backend: setting -> its value in each lane."""
    table: dict[str, tuple[Any, ...]] = {
        "device": tuple(lane.device for lane in lanes),
        "dtype": tuple(lane.dtype for lane in lanes),
        "optimizer": tuple(lane.optimizer for lane in lanes),
        "lr": tuple("n/a" if lane.learning_rate is None else f"{lane.learning_rate:g}" for lane in lanes),
        "batch": tuple(str(workloads.batch_size(lane.workload) or "n/a") for lane in lanes),
        "threads": tuple(str(lane.threads) for lane in lanes),
        "python": tuple(
            lane.interpreter.python or ("python3" if lane.interpreter.ssh else "fwtui's own")
            for lane in lanes
        ),
        "host": tuple(lane.interpreter.ssh or "this machine" for lane in lanes),
    }
    return {name: values for name, values in table.items() if len(set(values)) > 1}


def _lane(request: RaceRequest, index: int, files: UserFiles) -> LaneSpec:
    lane = request.lanes[index]

    def setting(key: str) -> Any:
        """The lane's value or the race's; None where neither has one."""
        own = getattr(lane, key)
        if own is not None:
            return OPTIONS[key].kind.read(f"--lane {lane.backend}: {key}", own)
        return _read(key, getattr(request, key))

    one_of("--lanes", lane.backend, backends.names())
    workload = _workload(request, setting("batch"))
    loaded = files.describe(workload)
    framework = backends.entry(lane.backend).framework
    if framework.needs_net:
        loaded.require(framework.key)
    steps = loaded.STEPS if request.steps is None else _read("steps", request.steps)
    share, cores = _share(request, index)
    threads, rate, seed = setting("threads"), setting("lr"), _read("seed", request.seed)
    which = setting("model") or _in_turn(request, index)
    optimizer = setting("optimizer") or _own_optimizer(loaded, framework.key) or loaded.OPTIMIZER
    if optimizer == OWN_OPTIMIZER and rate is not None:
        raise SpecError("--lr", f"{rate:g}", "left out: the file's optimizer has its own; or add --optimizer")
    if rate is None and optimizer != OWN_OPTIMIZER:
        rate = learning_rate(optimizer, loaded.OPTIMIZER, loaded.LEARNING_RATE)
    return LaneSpec(
        backend=lane.backend,
        workload=workload,
        device=setting("device"),
        dtype=setting("dtype"),
        optimizer=optimizer,
        learning_rate=rate,
        steps=steps,
        seed=seed,
        threads=share if threads is None else threads,
        cores=cores,
        pace=_read("pace", request.pace),
        device_settings=DeviceSettings(
            request.tf32, request.deterministic, request.autotune, _read("gpu_memory", request.gpu_memory)
        ),
        # A lane that is shown alone may get company.
        by_turns=request.schedule == "turns" and (len(request.lanes) > 1 or request.linger),
        linger=request.linger,
        probes=_probes(request, steps),
        ops=_logging(request.log_every),
        sample_graphs=request.sample_graphs,
        interpreter=_interpreter(request, lane, framework.key, setting("ssh")),
        model=_model(request, loaded, (framework.key, which), workload, seed, files),
    )


def _interpreter(request: RaceRequest, lane: LaneRequest, framework: str, host: str | None) -> Interpreter:
    """Where a lane's process runs.

    Raises:
        SpecError: there is no such interpreter, or the lane cannot run where it is asked to.
    """
    given = request.python if lane.python is None else lane.python
    if request.host == "thread":
        if given or host:
            raise SpecError(
                "--host", request.host, "process, as lanes have interpreters or hosts of their own"
            )
        return OWN_INTERPRETER
    if host is not None and any(getattr(request, side) for side in SIDES):
        accepted = "left out, or models in a file: fwtui workloads new --model my_port.py"
        raise SpecError("--ssh", host, accepted)
    option = OPTIONS["python"].flag if lane.python is None else f"--lane {lane.backend}: python"
    return request.environments.interpreter(framework, given, host, option)


def _places(request: RaceRequest) -> list[tuple[str, Interpreter]]:
    """(framework, where it runs) of each lane."""
    found = []
    for lane in request.lanes:
        key = backends.entry(lane.backend).framework.key
        host = request.ssh if lane.ssh is None else lane.ssh
        found.append((key, _interpreter(request, lane, key, host)))
    return found


def with_interpreters(request: RaceRequest) -> RaceRequest:
    """The request with what each lane gets from the configuration as a setting of its own."""
    if request.host == "thread" or request.environments == NO_ENVIRONMENTS:
        return replace(request, environments=NO_ENVIRONMENTS)
    lanes = tuple(
        replace(lane, python=place.python, ssh=place.ssh)
        for lane, (_, place) in zip(request.lanes, _places(request), strict=True)
    )
    return replace(request, lanes=lanes, python=None, ssh=None, environments=NO_ENVIRONMENTS)


def _own_optimizer(loaded: PackagedWorkload | Description, framework: str) -> str | None:
    """`OWN_OPTIMIZER` where the file gives one; None where it does not."""
    sides = loaded.models if isinstance(loaded, Description) else ()
    return OWN_OPTIMIZER if any(one.optimizer for one in sides if one.framework == framework) else None


def _in_turn(request: RaceRequest, index: int) -> str:
    """Which of two models of one framework a lane trains: each lane of that framework another one."""
    before = [lane.backend.partition(".")[0] for lane in request.lanes[: index + 1]]
    return "ab"[(before.count(before[-1]) - 1) % 2]


def _model(
    request: RaceRequest,
    loaded: PackagedWorkload | Description,
    which: tuple[str, str],
    workload: WorkloadSpec,
    seed: int,
    files: UserFiles,
) -> LaneModel | None:
    """The model that a lane trains; None where its net takes named weights.

    Args:
        which: the lane's framework, and which of two models of it.
    """
    if not isinstance(loaded, Description) or not loaded.models:
        return None
    sides = [side for side in loaded.models if side.framework == which[0]]
    side = sides[0] if len(sides) == 1 else sides["ab".index(which[1])]
    frameworks = [side.framework for side in loaded.models]
    interpreters = of_models(request.environments, _places(request), frameworks)
    models = files.models(workload, loaded.held_by(interpreters), seed)
    model = next((one for one in models or () if one.function == side.function), None)
    if model is None:
        return None
    known = model.known
    if all(one.optimizer for one in loaded.models) and len({one.framework for one in loaded.models}) > 1:
        known += ((ADAM_EPSILON, ""),)
    expected = (*loaded.expected, *(_read("expect", request.expect) or ()))
    return replace(model, known=known, expected=tuple(dict.fromkeys(expected)))


def _probes(request: RaceRequest, steps: int) -> Probes | None:
    every = _read("probe_every", request.probe_every)
    if every is None or every == "never":
        return None
    return Probes(
        None if every == "growing" else every,
        last=steps if request.keep_training else None,
        most_bytes=LIVE_PROBE_BYTES if request.linger else None,
    )


def _logging(every: str | None) -> OpLogging | None:
    return None if every is None else OpLogging(every=_read("log_every", every))


def _workload(request: RaceRequest, batch: int | None) -> WorkloadSpec:
    name = workloads.located(workload_of(request))
    data = None if request.data is None else absolute(request.data)
    presets = workloads.presets(name, data)
    preset = presets[0] if request.preset is None else one_of("--preset", request.preset, presets)
    sizes: dict[str, int] = {}
    for size, text in request.sizes:
        if size in sizes:
            raise SpecError(f"--size {size}", text, "each size once")
        sizes[size] = whole_number(f"--size {size}", text, 1, MAX_SIZE)
    if batch is not None:
        sizes["batch"] = batch
    return WorkloadSpec(name, preset, tuple(sorted(sizes.items())), data)


def workload_spec(request: RaceRequest) -> WorkloadSpec:
    """The workload that is asked for, with its data and sizes.

    Raises:
        SpecError: there is no such workload, preset or size.
    """
    return _workload(request, _read("batch", request.batch))


def workload_of(request: RaceRequest) -> str:
    """The workload's name or path; of models given by name, that of a file which is written for them.

    Raises:
        SpecError: what is given for them does not go together.
    """
    references = {side: given for side in SIDES if (given := getattr(request, side)) is not None}
    if not references:
        for key in ("loss", "layout"):
            if (given := getattr(request, key)) is not None:
                raise SpecError(
                    OPTIONS[key].flag, given, "only models that are given by --torch or --tensorflow"
                )
        return request.workload
    check_two(references)
    if request.workload != RaceRequest().workload:
        accepted = "left out, where --torch and --tensorflow give the models"
        raise SpecError("--workload", request.workload, accepted)
    if request.data is None:
        raise SpecError("--data", "nothing", "an .npz file with the models' inputs, and the target as y")
    return str(file_of(references, request.loss, request.layout))


def with_usual_lanes(request: RaceRequest, files: UserFiles) -> RaceRequest:
    """The request, with a lane for each of two models of one framework where it leaves the lanes out."""
    if request.lanes != RaceRequest().lanes:
        return request
    loaded = files.describe(workload_spec(request))
    sides = loaded.models if isinstance(loaded, Description) else ()
    if len({side.framework for side in sides}) != 1:
        return request
    entry = next(one for one in backends.frameworks() if one.key == sides[0].framework)
    lanes = tuple(LaneRequest(backends.simplest(entry), model=which) for which in "ab")
    return replace(request, lanes=lanes)


def _read(key: str, text: str | None) -> Any:
    """The value of a race's option; None where it was not given."""
    return None if text is None else OPTIONS[key].kind.read(OPTIONS[key].flag, text)


def _share(request: RaceRequest, index: int) -> tuple[int, tuple[int, ...] | None]:
    """Threads for a lane, and the cores it is bound to: in turns nearly all of them, in a race its own part.

    One core is left to the app and the system. A lane that has every core shares one with whatever else
    runs, and a thread that waits for its core holds up all the others of an op: measured on 2 cores, the
    slowest hundredth of PyTorch's steps took 1 ms with one thread and 20 to 100 ms with two.

    A lane on another host gets as many threads as one here would: a comparison wants them alike.
    """
    hosts = [lane.ssh or request.ssh for lane in request.lanes]
    host, lanes = hosts[index], hosts.count(hosts[index])
    if request.schedule != "race" or lanes == 1 or host is not None:
        return max(1, core_count() - 1), None
    cores = bound_cores()
    count = core_count() if cores is None else len(cores)
    share = max(1, (count - 1) // lanes)
    if cores is None or count < lanes or request.host == "thread":
        return share, None
    first = count - lanes * share + hosts[:index].count(host) * share
    return share, cores[first : first + share]
