"""The options that several commands share; each means the same everywhere.

They arrive as strings and are checked by `fwtui.race.plan`, which is imported late: it needs NumPy, and
`--help` must not.
"""

import functools
import inspect
from collections.abc import Callable, Container, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fwtui.core.inputs import SpecError, one_of
from fwtui.core.spec import MAX_LANES

if TYPE_CHECKING:
    from fwtui.race.plan import LaneRequest, RaceRequest

WHAT = "What to train"
HOW = "How to train it"
WHERE = "How the lanes share the machine"
OUTPUT = "Output"

Json = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="FILE",
        help="Write the answer as JSON to FILE; [bold]-[/] or nothing after it is standard output. Units "
        "are in the names, unknown values are null.",
        rich_help_panel=OUTPUT,
    ),
]

Data = Annotated[
    str | None,
    typer.Option(
        metavar="FILE.npz",
        help="Arrays that a network of your own trains on, as numpy.savez writes them.",
        rich_help_panel=WHAT,
    ),
]


def race_request(
    workload: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The network and its data: [bold]two-layer[/] (the default), [bold]digits-mlp[/], "
            "[bold]digits-cnn[/], [bold]dynamic-depth[/], [bold]char-rnn[/] or [bold]tiny-transformer[/]; "
            "[bold]fwtui workloads[/] tells what they are. Or the path of your own, such as "
            "[bold]my_net.py[/]: [bold]fwtui workloads new my_net.py[/] writes one to begin with.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    data: Data = None,
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A named set of the workload's sizes and settings, such as two-layer's [bold]dynamic[/] "
            "(its default) and [bold]static[/].",
            rich_help_panel=WHAT,
        ),
    ] = None,
    size: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=N",
            help="Another size than the preset's, such as [bold]hidden=512[/]; once a size.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    lanes: Annotated[
        str | None,
        typer.Option(
            metavar="A,B[,…]",
            help="One to four backends, side by side: [bold]tf.function,torch.eager[/] unless you say "
            "otherwise; [bold]fwtui backends[/] lists them.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    lane: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LANE",
            help="Instead of --lanes, once a lane: a backend with settings of its own, such as "
            "[bold]'torch.eager dtype=float64 threads=1'[/]. Keys: device, dtype, optimizer, lr, batch, "
            "threads.",
            rich_help_panel=WHAT,
        ),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="[bold]cpu[/], [bold]cuda:0[/] and so on, [bold]mps[/], or [bold]auto[/] (the default): "
            "the best that every lane's framework can use.",
            rich_help_panel=HOW,
        ),
    ] = None,
    steps: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Optimizer updates that each lane makes; the preset's number unless you say otherwise.",
            rich_help_panel=HOW,
        ),
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Where the first weights and the batches, the same for every lane, come from (0).",
            rich_help_panel=HOW,
        ),
    ] = None,
    dtype: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="[bold]float32[/] (the default), or [bold]float64[/]: in it the lanes' losses must agree "
            "to 1e-10, which proves the same mathematics.",
            rich_help_panel=HOW,
        ),
    ] = None,
    optimizer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="How a gradient becomes an update: [bold]sgd[/], [bold]momentum[/], [bold]adam[/], "
            "[bold]adamw[/] or [bold]rmsprop[/]; the workload's unless you say otherwise.",
            rich_help_panel=HOW,
        ),
    ] = None,
    lr: Annotated[
        str | None,
        typer.Option(
            metavar="X",
            help="Learning rate; the workload's, or what suits another --optimizer.",
            rich_help_panel=HOW,
        ),
    ] = None,
    batch: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Rows in a batch; the preset's unless you say otherwise.",
            rich_help_panel=HOW,
        ),
    ] = None,
    probe_every: Annotated[
        str | None,
        typer.Option(
            metavar="K",
            help="Compare every gradient and parameter each K steps, outside any step time; "
            "[bold]growing[/]: before steps 0, 1, 2, 3, 4, 6, 9 and so on; [bold]never[/].",
            rich_help_panel=HOW,
        ),
    ] = None,
    log_every: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Log what the lanes do, op by op, before each N-th step, outside any step time; without it "
            "no op is logged but for those that you ask for on the screen.",
            rich_help_panel=HOW,
        ),
    ] = None,
    tf32: Annotated[
        bool,
        typer.Option(
            "--tf32",
            metavar="",
            help="On a GPU, let both frameworks round the inputs of float32 products to TF32: faster, and "
            "less exact. Off for both unless you ask.",
            rich_help_panel=HOW,
        ),
    ] = False,
    schedule: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="[bold]turns[/] (the default): lanes alternate in blocks of steps and never disturb each "
            "other's times; [bold]race[/]: all at once, each on its own cores.",
            rich_help_panel=WHERE,
        ),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="[bold]process[/] (the default): each lane in a process of its own; [bold]thread[/]: all "
            "in fwtui's own process, where they share one interpreter.",
            rich_help_panel=WHERE,
        ),
    ] = None,
    threads: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="CPU threads inside one op; all cores but one in turns, a lane's share of them in a race.",
            rich_help_panel=WHERE,
        ),
    ] = None,
    pace: Annotated[
        str | None,
        typer.Option(
            metavar="X",
            help="At most X steps a second, to watch them go by; full speed unless you say otherwise. Paced "
            "step times are labelled so.",
            rich_help_panel=WHERE,
        ),
    ] = None,
) -> "RaceRequest":
    """The race that the options ask for, with the words still unchecked; SpecError for a malformed list."""
    from fwtui.race.plan import RaceRequest

    given: dict[str, Any] = {
        "workload": workload,
        "data": data,
        "preset": preset,
        "device": device,
        "steps": steps,
        "seed": seed,
        "dtype": dtype,
        "optimizer": optimizer,
        "lr": lr,
        "batch": batch,
        "probe_every": probe_every,
        "log_every": log_every,
        "schedule": schedule,
        "host": host,
        "threads": threads,
        "pace": pace,
    }
    given = {name: value for name, value in given.items() if value is not None}
    for name, value in given.items():
        if not value.strip():
            raise SpecError(
                f"--{name.replace('_', '-')}", value, "a value; leave the option out for its default"
            )
    if lanes is not None or lane:
        given["lanes"] = _lanes(lanes, lane or [])
    return RaceRequest(**given, sizes=tuple(map(_size, size or ())), tf32=tf32)


