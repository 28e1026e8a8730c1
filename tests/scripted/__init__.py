"""A framework made of scripts: each mode behaves, or misbehaves, in one way, without importing anything.

`register` puts its backends into the catalogue; `child.py` is a lane's process that knows them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fwtui.backends import catalogue
from fwtui.backends.catalogue import BackendEntry, FrameworkEntry

MODES = (
    "steep",
    "random",
    "stateful",
    "own",
    "buffers",
    "opaque",
    "ok",
    "other",
    "slow",
    "nan",
    "inf",
    "raise",
    "oom",
    "abort",
    "exit",
    "hang",
    "wedged",
    "noisy",
    "stuck",
    *("drift", "tilt", "lost", "rough", "wander", "blank"),
    "many",
)
ROOT = Path(__file__).parents[2]
CHILD = (sys.executable, str(Path(__file__).with_name("child.py")))

SCRIPTED = FrameworkEntry("scripted", "Scripted", "scripted", "tests.scripted")
MISSING = FrameworkEntry("missing", "Missing", "missing_framework", "tests.scripted.missing")
SLEEPY = FrameworkEntry("sleepy", "Sleepy", "sleepy", "tests.scripted.sleepy")


def register() -> None:
    """Adds `scripted.MODE`, `missing.ok` and `sleepy.ok` to the backends."""
    entries = [
        BackendEntry(f"scripted.{mode}", SCRIPTED, mode, "dynamic: scripted", "a line of script")
        for mode in MODES
    ]
    entries.append(BackendEntry("missing.ok", MISSING, "ok", "dynamic: missing", "nothing"))
    entries.append(BackendEntry("sleepy.ok", SLEEPY, "ok", "dynamic: sleepy", "nothing"))
    catalogue.BACKENDS.update({entry.name: entry for entry in entries})
