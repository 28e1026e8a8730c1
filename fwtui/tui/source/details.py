"""Details of one line of source: the ops that it asked for in the logged step, by phase, and one of them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from fwtui.core.oplog import OP_PHASES, LoggedOp
from fwtui.format import numbers
from fwtui.format.ops import output, short
from fwtui.tui.source.costs import Costs
from fwtui.tui.source.sections import Source

Across = tuple[LoggedOp, Source | None]


def details(
    source: Source | None, code: str, costs: Costs, chosen: LoggedOp | None, across: Sequence[Across]
) -> Content:
    """Three lines.

    Args:
        code: the line itself.
        chosen: the op that is selected.
        across: its counterparts in the other lane, each with its line.
    """
    return Content("\n").join(
        [_where(source, code), _asked(source, costs), _op(source, costs, chosen, across)]
    )


def _where(source: Source | None, code: str) -> Content:
    if source is None:
        return Content.styled("nobody knows the line", "$dim")
    return Content.assemble((numbers.line_name(source), "bold"), "  ", code.strip())


def _asked(source: Source | None, costs: Costs) -> Content:
    cost = costs.nowhere if source is None else costs.lines.get(source)
    if not costs.total.ops:
        return Content.styled("ops n/a", "$dim")
    if cost is None or not cost.ops:
        return Content.styled("asked for no op", "$dim")
    share = costs.share(cost)
    parts = [Content.assemble((numbers.plural(len(cost.ops), "op"), "bold"), f" {numbers.duration(cost.ns)}")]
    if share is not None:
        whole = "the kernels" if costs.calls else "all"
        parts.append(Content.styled(f"{numbers.share(share)} of {whole}", "$dim"))
    for phase in OP_PHASES:
        of_phase = None if source is None else costs.phases.get((source, phase))
        if of_phase is not None:
            figures = f" {len(of_phase.ops)} · {numbers.duration(of_phase.ns)}"
            parts.append(Content.assemble((phase, f"$phase-{phase}"), figures))
    return Content("   ").join(parts)


def _op(source: Source | None, costs: Costs, chosen: LoggedOp | None, across: Sequence[Across]) -> Content:
    if chosen is None:
        return Content("")
    cost = costs.nowhere if source is None else costs.lines[source]
    which = f"{cost.ops.index(chosen.number) + 1} of {len(cost.ops)}  "
    parts = [(which, "$dim"), (short(chosen.op), "bold"), (f" {output(chosen)}", "")]
    parts.append((f"  #{chosen.number}  {numbers.duration(chosen.host_ns)}", "$dim"))
    if across:
        there, line = across[0]
        where = "" if line is None else f" {numbers.line_name(line)}"
        more = f" and {len(across) - 1} more" if across[1:] else ""
        parts += [("  ↔ ", "$dim"), (short(there.op), "bold"), (f"{where}{more}", "$dim")]
    return Content.assemble(*parts)
