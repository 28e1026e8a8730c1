"""The Python API: a function for each command that compares or looks into lanes, and what they return."""

from fwtui.api.functions import forward, graph, ops, parity, race
from fwtui.api.results import ForwardResult, GraphResult, OpsResult, ParityResult, RaceResult
from fwtui.core.inputs import SpecError

__all__ = [
    "ForwardResult",
    "GraphResult",
    "OpsResult",
    "ParityResult",
    "RaceResult",
    "SpecError",
    "forward",
    "graph",
    "ops",
    "parity",
    "race",
]
