"""An app that runs a race until somebody kills it: one lane trains, one hangs, one never ends its import."""

import time

from fwtui.race import hosts
from fwtui.race.records import Alive, Imported
from tests import scripted
from tests.scripted.lanes import Running, lane

if __name__ == "__main__":
    hosts.CHILD = scripted.CHILD
    scripted.register()
    lanes = [lane(mode, steps=10**9) for mode in ("ok", "hang", "sleepy.ok")]
    with Running(*lanes) as (race, heard):
        pids = [heard.comes(number, Imported).pid for number in (0, 1)]
        heard.at_least(0, 100)
        heard.at_least(1, 1)
        heard.comes(2, Alive)
        print(*pids, race.runs[2].host._child.pid, flush=True)  # noqa: T201
        time.sleep(600)
