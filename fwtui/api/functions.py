"""The functions of the Python API: what the commands do, without a terminal."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from fwtui.api.models import as_settings
from fwtui.api.results import ForwardResult, GraphResult, OpsResult, ParityResult, RaceResult
from fwtui.backends import catalogue as backends
from fwtui.core.graph import Graph, NoGraph
from fwtui.core.inputs import SpecError, one_of, text_of, whole_number
from fwtui.core.spec import MAX_STEPS, OpLogging, RaceSpec
from fwtui.core.value_kinds import Switch
from fwtui.parity.check import check
from fwtui.parity.forward.comparison import compare_outputs
from fwtui.parity.forward.request import forward_request
from fwtui.parity.request import checked_tolerances
from fwtui.race.options import OPTIONS
from fwtui.race.plan import plan, with_usual_lanes
from fwtui.race.request import DEFAULT_BACKENDS, RaceRequest, parse_lane
from fwtui.race.user_files import UserFiles
from fwtui.session.run import Result, Watch, run
from fwtui.workloads import catalogue as workloads
from fwtui.workloads.user.errors import UserFileError
from fwtui.workloads.user.inspector import ignore
from fwtui.workloads.user.workload import absolute

Value = str | float | os.PathLike[str] | None
"""A setting as the command line takes it, or as a number or path."""


@contextmanager
def _named_as_in_python() -> Iterator[None]:
    """Name the argument that is wrong, `log_every`, and not the option `--log-every`."""
    try:
        yield
    except UserFileError:
        raise
    except SpecError as error:
        flag, space, which = error.option.partition(" ")
        if not flag.startswith("--"):
            raise
        name = "sizes" if flag == "--size" else flag.removeprefix("--").replace("-", "_")
        raise SpecError(name + space + which, error.got, error.accepted) from None


@_named_as_in_python()
def race(lanes: Sequence[str] = DEFAULT_BACKENDS, **settings: Any) -> RaceResult:
    """Train one to four lanes, as `fwtui bench` does, and compare them.

    It needs no terminal, and may be called in a running event loop, such as a notebook's, and in any thread;
    it returns when all lanes are done.

    Args:
        lanes: each a backend, such as `torch.eager`, or one with settings of its own, `torch.eager lr=2e-6`.
        settings: the command line's options by name, with `_` for `-`: `workload`, `preset`, `data`, `sizes`
            (a mapping), `device`, `dtype`, `optimizer`, `lr`, `batch`, `steps`, `seed`, `threads`, `pace`,
            `tf32`, `deterministic`, `autotune`, `gpu_memory`, `schedule`, `probe_every`, `log_every`,
            `expect`.

    Raises:
        SpecError: a setting does not exist or makes no sense.
    """
    return RaceResult.of(_run(_planned(lanes, settings)))


@_named_as_in_python()
def parity(
    lanes: Sequence[str] = DEFAULT_BACKENDS,
    *,
    tolerance: float | None = None,
    tolerance_float64: float | None = None,
    truth: bool = True,
    **settings: Any,
) -> ParityResult:
    """Check whether lanes compute the same, as `fwtui parity` does, and where they first do not.

    Two models as they are go by `torch`, `torch_b`, `tensorflow` and `tensorflow_b`, each a class or a
    function at the top of a module, the name of one, such as `my_package.nets:Net`, or a model; with `loss`,
    the name of one or a function of model and batch for each framework; `data`, an .npz file or a mapping of
    arrays with the target as `y`; and `layout`, such as `{"torch": "NCHW", "tensorflow": "NHWC"}`, the data's
    own first.

    Args:
        lanes: two to four, see `race`.
        tolerance: relative gap that is still the same answer; the dtype's own by default.
        tolerance_float64: the same between the lanes' networks in float64.
        truth: whether float32 lanes are compared with float64, which tells rounding from a bug.
        settings: see `race`.

    Raises:
        SpecError: a setting does not exist or makes no sense.
    """
    if not isinstance(truth, bool):
        raise SpecError("truth", truth, "True or False")
    spec = _planned(lanes, {"probe_every": "growing", **settings})
    allowed = checked_tolerances(spec, tolerance, tolerance_float64)
    return ParityResult.of(check(spec, allowed, _run, with_truth=truth))


@_named_as_in_python()
def forward(
    *, tolerance: float | None = None, tolerance_float64: float | None = None, **settings: Any
) -> ForwardResult:
    """Check whether two models give the same in evaluation mode, as `fwtui parity --forward` does.

    Args:
        tolerance: relative gap that is still the same; the dtype's own by default.
        tolerance_float64: the same in float64.
        settings: the two models as for `parity`, or `workload`, a file that has them; `data`, `layout`,
            `dtype`, `seed`; `steps`, the number of batches; `sizes` and `batch`.

    Raises:
        SpecError: a setting does not exist or makes no sense, or a model cannot be evaluated.
    """
    request = _request(DEFAULT_BACKENDS, settings)
    asked = forward_request(request, UserFiles(), tolerance, tolerance_float64)
    return ForwardResult.of(compare_outputs(asked, ignore))


@_named_as_in_python()
def graph(backend: str, *, steps: int = 1, **settings: Any) -> GraphResult:
    """Capture the graphs of a backend's step, as `fwtui graph` does.

    Args:
        steps: optimizer updates before the graphs are captured.
        settings: see `race`.

    Raises:
        SpecError: a setting does not exist or makes no sense.
    """
    one_of("backend", backend, backends.names())
    spec = _planned((backend,), {**settings, "steps": steps})
    result = _run(replace(spec, lanes=(replace(spec.lanes[0], tell_graphs=True),)))
    captured = result.lanes[0].graphs.graphs if result.lanes[0].graphs else ()
    graphs = tuple(one for one in captured if isinstance(one, Graph))
    return GraphResult(graphs, tuple(one for one in captured if isinstance(one, NoGraph)), result)


@_named_as_in_python()
def ops(backend: str, match: str | None = None, *, steps: int = 1, **settings: Any) -> OpsResult:
    """Log one step op by op, as `fwtui ops` does.

    Args:
        match: another backend, whose ops are logged too.
        steps: optimizer updates before the step that is logged; 0 logs the first one.
        settings: see `race`.

    Raises:
        SpecError: a setting does not exist or makes no sense.
    """
    names = (backend,) if match is None else (backend, match)
    for name in names:
        one_of("backend", name, backends.names())
    steps = whole_number("steps", _text(steps) or "None", 0, MAX_STEPS)
    spec = _planned(names, {**settings, "steps": max(1, steps)})
    logging = OpLogging(steps == 0, last=steps != 0, until_nan=False)
    result = _run(replace(spec, lanes=tuple(replace(lane, ops=logging) for lane in spec.lanes)))
    return OpsResult(tuple(lane.ops for lane in result.lanes), result)


def _planned(lanes: Sequence[str], settings: Mapping[str, Any]) -> RaceSpec:
    return plan(with_usual_lanes(_request(lanes, settings), UserFiles()))


def _request(lanes: Sequence[str], settings: Mapping[str, Any]) -> RaceRequest:
    is_list = isinstance(lanes, Sequence) and not isinstance(lanes, str)
    if not is_list or not all(isinstance(one, str) for one in lanes):
        raise SpecError("lanes", lanes, "a list of backends, such as ['tf.function', 'torch.eager']")
    given = as_settings(settings)
    sizes = given.pop("sizes", None)
    sizes = {} if sizes is None else sizes
    if not isinstance(sizes, Mapping):
        raise SpecError("sizes", sizes, "a dict of whole numbers by name, such as {'hidden': 512}")
    for name in (key for key, option in OPTIONS.items() if isinstance(option.kind, Switch)):
        if not isinstance(given.get(name, False), bool):
            raise SpecError(name, given[name], "True or False")
    for name in ("workload", "data"):
        if not isinstance(given.get(name), str | os.PathLike | None):
            raise SpecError(name, given[name], "a name or a path")
    unknown = sorted(set(given) - _SETTINGS)
    if unknown:
        raise SpecError(unknown[0], given[unknown[0]], f"one of {', '.join(sorted({*_SETTINGS, 'sizes'}))}")
    values: dict[str, Any] = {
        name: value if isinstance(value, bool) else _text(value) for name, value in given.items()
    }
    if values.get("workload") is not None:
        values["workload"] = workloads.located(values["workload"])
    if values.get("data") is not None:
        values["data"] = absolute(values["data"])
    return RaceRequest(
        lanes=tuple(parse_lane(one, "lanes") for one in lanes),
        sizes=tuple((str(name), str(value)) for name, value in sizes.items()),
        **{name: value for name, value in values.items() if value is not None},
    )


_SETTINGS = OPTIONS.keys() - {"lanes", "lane", "size", "host"}


def _text(value: Value) -> str | None:
    return None if value is None else os.fspath(value) if isinstance(value, os.PathLike) else text_of(value)


def _run(spec: RaceSpec, watch: Watch = lambda lanes: None) -> Result:
    # With an event of its own a race leaves signals alone, which only a main thread could receive.
    return run(spec, watch, threading.Event())