def takes_race(command: Callable[..., int], without: Container[str] = ()) -> Callable[..., int]:
    """`command(request, …)` as a function whose options are those of a race, before its own.

    Args:
        without: the options of a race that make no sense for it, by the names of `race_request`.
    """
    shared = {
        name: p for name, p in inspect.signature(race_request).parameters.items() if name not in without
    }
    _, *own = inspect.signature(command).parameters.values()

    @functools.wraps(command)
    def run(**options: Any) -> int:
        asked = {name: options.pop(name) for name in shared}
        return command(race_request(**asked), **options)

    parameters = [p.replace(kind=p.KEYWORD_ONLY) for p in (*shared.values(), *own)]
    del run.__wrapped__  # Typer would look through it, at names that only the type checker knows
    run.__signature__ = inspect.Signature(parameters, return_annotation=int)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


def metavar(option: str) -> str | None:
    """Return the placeholder of `option`'s value, such as `N`; None for an option that is not a race's."""
    parameter = inspect.signature(race_request).parameters.get(option.removeprefix("--"))
    kind: Any = Json if option == "--json" else parameter.annotation if parameter else None
    return str(kind.__metadata__[0].metavar) if kind else None


def format_of(given: str | None, formats: tuple[str, ...], json: str | None) -> str:
    """What `--as` asks for, the first of `formats` unless it says otherwise; SpecError for another, or beside
    JSON that takes standard output for itself.
    """
    if given is None:
        return formats[0]
    if json == "-":
        raise SpecError("--as", given, "nothing beside --json -, which has standard output to itself")
    return one_of("--as", given, formats)


def filled_in(argv: Sequence[str]) -> list[str]:
    """`argv` with `-` after a `--json` that no file follows."""
    words: list[str] = []
    for word, following in zip(argv, [*argv, "--"][1:], strict=True):
        words.append(word)
        if word == "--json" and following.startswith("--"):
            words.append("-")
    return words


def _lanes(names: str | None, texts: list[str]) -> "tuple[LaneRequest, ...]":
    from fwtui.race.plan import LaneRequest, parse_lane

    if names is not None and texts:
        raise SpecError("--lane", texts[0], "either --lanes or --lane, not both")
    if names is None:
        lanes = tuple(map(parse_lane, texts))
    else:
        lanes = tuple(LaneRequest(name.strip()) for name in names.split(","))
    if len(lanes) > MAX_LANES:
        raise SpecError("--lane" if texts else "--lanes", len(lanes), f"1 to {MAX_LANES} lanes")
    return lanes


def _size(text: str) -> tuple[str, str]:
    name, equals, number = text.partition("=")
    if not (name and equals):
        raise SpecError("--size", text, "NAME=N, such as hidden=512")
    return name.strip(), number
