"""Folders that are gone when this process has ended."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path


@cache
def folder(name: str) -> Path:
    """A new folder for what is called `name`; the same one at each call of this process."""
    path = Path(tempfile.mkdtemp(prefix=f"fwtui-{name}-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path
