"""Users' files that were executed in this process, each once as it stands."""

from __future__ import annotations

from threading import Lock
from typing import Any, TypeVar

from fwtui.core.spec import WorkloadSpec
from fwtui.workloads.user.file import UserFile, read

File = TypeVar("File", bound=UserFile)

_executed: dict[tuple[type[UserFile], WorkloadSpec], Any] = {}
_lock = Lock()


def execute(spec: WorkloadSpec, kind: type[File]) -> File:
    """The file as `kind`, executed in this process as it stands now; lanes of one process share it.

    Raises:
        UserFileError: it cannot be executed, or is of another kind.
    """
    with _lock:
        known: File | None = _executed.get((kind, spec))
        if known is None or known.changed:
            others = [own.file for own in _executed.values() if str(own.file.path) == spec.name]
            stale = {name: path for file in others for name, path in file.beside.items()}
            known = _executed[kind, spec] = kind(spec, read(spec, stale))
        return known
