"""`torch.compile`, and what it tells of itself: in which step it compiled, why, and where the graph broke.

All that is private of how they compile (`torch._dynamo`, `torch._inductor`) is used in this file alone; what
Inductor runs of that is in `inductor.py`.
"""

from __future__ import annotations

import copy
import logging
import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from hashlib import blake2b
from inspect import signature
from itertools import count
from pathlib import Path
from types import FunctionType
from typing import Any, Protocol

import torch
import torch._dynamo.config as dynamo_config
import torch._functorch.config as functorch_config
import torch._inductor.config as inductor_config
from torch import fx
from torch._dynamo.exc import BackendCompilerFailed
from torch._dynamo.pgo import get_code_state
from torch._dynamo.utils import CompilationMetrics, graph_break_reasons
from torch._inductor.custom_graph_pass import CustomGraphPass
from torch._inductor.exc import InvalidCxxCompiler
from torch._inductor.runtime.cache_dir_utils import default_cache_dir

from fwtui.backends.logbook import Source, in_library
from fwtui.core.records import Compiled, GraphBroken
from fwtui.system.child_process import shared_temporary_folder

LOGGER = "torch._utils_internal"
"""Where Dynamo logs each compilation when it is over, as an object, in the thread that asked for it."""
_LINES = 1
"""How much Inductor keeps of where a kernel comes from: the lines that asked for it."""
_GIVEN_UP = "Dynamo recompile limit exceeded"

_PLACE = re.compile(r"^\d+/\d+: ")
_COMMENT = re.compile(r"\s+#.*")
_IN_BATCH = re.compile(r"(?:L\['batch'\]|\bbatch)\['([^']+)'\]")
_CARRIED = re.compile(r"___stack\d+")
_SIZE = re.compile(r"tensor '(.+)' size mismatch at index (\d+)\. expected (\d+), actual (\d+)")
_EXPLANATION = re.compile(r"^\s*Explanation: (.+)", re.MULTILINE)

_functions = count()
_here = threading.local()


def own_name(function: Callable[..., Any]) -> str:
    """A name for `function` under which no other lane of the process compiles."""
    return f"{function.__name__}_{next(_functions)}"


