"""What a lane's network uses besides its parameters, as it is found out while the lane trains."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from dataclasses import replace

from fwtui.backends.base import Backend
from fwtui.core.records import NetInspected, Record
from fwtui.core.workload import Batch
from fwtui.lane.prober import Prober


class NetInspection:
    """Inspects a network once after its first step, and once more at the end.

    Args:
        explain: returns the reason of an exception, and a hint.
    """

    def __init__(self, emit: Callable[[Record], object], explain: Callable[[BaseException], str]) -> None:
        self._emit, self._explain = emit, explain
        self._first_batch: Batch | None = None
        self._found = NetInspected()

    def begin(self, batch: Batch) -> None:
        """Keep the first step's batch for `inspect`."""
        self._first_batch = batch

    def inspect(self, backend: Backend) -> None:
        """Emit what the network uses besides the parameters, once, after the first step: what is traced or
        loaded for the first time belongs into that step's time.
        """
        if self._first_batch is None:
            return
        batch, self._first_batch = self._first_batch, None
        try:
            self._found = backend.inspect(batch)
        except Exception as error:  # the lane trains on; whoever judges knows that it was not inspected
            traceback.print_exc(file=sys.stderr)
            self._found = NetInspected(reason=self._explain(error))
        self._emit(self._found)

    def inspect_again(self, prober: Prober) -> None:
        """Emit at the end if the first weights and batch do not give the first loss again."""
        if self._found.is_random or self._found.is_stateful or self._found.reason:
            return
        if not prober.repeats_the_first():
            self._found = replace(self._found, is_stateful=True)
            self._emit(self._found)
