"""The models of a user's file, each in a process of its own, and the proof that their weights are paired."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from fwtui.core.inputs import SpecError
from fwtui.core.model_outline import ModelOutline, ModelTrace, ModelWeights
from fwtui.core.model_requests import Answer, Ask, ModelSpec, Refused
from fwtui.core.spec import WorkloadSpec
from fwtui.core.workload import Batch
from fwtui.lane.wire import Frames, NoRecordError
from fwtui.pairing.pairs import UnknownNameError
from fwtui.pairing.proof import Proof, prove
from fwtui.system.child_process import Child, command
from fwtui.workloads.user.description import Description
from fwtui.workloads.user.errors import UserFileError
from fwtui.workloads.user.models import Side
from fwtui.workloads.user.process_end import end_of_process

LIMIT_S = 600.0
"""How long a model may take to be built, or to be evaluated once."""
_EVERY_S = 0.25
_KEPT_BYTES = 20_000
_CHUNK = 1 << 20

Waiting = Callable[[str, float], None]
"""Receives what is being done and for how many seconds, a few times a second."""


def prove_weights(file: Description, spec: WorkloadSpec, seed: int, waiting: Waiting) -> Proof:
    """Pair the weights of a file's two models, and prove it with the first batch.

    Raises:
        UserFileError: the file has no models, or one of them cannot be evaluated.
        CannotPairError: weights are left over.
    """
    if not file.models:
        hint = "add torch_model and tensorflow_model: `fwtui weights --help` says how"
        raise UserFileError(Path(file.path).name, "has no models", hint)
    threads = max(1, (os.cpu_count() or 1) // 2)
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(ModelProcess(spec, side, threads, seed, waiting)) for side in file.models
        )
        for model in (first, second):  # both import their framework meanwhile
            model.build()
        batch = first.batch()
        try:
            return prove(first, second, batch, file.pairs)
        except UnknownNameError as error:
            hint = "use the names that `fwtui weights` shows without PAIRS"
            raise UserFileError(Path(file.path).name, f"in PAIRS, {error}", hint) from None


class ModelProcess:
    """A model in a process of its own.

    Attributes:
        outline: its layers, as the first trace found them.
    """

    def __init__(self, spec: WorkloadSpec, side: Side, threads: int, seed: int, waiting: Waiting) -> None:
        self.outline = ModelOutline(())
        self._path, self._side, self._waiting = Path(spec.name), side, waiting
        self._stage, self._output = f"in {side.function}()", b""
        self._frames = Frames()
        self._open: list[int] = []
        try:
            self._start()
        except OSError as error:
            self._close()
            raise SpecError("--workload", spec.name, f"a machine that starts processes ({error})") from None
        self._send(ModelSpec(spec, side.framework, side.function, threads, seed))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.end()
        self._close()

    def build(self) -> None:
        """Wait until it is built. UserFileError where it cannot be."""
        self._answer()

    def batch(self) -> Batch:
        """The first batch of the file's data, in float64."""
        batch: Batch = self._ask("in batches()", Ask("batch"))
        return batch

    def trace(self, batch: Batch) -> ModelTrace:
        """Evaluate the loss of `batch` in evaluation mode and its gradients; changes no weight."""
        trace: ModelTrace
        self.outline, trace = self._ask(f"in {self._side.loss}()", Ask("trace", batch))
        return trace

    def weights(self) -> ModelWeights:
        """A copy of the present weights and states, in the common layout."""
        weights: ModelWeights = self._ask("when its weights are read", Ask("weights"))
        return weights

    def load(self, weights: ModelWeights) -> None:
        """Put weights and states into it; those that are not named stay."""
        self._ask("when its weights are replaced", Ask("load", weights))

    def _start(self) -> None:
        answers, answers_end = os.pipe()
        self._open += [answers, answers_end]
        requests_end, requests = os.pipe()
        self._open += [requests_end, requests]
        printed, output = os.pipe()
        self._open += [printed, output]
        self._child = Child(
            command("fwtui.lane.model_child", str(answers_end), str(requests_end)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(answers_end, requests_end),
        )
        for fd in (answers_end, requests_end, output):
            os.close(fd)
            self._open.remove(fd)
        self._answers, self._printed = answers, printed
        self._requests = Connection(requests, readable=False)
        self._open.remove(requests)
        for fd in (answers, printed):
            os.set_blocking(fd, False)

    def _close(self) -> None:
        for fd in self._open:
            os.close(fd)
        self._open.clear()
        if hasattr(self, "_requests"):
            self._requests.close()

    def _ask(self, stage: str, request: Ask) -> Any:
        self._stage = stage
        self._send(request)
        return self._answer()

    def _send(self, request: Any) -> None:
        with contextlib.suppress(OSError):  # it is over: the answer says why
            self._requests.send(request)

    def _answer(self) -> Any:
        """Wait for the answer. UserFileError where there is none."""
        began = time.monotonic()
        with selectors.DefaultSelector() as selector:
            for fd in (self._answers, self._printed):
                selector.register(fd, selectors.EVENT_READ)
            while (seconds := time.monotonic() - began) < LIMIT_S:
                is_over = self._child.process.poll() is not None
                ready = [key.fd for key, _ in selector.select(0 if is_over else _EVERY_S)]
                for fd in ready:
                    data = os.read(fd, _CHUNK)
                    if not data:
                        selector.unregister(fd)
                    elif fd == self._printed:
                        self._output = (self._output + data)[-_KEPT_BYTES:]
                    elif answers := self._fed(data):
                        return self._taken(answers[0])
                if is_over and not ready:
                    exit = self._child.process.returncode
                    raise end_of_process(self._path, exit, self._output, self._stage, LIMIT_S)
                self._waiting(f"{self._path.name} {self._stage}", seconds)
        raise end_of_process(self._path, None, self._output, self._stage, LIMIT_S)

    def _fed(self, data: bytes) -> list[Any]:
        try:
            return self._frames.feed(data)
        except NoRecordError:
            what = f"writes into a pipe that is not its own {self._stage}"
            raise UserFileError(self._path.name, what, "write to files it opened") from None

    def _taken(self, answer: Any) -> Any:
        if isinstance(answer, Answer):
            return answer.value
        assert isinstance(answer, Refused)
        where = answer.where or self._path.name
        raise UserFileError(where, answer.what, answer.hint or f"it happens {self._stage}")
