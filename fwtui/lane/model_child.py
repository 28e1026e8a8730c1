"""A process that holds one model of a user's file: `python -P -m fwtui.lane.model_child FD`.

Standard input brings a `ModelSpec` and then requests, descriptor FD carries an answer to each. What the file
prints goes elsewhere.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from fwtui.backends import catalogue
from fwtui.backends.base import CheckpointError, ModelError
from fwtui.core.error_text import error_text
from fwtui.core.inputs import SpecError
from fwtui.core.model_requests import Answer, Ask, ModelSpec, Refused
from fwtui.core.ndarray import Array
from fwtui.core.seeding import data_rng
from fwtui.lane.batches import cast
from fwtui.lane.errors import LaneError
from fwtui.lane.framework import import_framework
from fwtui.lane.wire import framed
from fwtui.system.child_process import die_with
from fwtui.workloads.user.errors import MEND, UserFileError
from fwtui.workloads.user.file import read
from fwtui.workloads.user.models import ModelFile


def main() -> None:
    """Answer until nobody asks any more."""
    die_with(os.getppid())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    answers_fd = int(sys.argv[-1])
    os.set_inheritable(answers_fd, False)  # for nobody that is started here
    requests = Connection(os.dup(0), writable=False)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdout = sys.stderr
    with os.fdopen(answers_fd, "wb") as answers:

        def send(answer: Any) -> None:
            for part in framed(answer):
                answers.write(part)
            answers.flush()

        try:
            _serve(requests, send)
        except _NobodyAsksError:
            pass
        except UserFileError as error:
            send(Refused(error.where, error.what, error.hint))
        except SpecError as error:
            send(Refused(error.option, f"{error.got} is not {error.accepted}", ""))
        except LaneError as error:
            send(Refused("", str(error), ""))
        except BaseException as error:  # whatever it is, it is the file's
            send(Refused("", error_text(error), ""))
    os._exit(0)


class _NobodyAsksError(Exception):
    """Raised where the other end of the requests is closed."""


def _received(requests: Connection) -> Any:
    try:
        return requests.recv()
    except (EOFError, OSError):
        raise _NobodyAsksError from None


def _serve(requests: Connection, send: Callable[[Any], None]) -> None:
    asked: ModelSpec = _received(requests)
    entry = next(one for one in catalogue.frameworks() if one.key == asked.framework)
    framework = import_framework(entry)
    framework.device.configure("cpu", asked.threads, False)
    file = ModelFile(asked.workload, read(asked.workload, {}))
    side = file.side(asked.function)
    try:
        with framework.device.default_dtype(asked.dtype):
            module = catalogue.model_module(entry)
            module.seed(asked.seed)
            loss = file.loss(side) if side.loss else None
            model = module.build(lambda: file.model(side), loss, asked.dtype)
            batches = file.batches(data_rng(asked.seed))
            answer: Any = None
            while True:
                send(Answer(answer))
                request: Ask = _received(requests)
                match request.what:
                    case "batch":
                        answer = cast(next(batches), asked.dtype)
                    case "trace":
                        trace = model.trace(
                            file.laid_out(request.arrays, side), request.training, request.turned
                        )
                        answer = model.outline, trace
                    case "gradient":
                        answer = Array.of(model.gradient(*request.key))
                    case "forward":
                        done = model.forward(file.laid_out(request.arrays, side))
                        answer = replace(done, axes=file.axes(side))
                    case "gave":
                        answer = [(name, Array.of(one)) for name, one in model.gave(request.place)]
                    case "weights":
                        answer = model.weights()
                    case "load":
                        model.load(request.arrays)
                        answer = None
                    case "restore":
                        model.restore(request.path)
                        answer = None
                    case "save":
                        model.save(request.path)
                        answer = None
    except CheckpointError as error:
        raise UserFileError(error.name, error.what, "give a file that the model's weights fit") from None
    except ModelError as error:
        raise file.refused(side, error.what, error.hint) from error
    except (_NobodyAsksError, SpecError):
        raise
    except BaseException as error:
        raise file.explained(error, MEND) or error from error


if __name__ == "__main__":
    main()
