"""The first guess: layers of equal form, in the order in which they are used."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import pairwise

from fwtui.core.model_outline import LayerOutline, ModelOutline, WeightOutline
from fwtui.pairing.pairs import CannotPairError, Decided, LayerPair, Pairing, UnknownNameError, WeightPair

Layers = list[LayerOutline]


def by_form(first: ModelOutline, second: ModelOutline, given: Mapping[str, str]) -> Pairing:
    """Pair the layers, those of equal form in the order of use, and where nothing used them, of definition.

    Args:
        given: names of the first model's weights or layers, and of their counterparts in the second.

    Raises:
        CannotPairError: layers that are used are left over.
        UnknownNameError: `given` names what is none, or has other shapes.
    """
    ones, others = list(first.layers), list(second.layers)
    place = {layer.name: number for number, layer in enumerate(ones)}
    found: list[LayerPair] = []
    found += _given(ones, others, given)
    unused = [[layer for layer in left if not layer.is_used] for left in (ones, others)]
    ones, others = ([layer for layer in left if layer.is_used] for left in (ones, others))
    found += _equal(ones, others, _form)
    # One model may compute with a layer and leave out its result, where the other does not come to it.
    found += _equal(every_one := [*ones, *unused[0]], every_other := [*others, *unused[1]], _form)
    unused = [[layer for layer in left if not layer.is_used] for left in (every_one, every_other)]
    ones, others = ([layer for layer in left if layer.is_used] for left in (every_one, every_other))
    found += _packed(ones, others)
    found += _equal(ones, others, _shapes)
    found += _single_weights(ones, others)
    # A constant that one model keeps as a buffer, such as positions or a mask, the other may compute.
    left = [[layer for layer in left if not layer.is_constant] for left in (ones, others)]
    if any(left):
        raise CannotPairError(tuple(left[0]), tuple(left[1]))
    layers = tuple(sorted(found, key=lambda pair: place[pair.first.name]))
    return Pairing(layers, (_trained_names(unused[0]), _trained_names(unused[1])))


def _trained_names(layers: Iterable[LayerOutline]) -> tuple[str, ...]:
    return tuple(one.own for layer in layers for one in layer.weights if one.trained)


def _given(ones: Layers, others: Layers, given: Mapping[str, str]) -> list[LayerPair]:
    """Pair what the user names; a weight's name stands for its layer."""
    found: list[LayerPair] = []
    every = list(ones), list(others)
    for name, counterpart in given.items():
        one, other = _named(every[0], name), _named(every[1], counterpart)
        mine, theirs = _shape_of(one, name), _shape_of(other, counterpart)
        if mine is not None and theirs is not None and mine != theirs:
            raise UnknownNameError(f"{name} and {counterpart} have the shapes {mine} and {theirs}")
        before = [pair for pair in found if pair.first is one or pair.second is other]
        if before and (before[0].first is not one or before[0].second is not other):
            raise UnknownNameError(f"{name} or {counterpart} has two counterparts")
        if before:  # another weight of layers that are paired by now
            continue
        if _shapes(one) != _shapes(other):
            shapes = f"{_shapes(one)} and {_shapes(other)}"
            raise UnknownNameError(f"the layers of {name} and {counterpart} differ in shapes: {shapes}")
        found.append(paired(one, other, "given"))
        ones.remove(one)
        others.remove(other)
    return found


def _named(layers: Layers, name: str) -> LayerOutline:
    for layer in layers:
        if name == layer.name or any(name == one.own for one in layer.weights):
            return layer
    known = [one.own for layer in layers for one in layer.weights]
    near = difflib.get_close_matches(name, known, 1)
    raise UnknownNameError(f"{name} is no weight that is used" + (f"; is it {near[0]}?" if near else ""))


def _shape_of(layer: LayerOutline, own: str) -> tuple[int, ...] | None:
    """The common shape of one of its weights; None where the layer itself is named."""
    return next((one.shape for one in layer.weights if one.own == own), None)


def _form(layer: LayerOutline) -> Hashable:
    return layer.form


def _shapes(layer: LayerOutline) -> Hashable:
    """What layers of other kinds or roles may have in common, as a norm that one side writes itself."""
    return tuple(sorted(one.shape for one in layer.weights))


def _equal(ones: Layers, others: Layers, form: Callable[[LayerOutline], Hashable]) -> list[LayerPair]:
    """Pair the layers of each form that both sides have as many of, and take them out of the lists."""
    left, right = _grouped(ones, form), _grouped(others, form)
    found = []
    for key, mine in left.items():
        if len(mine) == len(theirs := right.get(key, [])):
            decided: Decided = "form" if len(mine) == 1 else "order"
            found += [paired(one, other, decided) for one, other in zip(mine, theirs, strict=True)]
    _take(ones, (pair.first for pair in found))
    _take(others, (pair.second for pair in found))
    return found


