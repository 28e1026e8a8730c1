"""The source of a lane's step, by sections, and when each section runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from fwtui.backends import catalogue as backends
from fwtui.backends.entries import FrameworkEntry, SourcePart
from fwtui.core.records import Phase
from fwtui.core.spec import LaneSpec
from fwtui.core.text import plain
from fwtui.tui.source.text import Piece, SourceFile, UnreadableError
from fwtui.workloads import catalogue as workloads
from fwtui.workloads.user.description import Description

Source = tuple[str, int]
"""A file, and a line in it."""

_OPTIMIZER = "{optimizer}"
_EACH_STEP = frozenset[Phase]({"warm-up", "steady"})


@dataclass(frozen=True)
class Section:
    """Some functions of one file.

    Attributes:
        title: the file, and where it helps, its folder.
        when: when they run, in words; "" where that is not known.
        phases: those of a lane in which they run.
        problem: why there is nothing to be read; "" otherwise.
        call: the line that makes a step's one call; None where there is none such.
    """

    path: Path
    title: str
    when: str
    phases: tuple[Phase, ...]
    pieces: tuple[Piece, ...]
    problem: str = ""
    call: Source | None = None

    def holds(self, source: Source) -> bool:
        """Whether a line is in it."""
        return source[0] == str(self.path) and any(piece.holds(source[1]) for piece in self.pieces)


@dataclass(frozen=True)
class Running:
    """The sections of a lane's source that run now.

    Attributes:
        sections: of which the lane's phase is one; none once it has ended.
        paused: whether they only would.
        compiled: how often the step was built, traced or compiled so far.
    """

    sections: tuple[Section, ...] = ()
    paused: bool = False
    compiled: int = 0

    def describe(self, section: Section) -> str:
        """Return when a section runs, with a mark before it if it runs now."""
        mark = ("‖" if self.paused else "▶") if section in self.sections else " "
        seldom = self.compiled and not _EACH_STEP.intersection(section.phases)
        return f"{mark} {section.when}{f', {self.compiled:,} so far' if seldom else ''}"


class LaneSource:
    """The source of one run of a lane, each file as it was when it was first read."""

    def __init__(self, spec: LaneSpec) -> None:
        self._spec = spec
        self._workload = workloads.load(spec.workload)
        self._files: dict[Path, SourceFile | UnreadableError] = {}

    def sections(self, besides: Iterable[Source] = ()) -> list[Section]:
        """Return the sections of the net and of the step, and of the functions around the lines `besides`."""
        sections = list(self._known)
        for source in besides:
            if not any(section.holds(source) for section in sections):
                sections += self._around(source)
        return sections

    @property
    def call(self) -> Source | None:
        """The line that makes a step's one call; None where a step is many."""
        return next((section.call for section in self._known if section.call is not None), None)

    @property
    def changed(self) -> bool:
        """Whether a user's file is another one now than when the lane started."""
        return isinstance(self._workload, Description) and self._workload.changed

    @cached_property
    def _known(self) -> list[Section]:
        entry, optimizer = backends.entry(self._spec.backend), self._spec.optimizer
        parts = [part for part in entry.source if not part.optimizers or optimizer in part.optimizers]
        return [self._section(entry.framework, part) for part in parts]

    def _section(self, framework: FrameworkEntry, part: SourcePart) -> Section:
        if not part.file:
            path, function = workloads.net(self._spec.workload, framework.key)
            net = self._read(path, part, (function,))
            own = isinstance(self._workload, Description)
            return replace(net, title=workloads.title(self._spec.workload.name)) if own else net
        names = tuple(name.replace(_OPTIMIZER, self._spec.optimizer) for name in part.names)
        return self._read(_folder(framework) / part.file, part, names)

    def _read(self, path: Path, part: SourcePart, names: tuple[str, ...]) -> Section:
        file = self._file(path)
        if isinstance(file, UnreadableError):
            return Section(path, _title(path), part.when, part.phases, (), str(file))
        pieces = tuple(file.functions(names))
        problem = "" if pieces else f"{path.name} has no {' and no '.join(names)}"
        call = _line(path, pieces, part.call) if part.call else None
        return Section(path, _title(path), part.when, part.phases, pieces, problem, call)

    def _around(self, source: Source) -> list[Section]:
        path = Path(source[0])
        file = self._file(path)
        piece = None if isinstance(file, UnreadableError) else file.around(source[1])
        return [] if piece is None else [Section(path, _title(path), "", (), (piece,))]

    def _file(self, path: Path) -> SourceFile | UnreadableError:
        if path not in self._files:
            try:
                self._files[path] = SourceFile.read(path)
            except UnreadableError as error:
                self._files[path] = error
        return self._files[path]


def _line(path: Path, pieces: Iterable[Piece], text: str) -> Source | None:
    """The first line that holds `text`."""
    lines = (
        (str(path), number)
        for piece in pieces
        for number, line in enumerate(piece.lines, piece.first)
        if text in line
    )
    return next(lines, None)


def _folder(framework: FrameworkEntry) -> Path:
    found = find_spec(framework.folder)
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0])


def _title(path: Path) -> str:
    return plain(f"{path.parent.name}/{path.name}")
