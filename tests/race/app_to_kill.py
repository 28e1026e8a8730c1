"""An app that somebody kills, with lanes that train, hang in two ways, and import for ever."""

import time

from fwtui.core.records import Alive, Imported
from fwtui.race import hosts
from fwtui.race.processes import local
from tests import scripted
from tests.scripted.lanes import Running, lane

if __name__ == "__main__":
    local.CHILD = scripted.CHILD
    scripted.install()
    lanes = [lane(mode, steps=10**9) for mode in ("ok", "hang", "wedged", "sleepy.ok")]
    with Running(*lanes) as (race, heard):
        pids = [heard.comes(number, Imported).pid for number in (0, 1, 2)]
        heard.at_least(0, 100)
        heard.at_least(1, 1)
        heard.at_least(2, 1)
        heard.comes(3, Alive)
        last = race.runs[3].host
        assert isinstance(last, hosts.ProcessHost)
        assert isinstance(last._process, local.LocalProcess)
        print(*pids, last._process.child.pid, flush=True)  # noqa: T201
        time.sleep(600)
