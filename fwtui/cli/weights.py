"""`fwtui weights`: which weight of one model is which of the other, and the proof."""

from typing import TYPE_CHECKING, Annotated

import typer

from fwtui.cli.options import Data, Json, Seed

if TYPE_CHECKING:
    from fwtui.pairing.proof import Proof
    from fwtui.workloads.user.description import Description


From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="PATH",
        help="A checkpoint whose weights are taken, .pt, .safetensors, .weights.h5 or .keras, instead of "
        "first weights; as WEIGHTS in the file. It is read without running any code from it.",
    ),
]
Write = Annotated[
    str | None,
    typer.Option(
        "--write",
        metavar="PATH",
        help="Write the weights as a checkpoint of the other framework, .pt, .safetensors, .weights.h5 or "
        ".keras; it is loaded in a new process, and what it computes is compared.",
    ),
]


def weights(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    data: Data = None,
    seed: Seed = None,
    begin: From = None,
    write: Write = None,
    json: Json = None,
) -> int:
    """Pair the weights of a PyTorch module and its Keras twin, and prove that the two compute the same.

    [bold]FILE[/] has the functions [bold]torch_model()[/] and [bold]tensorflow_model()[/], which give the
    models as they are, [bold]torch_loss(model, batch)[/], [bold]tensorflow_loss(model, batch)[/], and
    [bold]batches(rng)[/]; for two of one framework [bold]torch_model_b()[/]. The first one's weights are
    loaded into the other; outputs, loss and gradients are compared in float64 and evaluation mode.

    Exit code: 0 if they are equal, 1 if not, 2 if that was not tested or weights cannot be paired, and for
    bad input.

      fwtui weights my_port.py
      fwtui weights my_port.py --json -
      fwtui weights my_port.py --from trained.pt --write trained.weights.h5
    """
    from fwtui.cli.output import JsonOutput, show
    from fwtui.cli.planning import inspection_shown
    from fwtui.cli.weights_table import as_json, page
    from fwtui.core.inputs import whole_number
    from fwtui.core.spec import MAX_SEED, WorkloadSpec
    from fwtui.pairing.pairs import CannotPairError
    from fwtui.race.models import prove_weights
    from fwtui.race.moved_weights import Moved, beginning_with, for_target, move_weights
    from fwtui.workloads.user import workload as own
    from fwtui.workloads.user.inspector import inspect

    number = whole_number("--seed", seed or "0", 0, MAX_SEED)
    out = None if json is None else JsonOutput(json)
    path = None if data is None else own.absolute(data)
    spec = WorkloadSpec(own.absolute(file), "default", data=path)
    moved: Moved | None = None
    with inspection_shown() as waiting:
        description = _with_interpreters(ctx, inspect(spec, waiting=waiting))
        if begin is not None:
            description = beginning_with(description, own.absolute(begin))
        if write is not None:
            description = for_target(description, own.absolute(write))
        try:
            if write is None:
                found: Proof | CannotPairError = prove_weights(description, spec, number, waiting)
            else:
                moved = move_weights(description, spec, number, own.absolute(write), waiting)
                found = moved.proof
        except CannotPairError as error:
            found = error
    if out is not None:
        out.write(as_json(description, found, moved))
    if out is None or not out.standard:
        show(page(description, found, moved))
    same = None if isinstance(found, CannotPairError) else found.same
    if same and moved is not None:
        same = None if moved.without_source else moved.same
    return 2 if same is None else int(not same)


def _with_interpreters(ctx: typer.Context, file: "Description") -> "Description":
    """The file with each model held by the interpreter that the configuration has for its framework."""
    from fwtui.cli.defaults import configuration
    from fwtui.race.environments import of_models

    environments = configuration(ctx.find_root().command).environments
    return file.held_by(of_models(environments, (), [side.framework for side in file.models]))
