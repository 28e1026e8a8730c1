"""How an interpreter is called where there is little room."""

from __future__ import annotations

from pathlib import PurePath


def environment_name(python: str) -> str:
    """The name of the environment that an interpreter's absolute path is in; of the interpreter without one.

    `/home/me/envs/torch/bin/python` is `torch`, `/home/me/port/.venv/bin/python` is `port/.venv`, and
    `/usr/bin/python3` is `python3`.
    """
    path = PurePath(python)
    folder = path.parent.parent if path.parent.name == "bin" else path.parent
    if not path.is_absolute() or folder.name in ("", "usr", "local"):
        return path.name
    return f"{folder.parent.name}/{folder.name}" if folder.name.startswith(".") else folder.name
