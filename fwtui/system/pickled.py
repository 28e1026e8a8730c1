"""Objects of the user's own process on their way into another one, with what that must import from."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any


def write(thing: Any, path: Path) -> None:
    """Write an object, and the folders that modules are imported from here.

    Raises:
        Exception: whatever pickling it raises.
    """
    folders = [str(Path(folder).resolve()) for folder in sys.path]
    path.write_bytes(pickle.dumps((folders, pickle.dumps(thing))))


def read(path: str) -> Any:
    """The object; modules are also imported from the folders that its own process imports from."""
    folders, data = pickle.loads(Path(path).read_bytes())
    sys.path += [folder for folder in folders if folder not in sys.path]
    return pickle.loads(data)
