"""A pairing tried out: with the first model's weights in both, all that the two compute must be equal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice, permutations
from typing import Any

from numpy.typing import NDArray

from fwtui.core.model_outline import Model, ModelWeights
from fwtui.core.workload import Batch
from fwtui.pairing.compare import Comparison, Difference
from fwtui.pairing.forms import by_form, paired
from fwtui.pairing.general_position import moved_weight
from fwtui.pairing.pairs import LayerPair, Pairing

MAX_CASES = 5
"""Of how many batches the models are traced to find layers that are used for some of them alone."""
MAX_INTERCHANGED = 48
"""Pairings that are tried of layers that evaluation mode does not tell apart."""
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


def prove(
    first: Model,
    second: Model,
    batch: Batch,
    given: Mapping[str, str],
    checkpoint: str = "",
    next_batch: Callable[[], Batch] | None = None,
) -> Proof:
    """Pair two models' weights, load the first's into the second, and compare all that they compute.

    Both get the first's weights a little moved, see `general_position`.

    What the order of use does not decide rightly is tried otherwise, as long as values agree further for it:
    layers swap counterparts, the rows of a dense kernel follow another flatten.

    Args:
        given: names of the first model's weights or layers, and of their counterparts.
        checkpoint: a file whose weights the first model gets before; "" for none.
        next_batch: gives further batches, which are taken while there are layers that nothing has used.

    Raises:
        CannotPairError: layers are left over.
        UnknownNameError: `given` names what is none.
    """
    cases = _cases(first, second, batch, next_batch)
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
    elif not search.agrees_fully(comparison):
        comparison = search.settled(comparison)
    pairing = comparison.pairing
    equal = tuple(map(comparison.is_equal, pairing.layers))
    difference, largest = comparison.difference(), comparison.largest_gap()
    tested, untested = comparison.tested(), dict.fromkeys(comparison.untested())
    turned = search.turned(pairing)
    for one in cases[1:]:
        further = search.tried(pairing, one, turned)
        difference = difference or _in_mode(further.difference(), one.training)
        largest = max(largest, further.largest_gap())
        tested |= further.tested()
    return Proof(
        pairing,
        equal,
        difference,
        largest,
        sum(tested.values()),
        tuple(f"{layer}: {role}" for layer, role in untested if (layer, role) not in tested),
        first_weights,
        turned,
    )


def _in_mode(difference: Difference | None, training: bool) -> Difference | None:
    if difference is None or not training:
        return difference
    return replace(difference, what=f"{difference.what} in training mode")


@dataclass(frozen=True)
class _Case:
    """What two models are compared on."""

    batch: Batch
    training: bool = False


def _cases(first: Model, second: Model, batch: Batch, next_batch: Callable[[], Batch] | None) -> list[_Case]:
    """The first batch in evaluation mode, and what else uses layers that nothing before has used.

    A layer may be used in training mode alone, as an auxiliary head is, or for some batches alone.
    """
    models = first, second
    cases = [_Case(batch)]
    for model in models:
        model.trace(batch)
    known = _used(models)
    for number in range(MAX_CASES):
        if number and (next_batch is None or not any(_is_unused(model) for model in models)):
            break
        if number and next_batch is not None:
            batch = next_batch()
        case = _Case(batch, training=number == 0)
        for model in models:
            model.trace(case.batch, case.training)
        if (now := _used(models)) != known:
            known = now
            cases.append(case)
    return cases


def _used(models: Iterable[Model]) -> list[set[str]]:
    return [{layer.name for layer in model.outline.layers if layer.is_used} for model in models]


def _is_unused(model: Model) -> bool:
    """Whether the model has a layer that is to be trained, and that nothing has used."""
    return any(
        not layer.is_used and any(one.trained for one in layer.weights) for layer in model.outline.layers
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

    def agrees_fully(self, comparison: Comparison) -> bool:
        """Whether gradients and training mode agree, too; `comparison` must be of the last traces."""
        return comparison.difference() is None and self._agrees_in_training(comparison.pairing)

    def settled(self, comparison: Comparison) -> Comparison:
        """Of the pairings that agree in evaluation mode one that agrees fully; where there is none, this one.

        Layers that only their dropout, or what is frozen, tells apart are interchangeable there.
        """
        for other in islice(_interchanged(comparison), MAX_INTERCHANGED):
            one = self.tried(other)
            if one.agrees() and self.agrees_fully(one):
                return self.tried(other)
        return self.tried(comparison.pairing)

    def _agrees_in_training(self, pairing: Pairing) -> bool:
        theirs = self.second.trace(self.batch, training=True)
        mine = self.first.trace(self.batch, training=True)
        return Comparison(pairing, mine, theirs, (self.first, self.second)).agrees()

    def turned(self, pairing: Pairing) -> tuple[tuple[int, int], ...]:
        """Which flattened axes random numbers are drawn along in the order of each model's own layout.

        A shape does not tell that, so it is tried. Where neither way agrees, there is a difference anyway.
        """
        found = [(one.flatten.outer, one.flatten.inner) for one in pairing.layers if one.flatten is not None]
        turned = tuple(dict.fromkeys(found))
        return () if not turned or self._agrees_in_training(pairing) else turned

    def tried(
        self, pairing: Pairing, case: _Case | None = None, turned: Sequence[tuple[int, int]] = ()
    ) -> Comparison:
        """A pairing as it is, on the first batch in evaluation mode, or in another `case`.

        Args:
            turned: of the first model's random numbers, see `RandomNumbers`.
        """
        case = case or _Case(self.batch)
        self._load(pairing)
        mine = self.first.trace(case.batch, case.training, turned)
        theirs = self.second.trace(case.batch, case.training)
        return Comparison(pairing, mine, theirs, (self.first, self.second))

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
            turned = *layers[:number], replace(here, flatten=flatten), *layers[number + 1 :]
            yield replace(comparison.pairing, layers=turned)
        for other in range(len(layers)):
            if (
                other != number
                and _may_swap(here, layers[other])
                and comparison.has_input_of(here, layers[other])
            ):
                yield _rearranged(comparison.pairing, (number, other), (other, number))
    yield from _interchanged(comparison)


def _interchanged(comparison: Comparison) -> Iterator[Pairing]:
    """Pairings in which layers of one form and input swap counterparts, or the branches behind them do."""
    layers = comparison.pairing.layers
    for group in _alike(layers, comparison):
        for order in list(permutations(group))[1:]:
            yield _rearranged(comparison.pairing, group, order)
        for one, other in combinations(group, 2):
            length = _branch(layers, one, other)
            if length > 1:
                numbers = [*range(one, one + length), *range(other, other + length)]
                yield _rearranged(comparison.pairing, numbers, numbers[length:] + numbers[:length])


def _branch(layers: Sequence[LayerPair], one: int, other: int) -> int:
    """For how many layers two branches that begin there are of the same forms."""
    longest = min(other - one, len(layers) - other)
    steps = range(longest)
    return next((n for n in steps if not _may_swap(layers[one + n], layers[other + n])), longest)


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
    return replace(pairing, layers=tuple(layers))
