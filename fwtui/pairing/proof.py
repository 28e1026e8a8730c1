"""A pairing tried out: with the first model's weights in both, all that the two compute must be equal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

from numpy.typing import NDArray

from fwtui.core.model_outline import Model, ModelWeights
from fwtui.core.workload import Batch
from fwtui.pairing.compare import Comparison, Difference
from fwtui.pairing.forms import by_form, paired
from fwtui.pairing.general_position import moved_weight
from fwtui.pairing.pairs import LayerPair, Pairing

MOST_ALIKE = 4
"""Of how many layers of one form and one input every order is tried: there are its factorial."""


@dataclass(frozen=True)
class Proof:
    """How far a pairing is proven.

    Attributes:
        equal: of each pair of layers, whether what goes in and comes out is equal; None where it is not seen.
        difference: what differs first; None where outputs, metrics and gradients are equal.
        largest_gap: of metrics and gradients, relative.
        compared: how many numbers of gradients were; where there are none, equal outputs prove nothing.
        untested: names of the first model's trained weights that have no gradient on either side.
        first_weights: the first model's before they were moved.
        turned: of the random numbers that the first model gets, see `RandomNumbers`.
    """

    pairing: Pairing
    equal: tuple[bool | None, ...]
    difference: Difference | None
    largest_gap: float
    compared: int
    untested: tuple[str, ...]
    first_weights: ModelWeights
    turned: tuple[tuple[int, int], ...] = ()

    @property
    def same(self) -> bool | None:
        """Whether the two compute the same; None where that was not tested."""
        return None if self.difference is None and not self.compared else self.difference is None


def prove(first: Model, second: Model, batch: Batch, given: Mapping[str, str], checkpoint: str = "") -> Proof:
    """Pair two models' weights, load the first's into the second, and compare all that they compute.

    Both get the first's weights a little moved, see `general_position`.

    What the order of use does not decide rightly is tried otherwise, as long as values agree further for it:
    layers swap counterparts, the rows of a dense kernel follow another flatten.

    Args:
        given: names of the first model's weights or layers, and of their counterparts.
        checkpoint: a file whose weights the first model gets before; "" for none.

    Raises:
        CannotPairError: layers are left over.
        UnknownNameError: `given` names what is none.
    """
    for model in (first, second):
        model.trace(batch)  # finds its layers
    if checkpoint:
        first.restore(checkpoint)
    start = by_form(first.outline, second.outline, given)
    first_weights = {key: array for key, array in first.weights().items() if key in start.first_keys()}
    _load(first, (((key, moved_weight(key, array)) for key, array in first_weights.items())))
    search = _Search(first, second, batch, first_weights)
    comparison = search.best(start)
    if not comparison.agrees():
        # What differs in evaluation mode alone, such as dropout that is left on, must not hide the pairing.
        trained = search.best(start, training=True)
        comparison = search.tried((trained if trained.agrees() else comparison).pairing)
    return Proof(
        comparison.pairing,
        tuple(map(comparison.is_equal, comparison.pairing.layers)),
        comparison.difference(),
        comparison.largest_gap(),
        comparison.compared(),
        comparison.untested(),
        first_weights,
        search.turned(comparison.pairing),
    )


@dataclass
class _Search:
    """Tries pairings of two models, the first of which holds `weights`, a little moved."""

    first: Model
    second: Model
    batch: Batch
    weights: ModelWeights

    def best(self, start: Pairing, training: bool = False) -> Comparison:
        """The pairing in which the two agree; or the last one that more values agreed for."""
        mine = self.first.trace(self.batch, training)

        def tried(pairing: Pairing) -> Comparison:
            self._load(pairing)
            theirs = self.second.trace(self.batch, training)
            return Comparison(pairing, mine, theirs, (self.first, self.second))

        comparison = tried(start)
        while not comparison.agrees():
            better = (
                one for other in _alternatives(comparison) if _is_better(one := tried(other), comparison)
            )
            found = next(better, None)
            if found is None:
                tried(comparison.pairing)
                break
            comparison = found
        return comparison

    def turned(self, pairing: Pairing) -> tuple[tuple[int, int], ...]:
        """Which flattened axes random numbers are drawn along in the order of each model's own layout.

        A shape does not tell that, so it is tried. Where neither way agrees, there is a difference anyway.
        """
        found = [(one.flatten.outer, one.flatten.inner) for one in pairing.layers if one.flatten is not None]
        turned = tuple(dict.fromkeys(found))
        if not turned:
            return ()
        theirs = self.second.trace(self.batch, training=True)
        mine = self.first.trace(self.batch, training=True)
        plain = Comparison(pairing, mine, theirs, (self.first, self.second))
        return () if plain.agrees() else turned

    def tried(self, pairing: Pairing) -> Comparison:
        """A pairing as it is, in evaluation mode."""
        self._load(pairing)
        traces = self.first.trace(self.batch), self.second.trace(self.batch)
        return Comparison(pairing, *traces, (self.first, self.second))

    def _load(self, pairing: Pairing) -> None:
        """Give the second model the first one's weights, which are moved once more instead of being kept."""
        _load(self.second, pairing.each_to_second(lambda key: moved_weight(key, self.weights[key])))


