"""One lane under the process host, without a race."""

from __future__ import annotations

import threading
from typing import Any, Self

from fwtui.core.outcome import Ended
from fwtui.core.records import Imported, Record
from fwtui.core.spec import LaneSpec
from fwtui.race.hosts import ProcessHost
from tests.scripted.lanes import Heard


class _Run:
    number = 0


class Hosted:
    """A lane in a thread while it is entered; `heard` has its records as those of run 0."""

    def __init__(self, spec: LaneSpec, **limits: float) -> None:
        self.heard = Heard()
        self.host = ProcessHost(spec, self._emit, **limits)
        self.thread = threading.Thread(target=self.host.run, daemon=True)

    def _emit(self, record: Record) -> None:
        self.heard(_Run, record)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.host.kill()
        self.thread.join(10)
        assert not self.thread.is_alive()

    def pid(self) -> int:
        """The lane's process."""
        imported: Any = self.heard.comes(0, Imported)
        return int(imported.pid)

    def end(self) -> Ended:
        """How it ended; the thread must be over then, and the end be the last record."""
        self.thread.join(30)
        assert not self.thread.is_alive()
        assert [type(record) for record in self.heard.of(0)].count(Ended) == 1
        end = self.heard.of(0)[-1]
        assert isinstance(end, Ended)
        return end
