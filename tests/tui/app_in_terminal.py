"""The app with scripted lanes, for tests that give it a terminal: HOST BACKEND… [raise] [hasty]."""

import os
import sys
import traceback
from pathlib import Path
from typing import ClassVar

sys.path.insert(0, str(Path(__file__).parents[2]))

import pytest

from fwtui.race.processes import local
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.tui import run as running
from fwtui.tui.app import FwtuiApp
from fwtui.tui.common.model import RaceModel
from fwtui.tui.terminal import shutdown
from tests import scripted
from tests.scripted import step


class RaisingApp(FwtuiApp):
    """Has an error of its own as soon as somebody presses `b`."""

    # Written out: a relative path is one beside the file in which the class stands.
    CSS_PATH: ClassVar = [Path(running.__file__).parent / str(sheet) for sheet in FwtuiApp.CSS_PATH]

    def action_pick_backend(self) -> None:
        raise RuntimeError("an error of the app's own")


class Written(step.Scripted):
    """Writes past Python's streams, as C++ code does."""

    def step(self, batch):
        os.write(2, f"C++ says {self.count}\n".encode())
        os.write(1, f"and more {self.count}\n".encode())
        print("Python says", self.count)  # noqa: T201
        return super().step(batch)


def keeping_tracebacks(handle):
    """Writes an error to the file named by ERRORS, too: a window of one column hides what it is."""

    def handling(self, error):
        if path := os.environ.get("ERRORS"):
            with Path(path).open("a") as file:
                file.write("".join(traceback.format_exception(error)))
        handle(self, error)

    return handling


def leave_when_asked(terminal, leave, force):
    """As ever, but soon by force, which leaves a file that the environment's FORCED names."""

    def forced():
        Path(os.environ["FORCED"]).touch()
        force()

    shutdown.leave_when_asked(terminal, leave, forced)


if __name__ == "__main__":
    patch = pytest.MonkeyPatch()
    patch.setattr(FwtuiApp, "_handle_exception", keeping_tracebacks(FwtuiApp._handle_exception))
    patch.setattr(RaceModel, "log_error", keeping_tracebacks(RaceModel.log_error))
    scripted.install()
    local.CHILD = scripted.CHILD
    words = sys.argv[1:]
    if "raise" in words:
        words.remove("raise")
        patch.setattr(running, "FwtuiApp", RaisingApp)
    if "hasty" in words:
        words.remove("hasty")
        shutdown.GRACE_S = 1
        patch.setattr(running, "leave_when_asked", leave_when_asked)
    host, *backends = words
    if host == "thread":
        build = step.build
        step.build = lambda mode, job: Written(mode, job) if mode == "noisy" else build(mode, job)
    lanes = tuple(map(LaneRequest, backends))
    code = running.run(RaceRequest(lanes, device="cpu", steps="1000000", schedule="race", host=host))
    sys.exit(code)
