"""One model's weights, written as a checkpoint of the other one, and proven by reading it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fwtui.core.inputs import SpecError
from fwtui.core.spec import WorkloadSpec
from fwtui.lane.batches import cast
from fwtui.pairing.compare import Comparison
from fwtui.pairing.proof import Proof
from fwtui.race.models import ModelProcess, Waiting, paired_models
from fwtui.workloads.user.description import Description
from fwtui.workloads.user.models import framework_of

FORMATS = ".pt, .safetensors, .weights.h5 or .keras"


@dataclass(frozen=True)
class Moved:
    """A checkpoint that was written.

    Attributes:
        proof: of the pairing by which its weights were found.
        same: whether the model that loads it computes, in a new process, what the other one does; None where
            nothing was compared.
        largest_gap: of metrics and gradients, relative, with the weights rounded to float32.
        path: of the file.
        without_source: names of weights in it that nothing uses and that have no counterpart.
    """

    proof: Proof
    same: bool | None
    largest_gap: float
    path: Path
    without_source: tuple[str, ...] = ()


def beginning_with(file: Description, path: str) -> Description:
    """The file with this checkpoint as the weights that both models get.

    Raises:
        SpecError: no model of the file has checkpoints of this name.
    """
    framework = framework_of(path)
    if not Path(path).is_file():
        raise SpecError("--from", path, "the path of a file")
    if framework not in [side.framework for side in file.models]:
        raise SpecError("--from", path, f"a path that ends in {FORMATS}, of a framework of the models")
    if file.models[0].framework != framework:
        pairs = {other: one for one, other in file.pairs.items()}
        file = replace(file, models=file.models[::-1], pairs=pairs)
    return replace(file, checkpoint=path)


def _is_other_h5(path: str) -> bool:
    """Whether Keras would not read the name."""
    return path.endswith(".h5") and not path.endswith(".weights.h5")


def for_target(file: Description, path: str) -> Description:
    """The file with the model last whose checkpoint `path` is to be: it gets the other one's weights.

    Raises:
        SpecError: no model of the file has checkpoints of this name, or the file says otherwise.
    """
    framework = framework_of(path)
    if not Path(path).parent.is_dir():
        raise SpecError("--write", path, "a path in a folder that exists")
    if framework not in [side.framework for side in file.models] or _is_other_h5(path):
        raise SpecError("--write", path, f"a path that ends in {FORMATS}, of a framework of the models")
    if file.models[-1].framework == framework:
        return file
    if file.checkpoint:
        raise SpecError(
            "--write", path, "a path for the other framework: WEIGHTS is a checkpoint of this one"
        )
    pairs = {other: one for one, other in file.pairs.items()}
    return replace(file, models=file.models[::-1], pairs=pairs)


def move_weights(file: Description, spec: WorkloadSpec, seed: int, path: str, waiting: Waiting) -> Moved:
    """Write the first model's weights as a checkpoint of the second; load it in a new process, and compare.

    Args:
        file: see `for_target`.

    Raises:
        UserFileError: a model cannot be evaluated, or the file cannot be written.
        CannotPairError: weights are left over.
    """
    second = file.models[1]
    with paired_models(file, spec, seed, waiting) as paired:
        pairing, weights = paired.proof.pairing, paired.proof.first_weights
        single = {key: array.astype(np.float32) for key, array in weights.items()}
        rounded = {key: array.astype(np.float64) for key, array in single.items()}
        with ModelProcess(spec, second, seed, waiting, "float32") as writer:
            writer.build()
            writer.trace(cast(paired.batch, "float32"))  # builds what is built by a call
            writer.load(pairing.to_second(single))
            writer.save(path)
        paired.first.load(rounded)
        with ModelProcess(spec, second, seed, waiting) as reader:
            reader.build()
            reader.trace(paired.batch)
            reader.restore(path)
            traces = paired.first.trace(paired.batch), reader.trace(paired.batch)
            comparison = Comparison(pairing, *traces, (paired.first, reader))
            same = comparison.agrees() if comparison.tested() else None
            if same:
                came = reader.weights()
                same = all(
                    np.array_equal(array, came[key]) for key, array in pairing.each_to_second(rounded.get)
                )
            left = pairing.left_out[1]
            return Moved(paired.proof, same, comparison.largest_gap(), Path(path), left)
