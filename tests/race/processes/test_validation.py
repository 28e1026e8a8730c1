"""Records whose fields make no sense together are refused, before a history relies on them."""

import random
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from fwtui.core.codec import NotAMessageError, encode
from fwtui.core.device_memory import ProcessMemory
from fwtui.core.graph import Graph, Node, Tensor
from fwtui.core.ndarray import Array
from fwtui.core.oplog import LoggedOp, OpInput, OpLog
from fwtui.core.records import (
    Built,
    Device,
    Evaluated,
    GraphsCaptured,
    Imported,
    OpsLogged,
    Probed,
    Record,
    Steps,
)
from fwtui.lane.messages import from_lane
from fwtui.measure.history import History
from fwtui.race.cleaning import cleaned
from fwtui.race.processes.validation import validated
from tests.core.test_codec import example

TENSOR = Tensor("float32", (2, 3))
EIGHT = np.arange(1).tobytes()
STEPS = Steps(0, EIGHT, EIGHT, (("loss", EIGHT),))
ARRAY = Array.of(np.ones((2, 3), np.float32))
PROBE = Probed(0, (("loss", 1.0),), (("w", ARRAY), ("unused", None)), (("w", ARRAY), ("unused", ARRAY)))
OPS = (
    LoggedOp(0, "forward", "aten.mm", (OpInput("batch x"),), (TENSOR,), None),
    LoggedOp(1, "forward", "aten.sum", (OpInput(0, 0),), (TENSOR,), None, results=(("loss", 0),)),
)
LOG = OpsLogged(0, OpLog(OPS, "how", 1))
NODES = (Node("MatMul", "a", "forward", (), (TENSOR,)), Node("Sum", "b", "loss", ((0, 0),), (TENSOR,)))
GRAPHS = GraphsCaptured(0, (Graph("traced", "as traced", "how", NODES),))
IMPORTED = Imported("PyTorch", "2.13.0", (Device("cpu", "CPU"),), 7, 0)


def op(**changes):
    return replace(LOG, log=OpLog((OPS[0], replace(OPS[1], **changes)), "how", 1))


@pytest.mark.parametrize("record", [STEPS, PROBE, LOG, GRAPHS, IMPORTED])
def test_what_a_lane_says_is_taken(record):
    assert validated(record, 0) is record


@pytest.mark.parametrize(
    "record",
    [
        replace(STEPS, first=1),
        replace(STEPS, first=-1),
        replace(STEPS, step_ns=EIGHT[:7]),
        replace(STEPS, started_ns=b""),
        replace(STEPS, metrics=()),
        replace(STEPS, metrics=(("accuracy", EIGHT),)),
        replace(STEPS, metrics=(("loss", EIGHT), ("loss", EIGHT))),
        replace(STEPS, metrics=(("loss", EIGHT * 2),)),
        replace(STEPS, step_ns=np.array([-1]).tobytes()),
        replace(PROBE, step=-1),
        replace(PROBE, parameters=(("w", ARRAY), ("w", ARRAY))),
        replace(PROBE, parameters=(("w", replace(ARRAY, shape=(2, 4))),)),
        replace(PROBE, parameters=(("w", replace(ARRAY, shape=(-2, -3))),)),
        replace(PROBE, parameters=(("w", replace(ARRAY, dtype="O")),)),
        replace(PROBE, gradients=(("w", replace(ARRAY, dtype="i4,i4")),)),
        replace(PROBE, state=(("w", replace(ARRAY, shape=(1,) * 99)),)),
        op(number=0),
        op(inputs=(OpInput(2, 0),)),
        op(inputs=(OpInput(-1, 0),)),
        op(inputs=(OpInput(0, -1),)),
        op(results=(("loss", 1),)),
        op(within=2),
        op(nbytes=-1),
        op(values=(ARRAY, ARRAY)),
        replace(GRAPHS, graphs=GRAPHS.graphs * 2),
        GraphsCaptured(0, (Graph("traced", "", "", (replace(NODES[0], inputs=((1, 0),)),)),)),
        replace(IMPORTED, devices=IMPORTED.devices * 2),
        Built("cpu", "float32", "w", "d", -1, 1, None, 0),
        ProcessMemory(-1, None, None),
        Evaluated(0, (("loss", 1.0), ("loss", 2.0))),
    ],
    ids=repr,
)
def test_what_makes_no_sense_is_refused(record):
    with pytest.raises(NotAMessageError):
        validated(record, 0)


def test_no_history_fails_by_what_is_taken():
    """10,000 messages of random fields."""
    rng = random.Random(3)
    kinds = sorted(get_args(Record), key=lambda kind: kind.__name__)
    refused = 0
    for _ in range(500):
        history = History()
        for _ in range(20):
            message = from_lane().decode(*encode(example(rng.choice(kinds), rng)))
            try:
                history.apply(validated(cleaned(message), history.steps))
            except NotAMessageError:
                refused += 1
    assert 1_000 < refused < 9_000
