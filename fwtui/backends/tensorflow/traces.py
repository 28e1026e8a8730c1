"""Which signatures a step has been traced for, and what made each trace necessary.

A `tf.function` traces once for each signature: every tensor's dtype and shape, every Python number's value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter_ns
from typing import Any

from fwtui.core.records import Compiled

Signature = dict[str, dict[str, object]]
"""For each name in the batch what a trace holds for, such as `{"shape of x": (64, 16), "dtype of x": …}`."""


class Traces:
    """Keeps every trace's signature, and tells the traces that are new.

    The traced Python body calls `began`, and since it runs only while tracing, steps that need no trace cost
    nothing here.

    Args:
        kind: what the first is called, `trace` or `compile`; later ones get `re` before it.
    """

    def __init__(self, kind: str) -> None:
        self.open = False
        """Whether a trace has begun in the present step."""
        self._kind = kind
        self._known: list[Signature] = []
        self._began_ns = 0
        self._reason = ""
        self._new: tuple[Compiled, ...] = ()

    def began(self, batch: Mapping[str, Any]) -> None:
        """A trace for batches like `batch`, of symbolic tensors, begins."""
        self._began_ns = perf_counter_ns()
        own = signature(batch)
        self._reason = _reason(own, self._known)
        self._known.append(own)
        self.open = True

    def knows(self, batch: Mapping[str, Any]) -> bool:
        """Whether there is a trace for batches like `batch`."""
        return signature(batch) in self._known

    def ended(self, step: int) -> None:
        """The step with the trace is done; its compilation, where there is one, was a part of it."""
        kind = self._kind if len(self._known) == 1 else f"re{self._kind}"
        cost_ns = perf_counter_ns() - self._began_ns
        self._new = (*self._new, Compiled(step, kind, cost_ns, self._reason))
        self.open = False

    def new(self) -> Sequence[Compiled]:
        """The traces since the last call."""
        new, self._new = self._new, ()
        return new


def signature(batch: Mapping[str, Any]) -> Signature:
    """What a trace for batches like `batch` holds for; of tensors, symbolic or not."""
    return {
        name: {name: value}
        if isinstance(value, int)
        else {f"shape of {name}": tuple(value.shape), f"dtype of {name}": value.dtype.name}
        for name, value in batch.items()
    }


def _reason(signature: Signature, known: Sequence[Signature]) -> str:
    """What differs from the known signature that is the most like it, of equals the latest; in one line."""
    if not known:
        return "the first call"
    differences = min((_differences(earlier, signature) for earlier in reversed(known)), key=len)
    return "; ".join(differences) or "nothing in the batch differs"


def _differences(earlier: Signature, signature: Signature) -> list[str]:
    said = [f"{name} is gone" for name in earlier if name not in signature]
    for name, facts in signature.items():
        if name not in earlier:
            said.append(f"{name} is new")
        elif earlier[name].keys() != facts.keys():
            kinds = "an array, is a number" if name in facts else "a number, is an array"
            said.append(f"{name} was {kinds}")
        else:
            was = earlier[name]
            said += [
                f"{fact} was {was[fact]}, is {value}" for fact, value in facts.items() if was[fact] != value
            ]
    return said
