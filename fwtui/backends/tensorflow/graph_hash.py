"""Which graph a step runs, as a short hash that is the same in every process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from types import FrameType
from typing import Any

from fwtui.backends.tensorflow.traces import signature

_BYTES = 6


class EagerHash:
    """Hashes the ops that run eagerly: what each is called, what it takes, and what shapes it gives.

    Args:
        named: the tensors and variables that are there before, by name.

    Attributes:
        ops: how many have run.
    """

    def __init__(self, named: Mapping[str, Any]) -> None:
        self.ops = 0
        self._hash = blake2b(digest_size=_BYTES)
        self._alive = list(named.values())
        self._origins: dict[int, str] = {}
        for name, value in named.items():
            self._origins[id(getattr(value, "handle", value))] = name

    def write(self, op: str, inputs: Any, outputs: Any, frame: FrameType) -> None:
        """Adds an op that has run."""
        took = [self._origins.get(id(tensor), "") for tensor in inputs]
        for place, tensor in enumerate(outputs):
            self._origins[id(tensor)] = f"{self.ops}:{place}"
            self._alive.append(tensor)
        self._hash.update(_line(op, took, outputs))
        self.ops += 1

    def digest(self) -> str:
        """Return the hash of the ops so far, in hexadecimal."""
        return self._hash.hexdigest()


def of_signature(batch: Mapping[str, Any]) -> str:
    """The hash of the graph that is traced for batches like `batch`, whether or not it has been yet.

    A step is traced once for each signature, so that the signature determines which graph runs.
    """
    return blake2b(repr(signature(batch)).encode(), digest_size=_BYTES).hexdigest()


def of_ops(ops: Iterable[Any]) -> str:
    """The hash of ops of a `tf.Graph`."""
    made = blake2b(digest_size=_BYTES)
    for op in ops:
        made.update(_line(op.type, [tensor.name for tensor in op.inputs], op.outputs))
    return made.hexdigest()


def _line(op: str, took: list[str], outputs: Iterable[Any]) -> bytes:
    gave = " ".join(f"{tensor.dtype.name}{tensor.shape}" for tensor in outputs)
    return f"{op}({', '.join(took)}) {gave}\n".encode()
