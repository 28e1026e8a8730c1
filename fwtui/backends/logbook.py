"""What the frameworks' op logs have in common: numbers, where each input came from, who asked for an op."""

from __future__ import annotations

import site
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from fwtui.core.graph import Tensor
from fwtui.core.lane_model import AS_IT_IS, WeightView
from fwtui.core.oplog import LoggedOp, OpInput, OpPhase

Views = Mapping[str, WeightView]
Source = tuple[str, int]
"""A file and a line in it, counted from 1."""


class Logbook:
    """The ops of one step, in the order in which they ran.

    Tensors are known by identity. Every tensor that the log knows is kept alive with it, so that no two of
    them ever have the same `id`.

    Args:
        named: the tensors that are there before the step, by the names that ops' inputs are to have.
        views: how parameters and gradients become what all lanes have, by the parameter's name; one that has
            none is no result. None: all of them are that already.
    """

    def __init__(self, named: Mapping[str, Any], views: Views | None = None) -> None:
        self.phase: OpPhase | None = "forward"
        self.ops: list[LoggedOp] = []
        self._origins: dict[int, int | str] = {id(tensor): name for name, tensor in named.items()}
        self._places: dict[int, int] = {}
        self._alive = list(named.values())
        self._views = views

    def origin(self, tensor: Any) -> int | str | None:
        """The number of the op that made `tensor`, or last wrote into it; its name; None where unknown."""
        return self._origins.get(id(tensor))

    def write(
        self,
        op: str,
        inputs: Sequence[OpInput],
        tensors: Sequence[Any],
        outputs: Sequence[Tensor],
        source: Source | None,
        **measured: Any,
    ) -> None:
        """Add an op that has run.

        Args:
            tensors: its outputs, as the framework's own objects.
            outputs: the dtype and shape of each of `tensors`.
            measured: further fields of `LoggedOp`.
        """
        number = len(self.ops)
        self.ops.append(LoggedOp(number, self.phase, op, tuple(inputs), tuple(outputs), source, **measured))
        for place, tensor in enumerate(tensors):
            self._origins[id(tensor)], self._places[id(tensor)] = number, place
            self._alive.append(tensor)

    def place(self, tensor: Any) -> int:
        """Which output of the op that made it `tensor` is; 0 where that is unknown."""
        return self._places.get(id(tensor), 0)

    def forget(self, tensors: Sequence[Any]) -> None:
        """Lets go of tensors that no further op takes, so that their memory can be used again."""
        gone = {id(tensor) for tensor in tensors}
        self._alive = [tensor for tensor in self._alive if id(tensor) not in gone]
        for one in gone:
            self._origins.pop(one, None)
            self._places.pop(one, None)

    def enter(self, phase: OpPhase, results: Mapping[str, Any]) -> None:
        """Enters `phase`, with the tensors that the one before it gave, by name (see `LoggedOp.results`)."""
        self._name(results)
        self.phase = phase

    def build(self, results: Mapping[str, Any]) -> tuple[LoggedOp, ...]:
        """Return the whole log, once `results`, the last phase's tensors by name, are marked in it."""
        self._name(results)
        return tuple(self.ops)

    def _name(self, results: Mapping[str, Any]) -> None:
        for name, tensor in results.items():
            number = self.origin(tensor)
            # A parameter that is not updated, or is the loss itself, was made by no op.
            if isinstance(number, int):
                self._mark(number, name, self._places[id(tensor)])

    def _mark(self, number: int, name: str, place: int) -> None:
        """Write a result into the op that made it."""
        op = self.ops[number]
        views: tuple[WeightView, ...] = ()
        kind, _, parameter = name.partition(" ")
        if self._views is not None:
            if kind in ("gradient", "parameter") and parameter not in self._views:
                return
            views = (*op.result_views, self._views.get(parameter, AS_IT_IS))
        self.ops[number] = replace(op, results=(*op.results, (name, place)), result_views=views)


def asking_line(frame: FrameType | None) -> Source | None:
    """The innermost line from `frame` outwards that stands in no library: the net's, or the step's."""
    while frame is not None:
        if not in_library(frame.f_code.co_filename):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None


def in_net(source: Source | None) -> bool:
    """Whether `source` is a line of the net, and not of the step around it."""
    return source is not None and not _in_backends(source[0])


@cache
def _in_backends(file: str) -> bool:
    return Path(file).is_relative_to(_BACKENDS)


@cache
def in_library(file: str) -> bool:
    """Whether `file` belongs to Python or to an installed package other than fwtui, or is no file at all."""
    path = Path(file)
    if file.startswith("<"):
        return True
    if file in WRAPPERS:
        return True
    return not path.is_relative_to(_BACKENDS.parent) and any(
        path.is_relative_to(place) for place in _LIBRARIES
    )


WRAPPERS: set[str] = set()
"""Files of ours whose lines stand between those of a library that calls itself."""
_BACKENDS = Path(__file__).parent
_PATHS = sysconfig.get_paths()
_LIBRARIES = {
    *(Path(_PATHS[key]) for key in ("stdlib", "platstdlib", "purelib", "platlib")),
    *(Path(place) for place in site.getsitepackages()),
}
