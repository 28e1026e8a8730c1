"""The framework that a lane imports, and the device that it asks it for."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable

from fwtui.backends import catalogue
from fwtui.backends.base import Framework
from fwtui.backends.entries import FrameworkEntry
from fwtui.core.error_text import error_text
from fwtui.core.records import Device
from fwtui.lane.errors import LaneError


def import_framework(entry: FrameworkEntry, pip: str = "pip") -> Framework:
    """Import a framework. LaneError where it is not installed or does not import.

    Args:
        pip: how this interpreter's pip is called.
    """
    try:
        return catalogue.load(entry)
    except (Exception, SystemExit) as error:
        traceback.print_exc(file=sys.stderr)
        if isinstance(error, ModuleNotFoundError) and error.name == entry.package:
            hint = f"{pip} install {entry.package}"
            raise LaneError("framework", f"{entry.title} is not installed", hint) from None
        reason = f"{entry.title} does not import: {error_text(error)}"
        raise LaneError("framework", reason, f"{pip} install --force-reinstall {entry.package}") from None


def check_device(name: str, devices: Iterable[Device], title: str) -> None:
    """LaneError where the framework called `title` cannot use the device."""
    reasons = {device.name: device.reason for device in devices}
    if name not in reasons:
        there = f"there is no such device here; {title} has {', '.join(reasons)}"
        raise LaneError("unsupported", f"{name}: {there}")
    if reasons[name] is not None:
        raise LaneError("unsupported", f"{name}: {reasons[name]}", "`fwtui doctor` tells more")
