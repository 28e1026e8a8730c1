"""Two paired models as lanes hold them: every weight and state under one name, with its first values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fwtui.core.known_differences import ADDED_BIAS, BATCHNORM_VARIANCE
from fwtui.core.lane_model import LaneModel, LaneWeight, WeightKind, WeightView
from fwtui.core.ndarray import Array
from fwtui.pairing.pairs import LayerPair, WeightPair
from fwtui.pairing.proof import Proof


def lane_models(proof: Proof, functions: tuple[str, str]) -> tuple[LaneModel, LaneModel]:
    """The two models of a proof, which both begin with the first one's weights.

    Args:
        functions: of the file, that give the two.
    """
    pairs = [(layers, pair) for layers in proof.pairing.layers for pair in layers.weights]
    values = proof.pairing.common(proof.first_weights)
    first = tuple((_name(*pair), Array.of(array)) for pair, (_, array) in zip(pairs, values, strict=True))
    frameworks_differ = functions[0].partition("_")[0] != functions[1].partition("_")[0]
    known = tuple(_known(pairs)) if frameworks_differ else ()
    return (
        LaneModel(functions[0], tuple(_first(*pair) for pair in pairs), first, known, (), proof.turned),
        LaneModel(functions[1], tuple(_second(*pair) for pair in pairs), first, known),
    )


def _known(pairs: Sequence[tuple[LayerPair, WeightPair]]) -> Iterator[tuple[str, str]]:
    for layers, pair in pairs:
        if "batch-norm" in (layers.first.kind, layers.second.kind) and pair.first.role == "variance":
            yield BATCHNORM_VARIANCE, _name(layers, pair)
        if bool(pair.first.added) != bool(pair.second.added):
            yield ADDED_BIAS, _name(layers, pair)


def _name(layers: LayerPair, pair: WeightPair) -> str:
    """The first model's own name; of a part of a variable, one that says which."""
    one = pair.first
    if pair.first_part is not None:
        start, end = pair.first_part
        return f"{one.own}[{start}:{end}]"
    if one.layout.rows is not None:
        return f"{layers.first.name}.{one.role}"
    return f"{one.own}+{one.added.rpartition('.')[2]}" if one.added else one.own


def _kind(pair: WeightPair) -> WeightKind:
    return "parameter" if pair.first.trained or pair.second.trained else "state"


def _first(layers: LayerPair, pair: WeightPair) -> LaneWeight:
    one = pair.first
    view = layers.first_view(pair)
    return LaneWeight(_name(layers, pair), _kind(pair), one.own, view, one.added, _is_whole(pair))


def _second(layers: LayerPair, pair: WeightPair) -> LaneWeight:
    one = pair.second
    view = WeightView(one.layout, pair.second_part)
    return LaneWeight(_name(layers, pair), _kind(pair), one.own, view, one.added, _is_whole(pair))


def _is_whole(pair: WeightPair) -> bool:
    parts = pair.first_part, pair.second_part, pair.first.layout.rows, pair.second.layout.rows
    return all(part is None for part in parts) and not (pair.first.added or pair.second.added)
