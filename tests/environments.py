"""Virtual environments with some of the installed distributions, by links: nothing is downloaded."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

APP = ("textual", "rich", "pygments", "plotext", "numpy", "psutil", "typer", "nvidia-ml-py", "platformdirs")
"""What fwtui itself needs, without a framework."""


def environment(folder: Path, names: Iterable[str] = ()) -> Path:
    """Make a virtual environment with these distributions and what they need; return its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    for distribution in _needed(names):
        tops = {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}
        for top in tops:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(distribution.locate_file(top))))
    return folder / "bin" / "python"


def _needed(names: Iterable[str]) -> list[metadata.Distribution]:
    found: dict[str, metadata.Distribution] = {}
    left = list(names)
    while left:
        name = re.sub(r"[-_.]+", "-", left.pop()).lower()
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # needed on other systems
            continue
        needs = [one for one in found[name].requires or () if "extra ==" not in one]
        left += [match[0] for one in needs if (match := re.match(r"[A-Za-z0-9._-]+", one))]
    return list(found.values())
