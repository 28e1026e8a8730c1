"""The options that several commands share; each means the same everywhere.

What they are is declared in `fwtui.race.options`. They arrive as strings and are checked by
`fwtui.race.plan`, which is imported late: it needs NumPy, and `--help` must not.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fwtui.cli import defaults
from fwtui.cli.completion import completion
from fwtui.cli.signatures import CONTEXT, with_parameters
from fwtui.core.inputs import SpecError, one_of
from fwtui.core.spec import MAX_LANES
from fwtui.core.value_kinds import Switch
from fwtui.race.options import OPTIONS, Option

if TYPE_CHECKING:
    from fwtui.race.request import LaneRequest, RaceRequest

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


def _about(option: Option) -> Any:
    """An option as Typer takes it."""
    switch = isinstance(option.kind, Switch)
    return typer.Option(
        *([option.flag] if switch else []),  # without a name of its own it would have a second, --no-…
        metavar=option.metavar,
        help=option.help,
        rich_help_panel=option.panel,
        autocompletion=None if switch else completion(option),
    )


Data = Annotated[str | None, _about(OPTIONS["data"])]
Seed = Annotated[str | None, _about(OPTIONS["seed"])]


def race_request(**options: Any) -> "RaceRequest":
    """The race that the options ask for, with the words still unchecked.

    Args:
        options: by key; None for those that were not given.

    Raises:
        SpecError: an option has no value, or one that lists have not.
    """
    from fwtui.race.request import RaceRequest

    given = {key: value for key, value in options.items() if value is not None}
    lanes, lane, sizes = given.pop("lanes", None), given.pop("lane", None), given.pop("size", None)
    for key, value in given.items():
        if isinstance(value, str) and not value.strip():
            raise SpecError(OPTIONS[key].flag, value, "a value; leave the option out for its default")
    if lanes is not None or lane:
        given["lanes"] = _lanes(lanes, lane or [])
    return RaceRequest(**given, sizes=tuple(map(_size, sizes or ())))


def takes_race(command: Callable[..., int]) -> Callable[..., int]:
    """`command(request, …)` as a function whose options are those of a race that it has, and then its own."""
    name = command.__name__
    shared = {key: _parameter(one) for key, one in OPTIONS.items() if name not in one.without}
    _, *own = inspect.signature(command).parameters.values()
    takes_context = any(one.name == CONTEXT.name for one in own)

    def run(ctx: typer.Context, **options: Any) -> int:
        asked = defaults.given(ctx, {key: options.pop(key) for key in shared})
        environments = defaults.configuration(ctx.find_root().command).environments
        if takes_context:
            options[CONTEXT.name] = ctx
        return command(replace(race_request(**asked), environments=environments), **options)

    own = [one for one in own if one.name != CONTEXT.name]
    parameters = [p.replace(kind=p.KEYWORD_ONLY) for p in (*shared.values(), *own)]
    return with_parameters(run, [CONTEXT, *parameters], command)


def _parameter(option: Option) -> inspect.Parameter:
    switch = isinstance(option.kind, Switch)
    taken: Any = bool if switch else list[str] | None if option.repeats else str | None
    return inspect.Parameter(
        option.key,
        inspect.Parameter.KEYWORD_ONLY,
        default=False if switch else None,
        annotation=Annotated[taken, _about(option)],
    )


def metavar(option: str) -> str | None:
    """What stands for `option`'s value, such as `N`; None for an option that is not a race's."""
    if option == "--json":
        return str(Json.__metadata__[0].metavar)  # type: ignore[attr-defined]
    return next((one.metavar for one in OPTIONS.values() if one.flag == option), None)


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
    from fwtui.race.request import LaneRequest, parse_lane

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
