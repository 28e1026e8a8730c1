"""What pip leaves of a package, written to a folder that Python looks in."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest


def install(
    folder: Path,
    patch: pytest.MonkeyPatch,
    name: str,
    modules: Mapping[str, str],
    entry_points: Mapping[str, Mapping[str, str]],
) -> None:
    """Install the package `name`.

    Args:
        modules: text by module's name, dotted where it is in a package of its own.
        entry_points: by group and name.
    """
    metadata = folder / f"{name}-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    lines = [
        line
        for group, points in entry_points.items()
        for line in (f"[{group}]", *(f"{key} = {value}" for key, value in points.items()))
    ]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n")
    for module, text in modules.items():
        file = folder.joinpath(name, *module.split(".")).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        for package in (folder / name, *file.parents[: len(module.split(".")) - 1]):
            (package / "__init__.py").touch()
        file.write_text(text)
    patch.syspath_prepend(str(folder))
    for loaded in [one for one in sys.modules if one.partition(".")[0] == name]:
        patch.delitem(sys.modules, loaded)