def _load(model: Model, weights: Iterable[tuple[tuple[str, str], NDArray[Any]]]) -> None:
    """Put weights into a model one by one, so that no copy of all is made."""
    for key, array in weights:
        model.load({key: array})


def _is_better(one: Comparison, other: Comparison) -> bool:
    """Whether more is equal in `one`; that less is seen to differ is no evidence."""
    return one.agrees() or one.equal() > other.equal()


def _alternatives(comparison: Comparison) -> Iterator[Pairing]:
    """Pairings that may agree in more than this one does, those that change its first difference first."""
    layers = comparison.pairing.layers
    apart = comparison.apart()
    for number in apart:
        here = layers[number]
        if (flatten := comparison.flatten(here)) != here.flatten:
            yield Pairing((*layers[:number], replace(here, flatten=flatten), *layers[number + 1 :]))
        for other in range(len(layers)):
            if (
                other != number
                and _may_swap(here, layers[other])
                and comparison.has_input_of(here, layers[other])
            ):
                yield _rearranged(comparison.pairing, (number, other), (other, number))
    for group in _alike(layers, comparison):
        for order in list(permutations(group))[1:]:
            yield _rearranged(comparison.pairing, group, order)


def _alike(layers: Sequence[LayerPair], comparison: Comparison) -> list[list[int]]:
    """Layers of one form that take the same input, the last ones first."""
    groups: list[list[int]] = []
    for number, pair in enumerate(layers):
        for group in groups:
            before = layers[group[0]]
            if _may_swap(before, pair) and comparison.shares_input(before, pair):
                group.append(number)
                break
        else:
            groups.append([number])
    return [group for group in reversed(groups) if 1 < len(group) <= MOST_ALIKE]


def _may_swap(one: LayerPair, other: LayerPair) -> bool:
    """Whether each may be the other's counterpart as well: whole layers of one form, and no user's choice."""
    return (
        "given" not in (one.decided, other.decided)
        and one.first.form == other.first.form
        and one.second.form == other.second.form
        and all(pair.first_part is pair.second_part is None for pair in (*one.weights, *other.weights))
    )


def _rearranged(pairing: Pairing, numbers: Sequence[int], sources: Sequence[int]) -> Pairing:
    """The pairing in which layer `numbers[i]` has the counterpart that layer `sources[i]` had."""
    layers = list(pairing.layers)
    for number, source in zip(numbers, sources, strict=True):
        layers[number] = paired(layers[number].first, pairing.layers[source].second, "values")
    return Pairing(tuple(layers))