class Sources(CustomGraphPass):
    """Changes nothing in a graph, and makes Inductor's cache on the disk ask for the files that it is from.

    What is kept there tells each kernel's lines. Another checkout's, or those of a file before it was edited,
    are the same graph to Inductor.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self._files = {file: blake2b(Path(file).read_bytes()).hexdigest() for file in sorted(files)}

    def __call__(self, graph: fx.Graph) -> None:
        """Leaves `graph` as it is."""

    def uuid(self) -> Any:
        """Return what the cache distinguishes graphs by, in addition to what they hold."""
        return tuple(self._files.items())


def compiled(function: Callable[..., Any], name: str, **options: Any) -> Callable[..., Any]:
    """`function`, compiled when it is called, and again whenever a guard on what it uses fails.

    Dynamo keeps what it compiled by a function's code, and what it learned of sizes by the code's name. What
    comes from here has its own code, so that no other lane of the process counts towards its limit.

    Args:
        name: the code's, from `own_name`.
        options: for `torch.compile`.

    Raises:
        RuntimeError: from the call, where something that compiling needs is not installed.
    """
    assert isinstance(function, FunctionType)
    code = function.__code__.replace(co_name=name)
    own = FunctionType(code, function.__globals__, name, function.__defaults__, function.__closure__)
    # Of a lane's own folder nothing is left for the next one.
    cache = shared_temporary_folder() / Path(default_cache_dir()).name
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(cache))
    # Compiler processes would pay where kernels are many, and would outlive a lane that is killed.
    inductor_config.compile_threads = 1
    inductor_config.trace.provenance_tracking_level = _LINES
    if hasattr(dynamo_config, "trace_autograd_ops"):
        dynamo_config.trace_autograd_ops = True
    run: Callable[..., Any] = torch.compile(own, **options)

    def call(*arguments: Any) -> Any:
        try:
            return run(*arguments)
        except BackendCompilerFailed as error:
            missing = _missing(error.inner_exception)
            if missing is None:
                raise
            raise RuntimeError(missing) from error

    return call


class Listener(Protocol):
    """Hears of each piece of a function what a compilation makes of it, one after the other."""

    def dynamo(self, graph: fx.Graph, inputs: Sequence[Any]) -> None:
        """What Dynamo captured, and the tensors that it takes."""

    def aot(self, graph: fx.Graph, is_backward: bool) -> None:
        """What AOTAutograd made of it, before Inductor changes it."""

    def inductor(self, graph: fx.Graph, code: str, made_of: Mapping[str, Sequence[str]]) -> None:
        """What Inductor made of that: the graph as it changed it, its code, and which nodes a kernel runs.

        A kernel is named as the comment `[Provenance debug handles]` names it, right before it is called.
        """


def tell(
    listener: Listener, function: Callable[..., Any], name: str, batch: Mapping[str, Any]
) -> Sequence[GraphBroken]:
    """Compiles and runs `function` as the lane's own is that is compiled under `name`; gives the breaks.

    What was compiled before for sizes that vary is so again, and what is learned here is forgotten. The
    kernels are compiled only where they are not yet on the disk: Inductor keeps them by their code.

    Raises:
        Exception: whatever a compilation may raise.
    """
    # Both take seconds to import, which are no part of building a lane.
    import torch._inductor.debug as inductor_debug
    from torch._inductor.compile_fx import compile_fx, compile_fx_inner

    def inner(module: fx.GraphModule, inputs: Sequence[Any], **options: Any) -> Any:
        listener.aot(module.graph, bool(options.get("is_backward")))
        made = compile_fx_inner(module, inputs, **options)
        handles = inductor_debug._inductor_triton_kernel_to_post_grad_node_info
        listener.inductor(module.graph, getattr(made, "source_code", ""), handles)
        return made

    def backend(module: fx.GraphModule, inputs: Sequence[Any]) -> Any:
        listener.dynamo(module.graph, inputs)
        return compile_fx(module, inputs, inner_compile=inner)

    watch, mine = Watch(), getattr(_here, "watch", None)
    sizes = get_code_state()
    learned = copy.deepcopy(dict(sizes))
    # What is kept whole is not taken apart again, and only what is asked for is written into the code.
    afresh = {"fx_graph_cache": False, "trace.provenance_tracking_level": _LINES}
    options: dict[str, Any] = {"backend": backend}
    if "isolate_recompiles" in signature(torch.compile).parameters:
        # Functions that both step through apart from the step, where it is broken, are compiled apart too.
        options["isolate_recompiles"] = True
    watch.begin(batch)
    try:
        with functorch_config.patch(enable_autograd_cache=False), inductor_config.patch(afresh):
            compiled(function, name, **options)(batch)
    finally:
        _here.watch = mine
        sizes.clear()
        sizes.update(learned)
    return [event for event in watch.events() if isinstance(event, GraphBroken)]


def without_compiling() -> AbstractContextManager[None]:
    """While it is entered, what has not been compiled for its arguments runs eagerly instead."""
    stance: AbstractContextManager[None] = torch.compiler.set_stance("eager_on_recompile")
    return stance


class Watch:
    """What is compiled in each step of one lane, and why. It costs a step nothing but `begin`.

    Attributes:
        gave_up: there is something that Dynamo will not compile, and runs eagerly.
    """

    def __init__(self) -> None:
        self._step = -1
        self._batch: Mapping[str, Any] = {}
        self._ever = False
        self._compilations: dict[int, list[tuple[int | None, str | None]]] = {}
        self._broken_at: set[Source | str] = set()
        self._breaks: list[GraphBroken] = []
        self.gave_up = False
        _listen()

    def begin(self, batch: Mapping[str, Any]) -> None:
        """The next step begins in the calling thread, with `batch`."""
        self._step += 1
        self._batch = batch
        _here.watch = self

    def heard(self, metrics: CompilationMetrics) -> None:
        """A compilation in the present step is over, whatever came of it."""
        reason = readable(metrics.recompile_reason, self._batch) if metrics.recompile_reason else None
        for found in graph_break_reasons:
            self._broken(found.reason, [(frame.filename, frame.lineno or 0) for frame in found.user_stack])
        graph_break_reasons.clear()
        failure = metrics.fail_reason
        if failure is None:
            cost_ns = None if metrics.duration_us is None else 1000 * metrics.duration_us
            self._compilations.setdefault(self._step, []).append((cost_ns, reason))
            return
        self.gave_up = True
        if failure.startswith(_GIVEN_UP):
            limit = dynamo_config.recompile_limit
            self._broken(f"compiled {limit} times, now eager where none of these fits: {reason}", [])
        else:
            file, line = metrics.fail_user_frame_filename, metrics.fail_user_frame_lineno
            self._broken(failure, [] if file is None else [(file, line or 0)])

    def events(self) -> Sequence[Compiled | GraphBroken]:
        """What is new since the last call, in the order of the steps; call it between steps."""
        events: list[Compiled | GraphBroken] = []
        for step, compilations in self._compilations.items():
            costs = [cost for cost, _ in compilations if cost is not None]
            reasons = [reason for _, reason in compilations if reason is not None]
            kind, reason = "recompile", next(iter(reasons), "a part that had not run before")
            if not self._ever:
                kind, reason, self._ever = "compile", "the first call", True
            events.append(Compiled(step, kind, sum(costs) if costs else None, reason))
        self._compilations = {}
        events += self._breaks
        self._breaks = []
        return sorted(events, key=lambda event: event.step)

    def _broken(self, reason: str, stack: Sequence[Source]) -> None:
        """Record a graph break at the last line of `stack` that is in no library, once for each line."""
        where = next((line for line in reversed(stack) if not in_library(line[0])), None)
        title, _, more = reason.strip().partition("\n")
        if (where or title) not in self._broken_at:
            explanation = _EXPLANATION.search(more)
            self._breaks.append(GraphBroken(self._step, explanation[1] if explanation else title, where))
        self._broken_at |= {title} if where is None else {title, where}


def readable(guard: str, batch: Mapping[str, Any]) -> str:
    """Why a guard failed, in one line, such as `depth == 2 failed: got 3`.

    Args:
        guard: as Dynamo says it: `0/1: batch['depth'] == 2  # for _ in range(batch["depth"]): …`.
        batch: what the step was called with, for the value that was not as expected.
    """
    said = _COMMENT.sub("", _PLACE.sub("", guard).partition("\n")[0])
    names = [name for name in _IN_BATCH.findall(said) if isinstance(batch.get(name), int)]
    said = _CARRIED.sub("what was carried over a break", _IN_BATCH.sub(r"\1", said)).strip()
    size = _SIZE.fullmatch(said)
    if size:
        return f"size of {size[1]} at dimension {size[2]} was {size[3]}, is {size[4]}"
    return f"{said} failed: got {batch[names[0]]}" if names else f"{said} failed"


class _Ear(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """Passes a compilation on to the lane in whose thread it was made."""
        watch: Watch | None = getattr(_here, "watch", None)
        metrics = record.args[0] if isinstance(record.args, tuple) and record.args else None
        if watch is not None and isinstance(metrics, CompilationMetrics):
            watch.heard(metrics)


_EAR = _Ear()


def _listen() -> None:
    logger = logging.getLogger(LOGGER)
    logger.setLevel(logging.INFO)
    # No other handler is to print these: they are pages long.
    logger.propagate = False
    logger.addHandler(_EAR)


def _missing(error: Exception) -> str | None:
    """What must be installed before anything can be compiled; None where `error` does not say so."""
    if isinstance(error, InvalidCxxCompiler):
        return "torch.compile needs a C++ compiler: apt-get install g++"
    if "Python.h" in str(error):
        return "torch.compile needs Python's header files: apt-get install python3-dev"
    return None
