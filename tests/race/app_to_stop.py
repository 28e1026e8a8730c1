"""An app with one lane, which is stopped and continued once it has printed the lane's process.

Run as `python -m tests.race.app_to_stop MODE LIMIT_S`; told to go on by a line on its standard input, it
prints why the lane was given up, if it was.
"""

import sys
import threading

from fwtui.core.outcome import Ended
from fwtui.core.records import Alive, Imported
from fwtui.race import hosts
from fwtui.race.processes import local
from tests import scripted
from tests.scripted.lanes import Heard, lane


class Run:
    number = 0


if __name__ == "__main__":
    mode, limit_s = sys.argv[1], float(sys.argv[2])
    local.CHILD = scripted.CHILD
    scripted.install()
    heard = Heard()
    host = hosts.ProcessHost(
        lane(mode, steps=10**9),
        lambda record: heard(Run, record),
        silence_limit_s=limit_s,
        stuck_limit_s=limit_s,
    )
    threading.Thread(target=host.run, daemon=True).start()
    heard.until(lambda: any(one.busy_since_ns for one in heard.of(0, Alive)))
    print(heard.comes(0, Imported).pid, flush=True)  # noqa: T201
    sys.stdin.readline()
    before = len(heard.of(0, Alive))
    heard.until(lambda: len(heard.of(0, Alive)) >= before + 2 or heard.of(0, Ended))
    print([end.reason for end in heard.of(0, Ended)], flush=True)  # noqa: T201
    host.kill()
