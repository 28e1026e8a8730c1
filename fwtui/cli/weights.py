"""`fwtui weights`: which weight of one model is which of the other, and the proof."""

from typing import TYPE_CHECKING, Annotated

import typer

from fwtui.cli.options import Data, Json, Seed

if TYPE_CHECKING:
    from fwtui.pairing.proof import Proof


def weights(
    file: Annotated[str, typer.Argument(metavar="FILE")],
    data: Data = None,
    seed: Seed = None,
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
    """
    from fwtui.cli.output import JsonOutput, show
    from fwtui.cli.planning import inspection_shown
    from fwtui.cli.weights_table import as_json, page
    from fwtui.core.inputs import whole_number
    from fwtui.core.spec import MAX_SEED, WorkloadSpec
    from fwtui.pairing.pairs import CannotPairError
    from fwtui.race.models import prove_weights
    from fwtui.workloads.user import workload as own
    from fwtui.workloads.user.inspector import inspect

    number = whole_number("--seed", seed or "0", 0, MAX_SEED)
    out = None if json is None else JsonOutput(json)
    path = None if data is None else own.absolute(data)
    spec = WorkloadSpec(own.absolute(file), "default", data=path)
    with inspection_shown() as waiting:
        description = inspect(spec, waiting=waiting)
        try:
            found: Proof | CannotPairError = prove_weights(description, spec, number, waiting)
        except CannotPairError as error:
            found = error
    if out is not None:
        out.write(as_json(description, found))
    if out is None or not out.standard:
        show(page(description, found))
    same = None if isinstance(found, CannotPairError) else found.same
    return 2 if same is None else int(not same)
