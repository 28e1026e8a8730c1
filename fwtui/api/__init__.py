"""The Python API: `fwtui.race`, `fwtui.parity`, `fwtui.graph` and `fwtui.ops`, and what they return."""

from fwtui.api.functions import graph, ops, parity, race
from fwtui.api.results import GraphResult, OpsResult, ParityResult, RaceResult
from fwtui.core.inputs import SpecError

__all__ = [
    "GraphResult",
    "OpsResult",
    "ParityResult",
    "RaceResult",
    "SpecError",
    "graph",
    "ops",
    "parity",
    "race",
]
