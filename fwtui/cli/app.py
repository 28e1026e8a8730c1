"""All commands in one place. Of each only its options and help are loaded before it runs."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from fwtui.cli import (
    backends,
    bench,
    config,
    defaults,
    doctor,
    errors,
    graph,
    live,
    ops,
    parity,
    weights,
    workloads,
)
from fwtui.cli.options import takes_race
from fwtui.cli.signatures import with_parameters
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

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse what comes before a command, with defaults from the configuration."""
        defaults.use_configuration(ctx, args)
        return list(super().parse_args(ctx, args))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that `args` begins with; SpecError where there is none."""
        if args and args[0] not in self.commands:
            raise errors.unknown_command(args[0], list(self.commands))
        if args:
            _refuse_misplaced(ctx, args[0])
        return super().resolve_command(ctx, args)


def command_line() -> Any:
    """The whole command line, ready to be run."""
    root = get_command(app())
    defaults.take_variables(root)
    return root


def app() -> typer.Typer:
    """The whole command line as Typer declares it."""
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
    commands += [weights.weights, doctor.doctor, backends.backends, workloads.workloads, config.config]
    for command in commands:
        made.command(context_settings=settings, help=_paragraphs(command.__doc__ or ""))(
            defaults.names_sources(command)
        )
    return made


def _paragraphs(text: str) -> str:
    """`text` with each paragraph on one line, to be wrapped at the terminal's width; examples stay."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(p if p.startswith("  ") else " ".join(p.split()) for p in paragraphs)


def _with_version(command: Any) -> Any:
    """`command` with `--version`, and silent where another command follows."""

    run = defaults.names_sources(command)

    def root(ctx: typer.Context, **options: Any) -> int:
        options.pop("version")
        return 0 if ctx.invoked_subcommand else run(ctx=ctx, **options)

    version = inspect.Parameter("version", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=_VERSION)
    return with_parameters(root, [*inspect.signature(run).parameters.values(), version], command)


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
        if value and param.name != "version" and defaults.is_typed(ctx, param.name):
            raise SpecError(param.opts[0], value, f"after the command: fwtui {command} {param.opts[0]} …")
