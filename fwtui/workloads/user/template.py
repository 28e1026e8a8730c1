"""A file to begin one's own network with."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fwtui.core.inputs import SpecError
from fwtui.core.text import printable

_NAMES = {False: "my_net", True: "my_port"}
"""Of the two templates, that of a network of named weights and that of models as they are."""


def write(path: Path, models: bool = False) -> None:
    """Write a commented network that runs to `path`.

    Args:
        models: whether its networks are modules and Keras models.

    Raises:
        SpecError: the path is no new Python file's, or cannot be written to.
    """
    if path.suffix != ".py":
        raise SpecError("FILE", path, "a name that ends in .py")
    name = _NAMES[models]
    text = files("fwtui.workloads.user").joinpath(f"{name}.template").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text.replace(f"{name}.py", printable(path.name)))
    except FileExistsError:
        raise SpecError("FILE", path, "a new file; this one exists, and is left as it is") from None
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise SpecError("FILE", path, f"a file that can be written ({why})") from None
