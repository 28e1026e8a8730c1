"""Paired weights as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from fwtui.cli.output import plain_table
from fwtui.core.model_outline import LayerOutline
from fwtui.core.text import plain
from fwtui.format.numbers import gap, plural
from fwtui.pairing.compare import Difference
from fwtui.pairing.pairs import CannotPairError, LayerPair, WeightPair
from fwtui.pairing.proof import Proof
from fwtui.race.models import titles
from fwtui.race.moved_weights import Moved
from fwtui.workloads.user.description import Description

DECIDED = {
    "given": "PAIRS",
    "form": "shape",
    "values": "values",
    "order": "order of use",
}
_EQUAL = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", "dim")}


def page(file: Description, found: Proof | CannotPairError, moved: Moved | None = None) -> RenderableType:
    """The table of all pairs and what was proven, or of what is left over; and what was written."""
    shown = _left_over(file, found) if isinstance(found, CannotPairError) else _paired(file, found)
    return shown if moved is None else Group(shown, _written(moved))


def _written(moved: Moved) -> Text:
    sign, colour = _EQUAL[moved.same]
    what = {
        True: f"loaded in a new process it computes the same, {gap(moved.largest_gap)} apart at most",
        False: "loaded in a new process it computes something else",
        None: "nothing of it was compared",
    }[moved.same]
    line = Text.assemble((f"{sign} written", f"bold {colour}"), f"  {moved.path.name}: {what}")
    if moved.without_source:
        names = plain(", ".join(moved.without_source))
        line.append(f"\nnothing uses {names}, which have no counterpart: they are first weights", "yellow")
    return line


def _paired(file: Description, proof: Proof) -> RenderableType:
    first, second = titles(file.models)
    table = plain_table()
    table.add_column("", no_wrap=True)
    for title in (first, second):
        table.add_column(title, overflow="fold")
        table.add_column("shape", no_wrap=True)
    table.add_column("becomes")
    table.add_column("paired by", no_wrap=True)
    for layers, equal in zip(proof.pairing.layers, proof.equal, strict=True):
        for number, pair in enumerate(layers.weights):
            table.add_row(
                Text(*_EQUAL[equal]) if number == 0 else "",
                _weight(pair, 0),
                _shape(pair.first.own_shape),
                _weight(pair, 1),
                _shape(pair.second.own_shape),
                becomes(layers, pair),
                DECIDED[layers.decided] if number == 0 else "",
            )
    return Group(table, Text(""), *_verdict(proof))


def _left_over(file: Description, error: CannotPairError) -> RenderableType:
    first, second = titles(file.models)
    table = plain_table()
    for title in (first, "left over", second, "left over"):
        table.add_column(title, overflow="fold")
    for one, other in zip_longest(error.first, error.second):
        table.add_row(*_layer(one), *_layer(other))
    words = [
        Text.assemble(("n/a", "bold yellow"), "  not all weights can be paired: these layers are left over"),
        Text(""),
    ]
    hint = _to_paste(error)
    return Group(*words, table, *([Text(""), Text(hint)] if hint else []))


def as_json(file: Description, found: Proof | CannotPairError, moved: Moved | None = None) -> dict[str, Any]:
    """The same as data; unknown is null."""
    models = [{"framework": side.framework, "function": side.function} for side in file.models]
    if isinstance(found, CannotPairError):
        left = [[_layer_json(layer) for layer in side] for side in (found.first, found.second)]
        return {"file": file.path, "models": models, "same": None, "pairs": None, "left_over": left}
    return {
        "file": file.path,
        "models": models,
        "same": found.same,
        "difference": None if found.difference is None else _difference_json(found.difference),
        "largest_gap": found.largest_gap,
        "gradients_compared": found.compared,
        "untested": list(found.untested),
        "left_out": [list(names) for names in found.pairing.left_out],
        "pairs": [
            {
                "first": _side_json(layers.first, pair, 0),
                "second": _side_json(layers.second, pair, 1),
                "role": pair.first.role,
                "becomes": becomes(layers, pair) or None,
                "decided": layers.decided,
                "equal": equal,
            }
            for layers, equal in zip(found.pairing.layers, found.equal, strict=True)
            for pair in layers.weights
        ],
        "left_over": None,
        "written": None
        if moved is None
        else {
            "path": str(moved.path),
            "same": moved.same,
            "largest_gap": moved.largest_gap,
            "without_source": list(moved.without_source),
        },
    }


def becomes(layers: LayerPair, pair: WeightPair) -> str:
    """What is done to the first weight so that it is the second; "" where nothing is."""
    first, second = pair.first.layout.words(), pair.second.layout.words()
    done = [first, second and f"there {second}"]
    if pair.is_transposed:
        done.append("transposed")
    if layers.flatten is not None and pair.first.role == "kernel":
        done.append(f"rows as {layers.flatten.outer}×{layers.flatten.inner} turned")
    if pair.first.added != pair.second.added:
        done.append("two biases are one")
    return "; ".join(filter(None, done))


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "scalar"


def _weight(pair: WeightPair, side: int) -> str:
    outline, part = ((pair.first, pair.first_part), (pair.second, pair.second_part))[side]
    return plain(outline.own) + ("" if part is None else f"[…, {part[0]}:{part[1]}]")


def _layer(layer: LayerOutline | None) -> tuple[str, str]:
    if layer is None:
        return "", ""
    return f"{plain(layer.name)} ({layer.made_by})", ", ".join(
        f"{w.role} {_shape(w.shape)}" for w in layer.weights
    )


def _to_paste(error: CannotPairError) -> str:
    """A line of `PAIRS` for one layer of each side, where they have as many weights of equal sizes."""
    pairs = [
        (one.weights[0].own, other.weights[0].own)
        for one, other in zip(error.first, error.second, strict=False)
        if sorted(weight.shape for weight in one.weights) == sorted(weight.shape for weight in other.weights)
    ]
    if not pairs:
        return ""
    lines = ", ".join(f'"{plain(one)}": "{plain(other)}"' for one, other in pairs)
    return f"If they are each other's, add to the file: PAIRS = {{{lines}}}"


def _verdict(proof: Proof) -> Iterator[Text]:
    weights = plural(sum(len(pair.weights) for pair in proof.pairing.layers), "weight")
    numbers = f"{proof.compared:,}"
    if proof.same is None:
        why = "no gradient reaches a weight, and equal outputs alone prove little"
        yield Text.assemble(("n/a", "bold yellow"), f"  {weights} paired; {why}")
        return
    if proof.difference is None:
        gap = f"outputs, loss and the gradients of {numbers} parameters at most {proof.largest_gap:.1e} apart"
        yield Text.assemble(("✓ proven", "bold green"), f"  {weights} paired; in float64 {gap}, relatively")
        if proof.untested:
            yield Text(f"not tested, as their gradients are 0: {plain(', '.join(proof.untested))}", "yellow")
        for names in filter(None, proof.pairing.left_out):
            yield Text(f"not paired, as nothing uses them: {plain(', '.join(names))}", "yellow")
        return
    yield Text.assemble(
        ("✗ not proven", "bold red"),
        f"  {weights} paired; with equal weights the models compute something else",
    )
    what = proof.difference
    where = f"{plain(what.first)} | {plain(what.second)}: " if what.first or what.second else ""
    gap = "" if what.gap is None else f", {what.gap:.1e} apart"
    yield Text(f"first difference: {where}{what.what}{gap}")
    if any(layers.decided == "order" for layers in proof.pairing.layers):
        yield Text("where the order of use is no evidence, PAIRS in the file names counterparts", "dim")


def _difference_json(difference: Difference) -> dict[str, Any]:
    return {
        "first": difference.first or None,
        "second": difference.second or None,
        "what": difference.what,
        "gap": difference.gap,
    }


def _side_json(layer: LayerOutline, pair: WeightPair, side: int) -> dict[str, Any]:
    outline, part = ((pair.first, pair.first_part), (pair.second, pair.second_part))[side]
    return {
        "layer": layer.name,
        "class": layer.made_by,
        "name": outline.own,
        "added": outline.added or None,
        "shape": list(outline.own_shape),
        "part": None if part is None else list(part),
        "trained": outline.trained,
    }


def _layer_json(layer: LayerOutline) -> dict[str, Any]:
    weights = [
        {"role": one.role, "name": one.own, "shape": list(one.own_shape), "trained": one.trained}
        for one in layer.weights
    ]
    return {"layer": layer.name, "class": layer.made_by, "weights": weights}
