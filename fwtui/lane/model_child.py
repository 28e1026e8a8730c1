"""A process that holds one model of a user's file: `python -P -m fwtui.lane.model_child FD`.

Standard input brings a `ModelSpec` and then requests, descriptor FD carries an answer to each. What the file
prints goes elsewhere.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from fwtui.backends import catalogue
from fwtui.backends.base import CheckpointError, ModelError
from fwtui.core import model_requests as protocol
from fwtui.core.error_text import error_text
from fwtui.core.inputs import SpecError
from fwtui.core.model_outline import Model
from fwtui.core.ndarray import Array
from fwtui.core.seeding import data_rng
from fwtui.core.spec import USUAL_SETTINGS
from fwtui.core.workload import Batch
from fwtui.lane.batches import cast
from fwtui.lane.errors import LaneError
from fwtui.lane.framework import import_framework
from fwtui.lane.messages import to_model
from fwtui.lane.pipes import Receiver, Sender
from fwtui.system.child_process import die_with
from fwtui.workloads.user.errors import MEND, UserFileError
from fwtui.workloads.user.file import read
from fwtui.workloads.user.models import ModelFile, Side


def main() -> None:
    """Answer until nobody asks any more."""
    die_with(os.getppid())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    answers_fd = int(sys.argv[-1])
    os.set_inheritable(answers_fd, False)  # for nobody that is started here
    requests, send = Receiver(os.dup(0), to_model()), Sender(answers_fd).send
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdout = sys.stderr
    try:
        _serve(requests, send)
    except UserFileError as error:
        send(protocol.Refused(error.where, error.what, error.hint))
    except SpecError as error:
        send(protocol.Refused(error.option, f"{error.got} is not {error.accepted}", ""))
    except LaneError as error:
        send(protocol.Refused("", str(error), ""))
    except BaseException as error:  # whatever it is, it is the file's
        send(protocol.Refused("", error_text(error), ""))
    os._exit(0)


def _serve(requests: Receiver, send: Callable[[protocol.Answer], None]) -> None:
    spec: protocol.ModelSpec = requests.receive()
    entry = next(one for one in catalogue.frameworks() if one.key == spec.framework)
    framework = import_framework(entry)
    framework.device.configure("cpu", spec.threads, USUAL_SETTINGS)
    file = ModelFile(spec.workload, read(spec.workload, {}))
    side = file.side(spec.function)
    try:
        with framework.device.default_dtype(spec.dtype):
            module = catalogue.model_module(entry)
            module.seed(spec.seed)
            loss = file.loss(side) if side.loss else None
            model = module.build(lambda: file.model(side), loss, spec.dtype)
            batches = file.batches(data_rng(spec.seed))
            send(protocol.Done())
            while True:
                try:
                    request = requests.receive()
                except EOFError:  # nobody asks any more
                    return
                send(_answer(request, model, file, side, batches, spec.dtype))
    except CheckpointError as error:
        raise UserFileError(error.name, error.what, "give a file that the model's weights fit") from None
    except ModelError as error:
        raise file.refused(side, error.what, error.hint) from error
    except SpecError:
        raise
    except BaseException as error:
        raise file.explained(error, MEND) or error from error


def _answer(
    request: protocol.Request, model: Model, file: ModelFile, side: Side, batches: Iterator[Batch], dtype: str
) -> protocol.Answer:
    """What a request comes to."""
    match request:
        case protocol.NextBatch():
            return protocol.BatchMessage.of(cast(next(batches), dtype))
        case protocol.Trace():
            batch = file.laid_out(request.batch.value(), side)
            trace = model.trace(batch, request.training, request.turned)
            return protocol.Traced(model.outline, trace)
        case protocol.Gradient():
            return Array.of(model.gradient(request.layer, request.role))
        case protocol.Forward():
            done = model.forward(file.laid_out(request.batch.value(), side))
            return replace(done, axes=file.axes(side))
        case protocol.Given():
            return protocol.Outputs(tuple((name, Array.of(one)) for name, one in model.gave(request.place)))
        case protocol.Weights():
            return protocol.WeightsMessage.of(model.weights())
        case protocol.Load():
            model.load(request.weights.value())
        case protocol.Restore():
            model.restore(request.path)
        case protocol.Save():
            model.save(request.path)
    return protocol.Done()


if __name__ == "__main__":
    main()
