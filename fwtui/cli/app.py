"""All commands in one place. Of each only its options and help are loaded before it runs."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from fwtui.cli import backends, bench, doctor, errors, graph, live, ops, parity, weights, workloads
from fwtui.cli.options import takes_race
from fwtui.core.inputs import SpecError
from fwtui.core.version import __version__

HELP = """Train one small network in TensorFlow and in PyTorch side by side: same answer? faster? why?

Without a command the lanes are shown live, on the whole terminal; [bold]?[/] there lists the keys. The
options below mean the same in every command that has them.

  fwtui
  fwtui --lanes torch.eager,tf.eager,tf.function --workload digits-mlp
  fwtui bench --steps 2000 --json run.json
"""


class Commands(TyperGroup):
    """The group of all commands, with errors in one line."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that `args` begins with; SpecError where there is none."""
        if args and args[0] not in self.commands:
            raise errors.unknown_command(args[0], list(self.commands))
        if args:
            _refuse_misplaced(ctx, args[0])
        return super().resolve_command(ctx, args)


def app() -> typer.Typer:
    """The whole command line."""
    settings = {"help_option_names": ["--help", "-h"]}
    made = typer.Typer(
        cls=Commands,
        invoke_without_command=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings=settings,
    )
    made.callback(cls=Commands, help=_paragraphs(HELP))(_with_version(takes_race(live.live)))
    commands: list[Callable[..., int]] = [takes_race(bench.bench), takes_race(parity.parity)]
    commands += [takes_race(graph.graph), takes_race(ops.ops)]
    commands += [weights.weights, doctor.doctor, backends.backends, workloads.workloads]
    for command in commands:
        made.command(context_settings=settings, help=_paragraphs(command.__doc__ or ""))(command)
    return made


def _paragraphs(text: str) -> str:
    """`text` with each paragraph on one line, to be wrapped at the terminal's width; examples stay."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(p if p.startswith("  ") else " ".join(p.split()) for p in paragraphs)


def _with_version(command: Any) -> Any:
    """`command` with `--version`, and silent where another command follows."""

    def root(ctx: typer.Context, **options: Any) -> int:
        options.pop("version")
        return 0 if ctx.invoked_subcommand else command(**options)

    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    version = inspect.Parameter("version", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=_VERSION)
    parameters = [context, *inspect.signature(command).parameters.values(), version]
    root.__signature__ = inspect.Signature(parameters, return_annotation=int)  # type: ignore[attr-defined]
    root.__annotations__ = {p.name: p.annotation for p in parameters}
    return root


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"fwtui {__version__}")
        raise typer.Exit


_VERSION = Annotated[
    bool,
    typer.Option(
        "--version", callback=_show_version, is_eager=True, metavar="", help="Show the version and leave."
    ),
]


def _refuse_misplaced(ctx: Any, command: str) -> None:
    """SpecError for an option before `command`, where it would be taken for nothing."""
    for param in ctx.command.get_params(ctx):
        value = ctx.params.get(param.name)
        if value and param.name != "version":
            raise SpecError(param.opts[0], value, f"after the command: fwtui {command} {param.opts[0]} …")
