"""`fwtui parity --forward`: what two models give, without a training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fwtui.cli import defaults
from fwtui.cli.output import JsonOutput, plain_table, show
from fwtui.cli.planning import inspection_shown
from fwtui.core.text import plain
from fwtui.format.numbers import gap
from fwtui.parity.forward import words
from fwtui.parity.forward.comparison import compare_outputs
from fwtui.parity.forward.finding import Compared, ForwardFinding
from fwtui.parity.forward.report import report
from fwtui.parity.forward.request import TAKEN, forward_request
from fwtui.race.models import titles
from fwtui.race.request import RaceRequest
from fwtui.race.user_files import UserFiles

_VERDICTS = {True: "green", False: "red", None: "yellow"}
_EQUAL, _APART, _ELSEWHERE = ("✓", "green"), ("✗", "red"), ("·", "dim")


def forward(request: RaceRequest, tolerance: str | None, tolerance64: str | None, json: str | None) -> int:
    """Compare what a file's two models give, and show it; returns the exit code."""
    out = None if json is None else JsonOutput(json)
    with inspection_shown() as waiting:
        asked = forward_request(request, UserFiles(waiting), tolerance, tolerance64)
        finding = compare_outputs(asked, waiting)
    if out is None or not out.standard:
        show(render(finding))
    if out is not None:
        out.write(report(finding))
    return 2 if finding.same is None else int(not finding.same)


def without_defaults(context: typer.Context, request: RaceRequest) -> RaceRequest:
    """The request without what only a training has, where it was not typed but is the user's default."""
    usual: dict[str, Any] = {
        field.name: field.default
        for field in fields(request)
        if field.name not in TAKEN and not defaults.is_typed(context, field.name)
    }
    if defaults.is_typed(context, "lane"):
        del usual["lanes"]
    return replace(request, **usual)


def render(finding: ForwardFinding) -> RenderableType:
    """The gaps of all submodules and outputs, and the verdict."""
    first, second = titles(finding.sides)
    table = plain_table()
    table.add_column("", no_wrap=True)
    table.add_column(first, overflow="fold")
    table.add_column(second, overflow="fold")
    in_single = finding.dtype == "float32"
    for title in ("float64", *(("float32", f"± {first}", f"± {second}") if in_single else ())):
        table.add_column(title, justify="right", no_wrap=True)
    for one in (*finding.modules, *finding.outputs):
        style = "" if one.weights else "bold"
        figures = [one.float64, *([one.float32] if in_single else [])]
        cells = [gap(None if figure is None else figure.relative) for figure in figures]
        cells += [gap(value) for value in one.rounding] if in_single else []
        table.add_row(Text(*_sign(finding, one)), plain(one.first), plain(one.second), *cells, style=style)
    return Group(table, "", _answers(finding))


def _answers(finding: ForwardFinding) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("same outputs?", Text(words.verdict(finding), style=_VERDICTS[finding.same]))
    for title, line in _lines(finding):
        table.add_row(title, line)
    return table


def _lines(finding: ForwardFinding) -> Iterator[tuple[str, str]]:
    yield "compared", words.compared(finding)
    yield "other weights", words.moved(finding)
    if (rounding := words.rounding(finding)) is not None:
        yield "float32", rounding
    yield from zip(("where first", ""), words.where(finding), strict=False)


def _sign(finding: ForwardFinding, one: Compared) -> tuple[str, str]:
    """Whether the two are equal; of two right models, one may activate or pad in another submodule."""
    is_equal = finding.is_equal(one)
    if is_equal is not False:
        return _EQUAL if is_equal else _ELSEWHERE
    return _APART if finding.same is False else _ELSEWHERE if one.weights else _EQUAL
