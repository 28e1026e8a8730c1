"""From a request to a race; shows on a terminal that a user's file is being examined."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from rich.text import Text

from fwtui.cli.output import console, is_terminal
from fwtui.core.spec import RaceSpec
from fwtui.core.text import plain
from fwtui.race.plan import plan, with_usual_lanes
from fwtui.race.request import RaceRequest
from fwtui.race.user_files import UserFiles
from fwtui.workloads import catalogue
from fwtui.workloads.user.inspector import Waiting

_QUIET_S = 1.0


def planned(request: RaceRequest) -> RaceSpec:
    """The race that `request` asks for; SpecError for what does not exist or makes no sense.

    What may not be meant in a user's file is printed on standard error.
    """
    with inspection_shown() as waiting:
        files = UserFiles(waiting)
        race = plan(with_usual_lanes(request, files), files)
    for note in dict.fromkeys(note for lane in race.lanes for note in catalogue.notes(lane.workload)):
        print(f"fwtui: {note}", file=sys.stderr)  # noqa: T201
    return race


@contextlib.contextmanager
def inspection_shown() -> Iterator[Waiting]:
    """Yield a callback that shows on a terminal for how long a file has been examined."""
    if not is_terminal(sys.stderr):
        yield lambda name, seconds: None
        return
    status = console(stderr=True).status("")

    def waiting(name: str, seconds: float) -> None:
        if seconds >= _QUIET_S:
            status.update(Text(f"looking at {plain(name)}, {seconds:.0f} s"))
            status.start()

    try:
        yield waiting
    finally:
        status.stop()
