"""A parity check's finding for people: the verdict first, then what it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fwtui.cli.output import plain_table
from fwtui.cli.result_table import headline
from fwtui.core.text import MAX_NAME, plain
from fwtui.format.quantities import quantity
from fwtui.measure.probe_gap import ProbeRow
from fwtui.parity import words
from fwtui.parity.finding import Finding
from fwtui.race.plan import differences

_VERDICTS = {True: "green", False: "red", None: "yellow"}


def render(finding: Finding) -> RenderableType:
    """The lanes, the verdict, and the gaps of the steps that say the most."""
    spec = finding.result.spec
    lanes = "   ".join(f"{number} {lane.backend}" for number, lane in enumerate(spec.lanes, 1))
    gaps: list[RenderableType] = [_gaps(finding), ""] if finding.rows else []
    return Group(Text(headline(spec), style="bold"), Text(lanes), "", *gaps, _answers(finding))


def _answers(finding: Finding) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("same answer?", Text(words.verdict(finding), style=_VERDICTS[finding.same]))
    if finding.rows:
        table.add_row("compared", words.compared(finding))
    if (truth := words.truth(finding)) is not None:
        table.add_row("float64 truth", truth)
    if finding.aside:
        table.add_row("set aside", finding.aside)
    for title, line in zip(("not compared", *[""] * 8), words.not_compared(finding), strict=False):
        table.add_row(title, line)
    for title, line in zip(("as known", ""), words.known(finding), strict=False):
        table.add_row(title, line)
    for title, line in zip(("where first", ""), words.where(finding), strict=False):
        table.add_row(title, line)
    for setting, values in differences(finding.result.spec.lanes).items():
        table.add_row("they differ in", f"{setting}: {', '.join(values)}")
    return table


def _gaps(finding: Finding) -> Table:
    """A row a quantity: its relative gap at the first probes, where it was largest, and at the last one."""
    rows = finding.rows
    table = plain_table()
    table.add_column("relative gap", style="dim")
    chosen = _chosen(rows)
    for row in chosen:
        table.add_column(f"step {row.step}", justify="right")
    table.add_column("largest", justify="right")
    table.add_column("ULPs", justify="right")
    for key in dict.fromkeys(key for row in rows for key in row.gaps):
        worst = max((row.gaps[key] for row in rows if key in row.gaps), key=lambda gap: gap.relative)
        cells = [f"{row.gaps[key].relative:.1e}" if key in row.gaps else "n/a" for row in chosen]
        table.add_row(
            plain(quantity(key), MAX_NAME), *cells, f"{worst.relative:.1e}", f"{worst.array.ulps:,.0f}"
        )
    return table


def _chosen(rows: Sequence[ProbeRow]) -> list[ProbeRow]:
    """At most five probes: the first two, the last, and two evenly between."""
    if len(rows) <= 5:
        return list(rows)
    last = len(rows) - 1
    return [rows[index] for index in (0, 1, last // 3 + 1, 2 * last // 3 + 1, last)]