def _grouped(layers: Layers, form: Callable[[LayerOutline], Hashable]) -> dict[Hashable, Layers]:
    groups: dict[Hashable, Layers] = defaultdict(list)
    for layer in layers:
        groups[form(layer)].append(layer)
    return groups


def _take(layers: Layers, taken: Iterable[LayerOutline]) -> None:
    names = {layer.name for layer in taken}
    layers[:] = [layer for layer in layers if layer.name not in names]


def paired(one: LayerOutline, other: LayerOutline, decided: Decided) -> LayerPair:
    """Two layers' weights by their roles, and where those differ by shape, in the order of definition."""
    rest = {weight.role: weight for weight in other.weights}
    weights = []
    for weight in sorted(one.weights, key=lambda weight: weight.role not in rest):
        match = rest.get(weight.role)
        if match is None or match.shape != weight.shape:
            match = next(candidate for candidate in rest.values() if candidate.shape == weight.shape)
        weights.append(WeightPair(weight, rest.pop(match.role)))
    return LayerPair(one, other, tuple(weights), decided)


def _packed(ones: Layers, others: Layers) -> list[LayerPair]:
    """Pair a dense layer with several that take the same input, as queries, keys and values may be packed."""
    found = _unpacked(ones, others, lambda whole, part, columns: WeightPair(whole, part, first_part=columns))
    for pair in _unpacked(others, ones, lambda whole, part, columns: WeightPair(part, whole, None, columns)):
        found.append(LayerPair(pair.second, pair.first, pair.weights, pair.decided))
    return found


def _unpacked(
    wholes: Layers,
    parts: Layers,
    make: Callable[[WeightOutline, WeightOutline, tuple[int, int]], WeightPair],
) -> list[LayerPair]:
    found = []
    for whole in filter(_has_kernel, list(wholes)):
        run = _run(whole, list(filter(_has_kernel, parts)))
        if run:
            ends = [0]
            for part in run:
                ends.append(ends[-1] + part.weights[0].shape[-1])
            for part, columns in zip(run, pairwise(ends), strict=True):
                roles = {weight.role: weight for weight in part.weights}
                weights = tuple(make(weight, roles[weight.role], columns) for weight in whole.weights)
                found.append(LayerPair(whole, part, weights, "form"))
            _take(wholes, [whole])
            _take(parts, run)
    return found


def _has_kernel(layer: LayerOutline) -> bool:
    """Whether it is a dense layer with a kernel of its own: a tied one is another layer's."""
    return layer.kind == "dense" and layer.weights[0].role == "kernel" and len(layer.weights[0].shape) == 2


def _run(whole: LayerOutline, parts: Sequence[LayerOutline]) -> list[LayerOutline]:
    """The first consecutive layers that are as wide as `whole` together; nothing where there are none."""
    size_in, size_out = whole.weights[0].shape
    roles = {weight.role for weight in whole.weights}
    for start in range(len(parts)):
        run: list[LayerOutline] = []
        width = 0
        for part in parts[start:]:
            if part.weights[0].shape[0] != size_in or {one.role for one in part.weights} != roles:
                break
            run.append(part)
            width += part.weights[0].shape[-1]
            if width >= size_out:
                break
        if width == size_out and len(run) > 1:
            return run
    return []


def _single_weights(ones: Layers, others: Layers) -> list[LayerPair]:
    """Pair what is left weight by weight, by shape; a matrix may be transposed."""
    mine = [(layer, weight) for layer in ones for weight in layer.weights]
    theirs = [(layer, weight) for layer in others for weight in layer.weights]
    shapes = Counter(weight.shape for _, weight in theirs)
    found = []
    for layer, weight in mine:
        for is_transposed in (False, True):
            shape = weight.shape[::-1] if is_transposed else weight.shape
            match = next((pair for pair in theirs if pair[1].shape == shape), None)
            if match is not None:
                theirs.remove(match)
                pair = WeightPair(weight, match[1], is_transposed=is_transposed)
                decided: Decided = "form" if shapes[shape] == 1 else "order"
                found.append(LayerPair(_only(layer, weight), _only(*match), (pair,), decided))
                break
    taken = {(pair.first.name, pair.first.weights[0].role) for pair in found}
    ones[:] = [layer for layer in ones if any((layer.name, one.role) not in taken for one in layer.weights)]
    left = {layer.name for layer, _ in theirs}
    others[:] = [layer for layer in others if layer.name in left]
    return found


def _only(layer: LayerOutline, weight: WeightOutline) -> LayerOutline:
    return LayerOutline(layer.name, layer.kind, layer.made_by, (weight,))
