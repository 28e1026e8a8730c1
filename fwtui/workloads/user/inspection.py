"""A process that looks at one user's file: `python -P -m fwtui.workloads.user.inspection FD`.

Standard input brings what to look at, as JSON. Descriptor FD carries the answer, a JSON object a line: each
stage as it begins, then the description or the error. What the file prints goes elsewhere.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
from dataclasses import asdict
from typing import Any

from fwtui.core.inputs import SpecError
from fwtui.core.spec import WorkloadSpec
from fwtui.system.child_process import die_with
from fwtui.workloads.user.description import described, facts_of
from fwtui.workloads.user.errors import UserFileError
from fwtui.workloads.user.file import read
from fwtui.workloads.user.models import ModelFile, has_models
from fwtui.workloads.user.workload import UserWorkload

LOADING = "when it is loaded"


def main() -> None:
    """Answers, and leaves without a word from whatever the file has started or registered."""
    die_with(os.getppid())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()  # where a crash was in the file
    answers = _Answers(int(sys.argv[1]))
    request = json.load(sys.stdin)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    spec = WorkloadSpec(
        request["name"], request["preset"], tuple(map(tuple, request["sizes"])), request["data"]
    )
    try:
        answers.send({"stage": LOADING})
        file = read(spec, {})
        own = ModelFile(spec, file) if has_models(file) else UserWorkload(spec, file)
        facts = None
        if request["calls"] and isinstance(own, UserWorkload):
            facts = facts_of(own, lambda stage: answers.send({"stage": stage}))
        answers.send({"description": asdict(described(own, facts))})
    except UserFileError as error:
        answers.send({"own_error": [error.where, error.what, error.hint]})
    except SpecError as error:
        answers.send({"spec_error": [error.option, str(error.got), error.accepted]})
    except BaseException as error:  # whatever it is, it is the file's
        answers.send({"raised": type(error).__name__})
    os._exit(0)


class _Answers:
    """The way back to who asked; nothing that the file starts inherits it."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        os.set_inheritable(fd, False)

    def send(self, answer: dict[str, Any]) -> None:
        data = json.dumps(answer).encode() + b"\n"
        while data:
            data = data[os.write(self._fd, data) :]


if __name__ == "__main__":
    main()
