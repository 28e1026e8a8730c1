"""A bar a lane on standard error while a race runs, where that is a terminal."""

from __future__ import annotations

import sys
from types import TracebackType

from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars

from fwtui.cli.output import console, is_terminal
from fwtui.core.spec import RaceSpec
from fwtui.format import numbers
from fwtui.measure.history import History


class Progress:
    """Shows how far each lane is; called with the lanes' histories so far."""

    def __init__(self, spec: RaceSpec) -> None:
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:>6,.0f}/{task.total:,.0f}"),
            TextColumn("{task.fields[phase]:10}"),
            TextColumn("loss {task.fields[loss]}"),
            console=console(stderr=True),
            transient=True,
            disable=not is_terminal(sys.stderr),
        )
        for number, lane in enumerate(spec.lanes, 1):
            name = f"{number} {lane.backend}"
            self._bars.add_task(name, total=lane.steps, phase=numbers.PHASES["spawn"], loss=numbers.NA)

    def __enter__(self) -> Progress:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def __call__(self, lanes: list[History]) -> None:
        """Draws `lanes`."""
        for task, lane in zip(self._bars.task_ids, lanes, strict=True):
            phase = numbers.outcome(lane.ended) if lane.ended else numbers.PHASES[lane.phase]
            self._bars.update(task, completed=lane.steps, phase=phase, loss=numbers.loss(lane.loss))
