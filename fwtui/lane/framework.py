"""The framework that a lane imports, and the device that it asks it for."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable
from dataclasses import replace
from time import perf_counter_ns

from fwtui.backends import catalogue
from fwtui.backends.base import Framework
from fwtui.backends.entries import FrameworkEntry
from fwtui.backends.nvidia import other_versions
from fwtui.core.error_text import error_text
from fwtui.core.records import Device, Imported
from fwtui.core.spec import OWN_INTERPRETER, Interpreter
from fwtui.lane.errors import LaneError


def import_framework(entry: FrameworkEntry, interpreter: Interpreter = OWN_INTERPRETER) -> Framework:
    """Import a framework. LaneError where it is not installed or does not import.

    Args:
        interpreter: the one that this is, as the user calls it.
    """
    pip = "pip" if interpreter.python is None else f"{interpreter.python} -m pip"
    try:
        return catalogue.load(entry)
    except (Exception, SystemExit) as error:
        traceback.print_exc(file=sys.stderr)
        if isinstance(error, ModuleNotFoundError) and error.name == entry.package:
            hint = f"{pip} install {entry.package}"
            raise LaneError("framework", f"{entry.title} is not installed", hint) from None
        reason = f"{entry.title} does not import: {error_text(error)}"
        raise LaneError("framework", reason, f"{pip} install --force-reinstall {entry.package}") from None


def described(entry: FrameworkEntry, framework: Framework, pid: int, with_build: bool) -> Imported:
    """What there is to know of a framework that has just been imported.

    Args:
        with_build: also what it was built with, and which libraries are others than those that it needs.
    """
    device = framework.device
    devices, version = device.devices(), device.version()
    found = Imported(entry.title, version, devices, pid, perf_counter_ns())
    if not with_build:
        return found
    # Frameworks of other packages may tell nothing of theirs.
    build: dict[str, str] = getattr(device, "build", dict)()
    return replace(found, build=tuple(build.items()), clashes=other_versions(entry.package))


def check_device(name: str, devices: Iterable[Device], title: str) -> None:
    """LaneError where the framework called `title` cannot use the device."""
    reasons = {device.name: device.reason for device in devices}
    if name not in reasons:
        there = f"there is no such device here; {title} has {', '.join(reasons)}"
        raise LaneError("unsupported", f"{name}: {there}")
    if reasons[name] is not None:
        raise LaneError("unsupported", f"{name}: {reasons[name]}", "`fwtui doctor` tells more")
