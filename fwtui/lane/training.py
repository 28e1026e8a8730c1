"""What a lane trains, from which values, and on which data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from fwtui.backends.base import Job, JobModel
from fwtui.core.random_numbers import RandomNumbers
from fwtui.core.seeding import data_rng, parameters_rng
from fwtui.core.spec import OWN_OPTIMIZER, LaneSpec
from fwtui.core.workload import Arrays, Batch
from fwtui.lane.batches import NO_DATA, cast, cast_all, shapes
from fwtui.lane.errors import LaneError
from fwtui.workloads import catalogue as workloads
from fwtui.workloads.base import PackagedWorkload
from fwtui.workloads.hashes import HASHED_BATCHES
from fwtui.workloads.user.models import ModelFile
from fwtui.workloads.user.workload import UserWorkload

Source = PackagedWorkload | UserWorkload | ModelFile


def source_of(spec: LaneSpec) -> Source:
    """Where the lane's network and data come from; executes a user's file.

    Raises:
        SpecError: there is no such workload, or the user's file cannot be executed.
    """
    execute = workloads.execute if spec.model is None else workloads.execute_models
    return execute(spec.workload)


@dataclass(frozen=True)
class Training:
    """What a lane trains, and on what.

    Attributes:
        parameters: the first weights in float64, as they are hashed.
        first: the weights and the state that this lane begins with, in its dtype.
        batches: in its dtype, one a step.
        held_out: in its dtype; None where nothing is.
        original: gives a batch of `batches` with the axes that it came with.
        seen: the batches that are hashed.
        job: what the backend is built from.
    """

    parameters: Arrays
    first: Arrays
    batches: Iterator[Batch]
    held_out: Batch | None
    original: Callable[[Batch], Batch]
    seen: Sequence[Batch]
    job: Job


def training_of(spec: LaneSpec, source: Source, device: str) -> Training:
    """What the lane trains.

    Raises:
        LaneError: the data ends, or its batches have other dimensions.
        UserFileError: a function of the user's file fails, or gives what cannot be used.
    """

    def laid_out(batch: Batch, back: bool = False) -> Batch:
        """The batch with the axes that the lane's framework gets, or back with its own."""
        if not isinstance(source, ModelFile) or spec.model is None:
            return batch
        return source.laid_out(batch, source.side(spec.model.function), back)

    if isinstance(source, ModelFile):
        assert spec.model is not None
        parameters, state = spec.model.first_values("parameter"), spec.model.first_values("state")
        model = _model_of(spec, source, cast(state, spec.dtype))
    else:
        parameters, state, model = source.parameters(parameters_rng(spec.seed)), {}, None
    seen = list(islice(source.batches(data_rng(spec.seed)), HASHED_BATCHES))
    if not seen:
        raise LaneError(*NO_DATA)
    batches = cast_all(_each(laid_out, source.batches(data_rng(spec.seed))), spec.dtype)
    held_out = source.held_out(data_rng(spec.seed))
    held_out = None if held_out is None else laid_out(held_out)
    known = shapes([laid_out(one) for one in seen] + ([] if held_out is None else [held_out]))
    first = cast(parameters, spec.dtype)
    if spec.start is not None:
        first = {name: array.value().copy() for name, array in spec.start.parameters}
        batches = islice(batches, spec.start.step, None)
        if model is not None:
            model = replace(model, state={name: array.value().copy() for name, array in spec.start.state})
    sample = cast(laid_out(seen[0]), spec.dtype)
    workload = None if isinstance(source, ModelFile) else source
    job = Job(workload, first, sample, known, device, spec.optimizer, spec.learning_rate or 0.0)
    numbers = None
    if spec.equal_random_numbers and spec.model is not None:
        numbers = RandomNumbers(spec.seed, spec.model.turned)
    first_step = spec.start.step if spec.start else 0
    job = replace(job, model=model, random_numbers=numbers, first_step=first_step)
    return Training(
        parameters,
        {**first, **(model.state if model else {})},
        batches,
        None if held_out is None else cast(held_out, spec.dtype),
        partial(laid_out, back=True),
        seen,
        job,
    )


def _each(change: Callable[[Batch], Batch], batches: Iterator[Batch]) -> Iterator[Batch]:
    """Each batch changed; the same object for the same object."""
    source: Batch | None = None
    result: Batch = {}
    for batch in batches:
        if batch is not source:
            source, result = batch, change(batch)
        yield result


def in_float64(job: Job) -> Job:
    """The same job in float64, on the CPU."""
    model = job.model and replace(job.model, state=cast(job.model.state, "float64"))
    parameters, batch = cast(job.parameters, "float64"), cast(job.batch, "float64")
    return replace(job, device="cpu", parameters=parameters, batch=batch, model=model)


def _model_of(spec: LaneSpec, file: ModelFile, state: Mapping[str, Any]) -> JobModel:
    assert spec.model is not None
    side = file.side(spec.model.function)
    made: list[Any] = []

    def make() -> Any:
        model = file.model(side)
        if any(model is one for one in made):
            hint = "make the model in the function, for copies in float64 or to look into"
            raise file.refused(side, "the same model at each call", hint)
        made.append(model)
        return model

    optimizer = file.optimizer(side) if spec.optimizer == OWN_OPTIMIZER else None
    known = spec.model.weights, dict(state), spec.model.expected
    return JobModel(make, file.loss(side), *known, optimizer, spec.exact_numbers, side.function)
