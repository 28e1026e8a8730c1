"""What another host must have, as archives that are named for their hashes."""

from __future__ import annotations

import functools
import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

PACKAGE = Path(__file__).parents[2]
LANES_SIDE = ("backends", "core", "lane", "measure", "system", "workloads")
"""The folders of fwtui that a lane's process imports from."""


@dataclass(frozen=True)
class Archive:
    """Files as one.

    Attributes:
        root: the folder here that stands for the folder there in which the archive is unpacked.
    """

    root: Path
    data: bytes

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of all of it, which is the same for the same files."""
        return hashlib.sha256(self.data).hexdigest()


@functools.cache
def package() -> Archive:
    """Fwtui as far as lanes need it, and NVML's binding, one file, which reads GPUs there."""
    files = [PACKAGE / "__init__.py"]
    for folder in LANES_SIDE:
        files += [path for path in (PACKAGE / folder).rglob("*") if path.is_file()]
    of_package = {str(path.relative_to(PACKAGE.parent)): path for path in files}
    named = {name: path for name, path in of_package.items() if "__pycache__" not in path.parts}
    if (nvml := find_spec("pynvml")) is not None and nvml.origin is not None:
        named["pynvml.py"] = Path(nvml.origin)
    return _archive(named, PACKAGE.parent)


def archive_of(files: Iterable[Path], root: Path) -> Archive:
    """An archive of files below `root`.

    Raises:
        OSError: a file cannot be read.
    """
    return _archive({str(path.relative_to(root)): path for path in files}, root)


def _archive(files: Mapping[str, Path], root: Path) -> Archive:
    """An archive of files by their names in it: of the same contents, the same bytes.

    Raises:
        OSError: a file cannot be read.
    """
    written = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=written, mode="wb", mtime=0, compresslevel=6) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, path in sorted(files.items()):
            data = path.read_bytes()
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o644
            tar.addfile(entry, io.BytesIO(data))
    return Archive(root, written.getvalue())
