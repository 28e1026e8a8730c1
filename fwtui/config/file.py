"""Finds and reads the configuration file."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from fwtui.core.inputs import SpecError
from fwtui.core.text import plain

VARIABLE = "FWTUI_CONFIG"
"""The environment variable that names another file; empty: none is read."""


def location() -> Path | None:
    """The path of the configuration file, whether or not it exists; None where there is to be none."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named).expanduser().absolute() if named else None
    from platformdirs import user_config_path

    return user_config_path("fwtui") / "config.toml"


def read(path: Path) -> dict[str, Any]:
    """The file's tables; none where there is no such file.

    Raises:
        SpecError: it cannot be read, or is no TOML.
    """
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        if os.environ.get(VARIABLE):  # a file that was named is meant to be there
            raise SpecError(
                VARIABLE, str(path), "the path of a configuration file; this one does not exist"
            ) from None
        return {}
    except OSError as error:
        raise SpecError("configuration file", str(path), f"a readable file ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise SpecError(str(path), f"byte {error.start}", "text in UTF-8") from None
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        why = plain(str(error)) or "nested too deeply"
        raise SpecError(str(path), why, "TOML; `fwtui config edit` opens the file") from None
