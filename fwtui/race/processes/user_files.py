"""What a lane on another host needs of a user's own: the file, what lies beside it, and its data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fwtui.core.spec import WorkloadSpec
from fwtui.race.processes.archive import Archive, archive_of
from fwtui.workloads import catalogue as workloads
from fwtui.workloads.user.description import Description

MAX_FILES = 500
"""Modules beside a user's file that are sent along; where there are more, those that it imported."""


def files_of(spec: WorkloadSpec) -> Archive | None:
    """An archive of all that a workload's file needs, below the root folder; None for a workload of fwtui's.

    Raises:
        SpecError: there is no such workload.
        OSError: a file cannot be read.
    """
    description = workloads.load(spec)
    if not isinstance(description, Description):
        return None
    files = {Path(file) for file in description.files}
    beside = list(_modules_beside(Path(description.path).parent))
    if len(beside) <= MAX_FILES:
        files.update(beside)
    return archive_of(files, Path("/"))


def _modules_beside(folder: Path) -> Iterator[Path]:
    """Modules in a folder, and in the packages there: a function may import them when it is called."""
    yield from folder.glob("*.py")
    for package in folder.glob("*/__init__.py"):
        yield from package.parent.rglob("*.py")
