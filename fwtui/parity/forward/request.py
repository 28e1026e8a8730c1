"""What a comparison of forward passes needs, from what a user asked for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from fwtui.core.inputs import SpecError, one_of, whole_number
from fwtui.core.numerical_policy import TOLERANCES
from fwtui.core.spec import DTYPES, MAX_SEED, MAX_STEPS, WorkloadSpec
from fwtui.parity.finding import Tolerances
from fwtui.parity.request import tolerance
from fwtui.race.environments import of_models
from fwtui.race.options import OPTIONS
from fwtui.race.plan import workload_spec
from fwtui.race.request import RaceRequest
from fwtui.race.user_files import UserFiles
from fwtui.workloads.user.description import Description
from fwtui.workloads.user.errors import UserFileError

BATCHES = 10
"""How many are compared unless `--steps` says otherwise."""
TAKEN = {
    "workload",
    "preset",
    "data",
    "torch",
    "torch_b",
    "tensorflow",
    "tensorflow_b",
    "loss",
    "layout",
    "sizes",
    "batch",
    "dtype",
    "seed",
    "steps",
    "python",
    "environments",
}
"""What a request may say."""


@dataclass(frozen=True)
class ForwardRequest:
    """Which models, and what to compare them on.

    Attributes:
        file: has two models.
        dtype: `float32` also holds both in that dtype against themselves in float64.
    """

    file: Description
    workload: WorkloadSpec
    seed: int
    batches: int
    allowed: Tolerances
    dtype: str


def forward_request(
    request: RaceRequest,
    files: UserFiles,
    lanes: str | float | None = None,
    truth: str | float | None = None,
) -> ForwardRequest:
    """What `request` comes to where nothing is trained.

    Args:
        lanes, truth: the tolerances in the dtype and in float64; None: the defaults.

    Raises:
        SpecError: it says what only a training has, or names no file with two models.
    """
    for field in fields(request):
        value = getattr(request, field.name)
        if field.name not in TAKEN and value != field.default:
            flag = OPTIONS[field.name].flag if field.name in OPTIONS else f"--{field.name}"
            given = value if isinstance(value, str) else "on" if value is True else "given"
            raise SpecError(flag, given, "left out: --forward compares what two models give, and trains none")
    dtype = one_of("--dtype", request.dtype, DTYPES)
    seed = whole_number("--seed", request.seed, 0, MAX_SEED)
    batches = BATCHES if request.steps is None else whole_number("--steps", request.steps, 1, MAX_STEPS)
    within = tolerance("--tolerance", lanes, dtype), tolerance("--tolerance-float64", truth, "float64")
    allowed = Tolerances(
        TOLERANCES[dtype] if within[0] is None else within[0],
        TOLERANCES["float64"] if within[1] is None else within[1],
    )
    workload = workload_spec(request)
    file = files.describe(workload)
    if not isinstance(file, Description) or not file.models:
        name = Path(file.path).name if isinstance(file, Description) else workload.name
        hint = "name a file with torch_model() and tensorflow_model(), or give --torch and --tensorflow"
        raise UserFileError(name, "has no models", hint)
    frameworks = [side.framework for side in file.models]
    if request.python is None:
        held = of_models(request.environments, (), frameworks)
    else:
        python = OPTIONS["python"].kind.read(OPTIONS["python"].flag, request.python)
        held = dict.fromkeys(frameworks, python)
    return ForwardRequest(file.held_by(held), workload, seed, batches, allowed, dtype)
