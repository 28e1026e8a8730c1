"""Changes of the race, made one after the other; for one that needs it, a user's file is inspected first."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from fwtui.core.inputs import SpecError
from fwtui.race.plan import plan
from fwtui.race.race import StartThread
from fwtui.race.request import RaceRequest
from fwtui.race.user_files import CurrentFiles, NotKnownError, UserFiles
from fwtui.workloads import catalogue as workloads

Request = Callable[[], RaceRequest | None]
Apply = Callable[[RaceRequest], None]


class Changes:
    """Makes each change at once where everything about its workload is known, else after an inspection.

    Args:
        start_thread: starts the inspection's thread.
        refused: receives why a change was not made.
    """

    def __init__(self, start_thread: StartThread, refused: Callable[[SpecError], None]) -> None:
        self._start_thread, self._refused = start_thread, refused
        self._waiting: deque[tuple[Request, Apply]] = deque()
        self._inspection: _Inspection | None = None

    @property
    def inspecting(self) -> tuple[str, float] | None:
        """The name of the file that is inspected, and for how many seconds it has been."""
        return None if self._inspection is None else self._inspection.progress

    def submit(self, request: Request, apply: Apply) -> None:
        """Make a change after those that wait.

        Args:
            request: gives what the race is to be, asked when the change's turn comes; None where there is
                nothing to change by then.
            apply: makes the change, or raises SpecError; everything about the workload is known by then.
        """
        self._waiting.append((request, apply))
        self.tick()

    def tick(self) -> None:
        """Make the changes that can be made by now; to be called several times a second."""
        while self._waiting and (self._inspection is None or self._inspection.is_over):
            request, apply = self._waiting[0]
            inspection, self._inspection = self._inspection, None
            try:
                if inspection is not None:
                    inspection.raise_error()
                wanted = request()
                if wanted is not None and inspection is None and not _is_known(wanted):
                    self._inspection = _Inspection(wanted, self._start_thread)
                    return
                if wanted is not None:
                    apply(wanted)
            except SpecError as error:
                self._refused(error)
            self._waiting.popleft()

    def cancel(self) -> None:
        """End the inspection, and drop every change that waits."""
        if self._inspection is not None:
            self._inspection.cancelled.set()
        self._inspection = None
        self._waiting.clear()


def _is_known(request: RaceRequest) -> bool:
    try:
        plan(request, CurrentFiles())
    except NotKnownError:
        return False
    return True


class _CancelledError(Exception):
    """The result is not needed any more."""


class _Inspection:
    """The inspection of the file of one request, in a thread.

    Attributes:
        progress: the file, and for how many seconds it has been inspected.
        cancelled: its result is not needed any more.
    """

    def __init__(self, request: RaceRequest, start_thread: StartThread) -> None:
        self.progress = workloads.title(request.workload), 0.0
        self.cancelled = threading.Event()
        self._request = request
        self._error: SpecError | None = None
        self._over = threading.Event()
        start_thread(self._work, f"inspection of {self.progress[0]}")

    @property
    def is_over(self) -> bool:
        """Whether the file is known now, or cannot be."""
        return self._over.is_set()

    def raise_error(self) -> None:
        """Raise the SpecError that the inspection ended with, if it did."""
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        def waiting(name: str, seconds: float) -> None:
            self.progress = name, seconds
            if self.cancelled.is_set():
                raise _CancelledError

        try:
            plan(self._request, UserFiles(waiting))
        except _CancelledError:
            return
        except SpecError as error:
            self._error = error
        except Exception as error:  # of ours: the race goes on all the same
            accepted = f"a file that can be inspected ({error!r})"
            self._error = SpecError("--workload", self.progress[0], accepted)
        finally:
            self._over.set()
