"""What the functions of the Python API return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType

from fwtui.api.html import as_html
from fwtui.cli import forward as forward_table
from fwtui.cli import graph_output, ops_output, parity_table, result_table
from fwtui.core.graph import Graph, NoGraph
from fwtui.core.records import OpsLogged
from fwtui.parity import report as parity_report
from fwtui.parity import words
from fwtui.parity.finding import Finding
from fwtui.parity.forward import report as forward_report
from fwtui.parity.forward import words as forward_words
from fwtui.parity.forward.finding import ForwardFinding
from fwtui.session.probe_report import rows
from fwtui.session.report import report
from fwtui.session.run import Result

_WIDTH = 160
"""Cells of a table of ops."""


class Shown:
    """Shows a result in a terminal, by Rich, and in a notebook."""

    def __rich__(self) -> RenderableType:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return as_html(self.__rich__())


@dataclass(frozen=True, repr=False)
class RaceResult(Shown):
    """A race of one to four lanes.

    Attributes:
        same: whether the lanes agree; None where that could not be judged.
        faster: the number of the faster lane, from 1; None where it is unknown or uncertain.
        ratio: how many times as fast it is as the slowest; None where that is unknown or withheld.
        outcomes: how each lane ended: done, stopped, diverged or failed.
    """

    same: bool | None
    faster: int | None
    ratio: float | None
    outcomes: tuple[str, ...]
    _result: Result = field(compare=False)

    @classmethod
    def of(cls, result: Result) -> RaceResult:
        """Return what `result` comes to."""
        speed = result.speed
        known = speed is not None and speed.ratio is not None and speed.ratio.certain
        return cls(
            same=result.same.same,
            faster=speed.faster + 1 if speed is not None and known else None,
            ratio=speed.ratio.value if speed is not None and speed.ratio is not None and known else None,
            outcomes=tuple(outcome or "running" for outcome in result.outcomes),
            _result=result,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what `fwtui bench --json` writes."""
        result = self._result
        whole = report(result.spec, result.lanes, result.gap, result.same, result.speed, result.probes)
        return {**whole, "probes": rows(result.probes)}

    def __rich__(self) -> RenderableType:
        return result_table.render(self._result)

    def __repr__(self) -> str:
        return f"RaceResult(same={self.same}, faster={self.faster}, ratio={self.ratio})"


@dataclass(frozen=True, repr=False)
class ParityResult(Shown):
    """Whether two to four lanes compute the same.

    Attributes:
        same: None where that could not be judged.
        verdict: the answer, with what it rests on.
        where: the first place that differs, a line each; empty where there is none.
        not_compared: what the verdict does not rest on, and why.
    """

    same: bool | None
    verdict: str
    where: tuple[str, ...]
    not_compared: tuple[str, ...]
    _finding: Finding = field(compare=False)

    @classmethod
    def of(cls, finding: Finding) -> ParityResult:
        """Return what `finding` comes to."""
        return cls(
            finding.same,
            words.verdict(finding),
            tuple(words.where(finding)),
            tuple(words.not_compared(finding)),
            finding,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what `fwtui parity --json` writes."""
        return parity_report.report(self._finding)

    def __rich__(self) -> RenderableType:
        return parity_table.render(self._finding)

    def __repr__(self) -> str:
        return f"ParityResult(same={self.same}, verdict={self.verdict!r})"


@dataclass(frozen=True, repr=False)
class ForwardResult(Shown):
    """Whether two models give the same in evaluation mode.

    Attributes:
        same: None where that could not be judged.
        verdict: the answer, with how far they are apart.
        where: the first place that differs, a line each; empty where there is none.
    """

    same: bool | None
    verdict: str
    where: tuple[str, ...]
    _finding: ForwardFinding = field(compare=False)

    @classmethod
    def of(cls, finding: ForwardFinding) -> ForwardResult:
        """Return what `finding` comes to."""
        where = tuple(forward_words.where(finding))
        return cls(finding.same, forward_words.verdict(finding), where, finding)

    def to_dict(self) -> dict[str, Any]:
        """Return what `fwtui parity --forward --json` writes."""
        return forward_report.report(self._finding)

    def __rich__(self) -> RenderableType:
        return forward_table.render(self._finding)

    def __repr__(self) -> str:
        return f"ForwardResult(same={self.same}, verdict={self.verdict!r})"


@dataclass(frozen=True, repr=False)
class GraphResult(Shown):
    """The graphs of one backend's step.

    Attributes:
        graphs: those that were captured.
        missing: those that could not be, each with its reason.
    """

    graphs: tuple[Graph, ...]
    missing: tuple[NoGraph, ...]
    _result: Result = field(compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return what `fwtui graph --json` writes."""
        return graph_output.report(self._result, (*self.graphs, *self.missing))

    def __rich__(self) -> RenderableType:
        captured: list[Graph | NoGraph] = [*self.graphs, *self.missing]
        pages = (graph_output.page(one, "tree", every_node=False) for one in captured)
        return Group(*pages, *result_table.failures(self._result))

    def __repr__(self) -> str:
        kinds = ", ".join(f"{one.kind}: {len(one.nodes)} nodes" for one in self.graphs)
        why = " ".join(map(str, result_table.failures(self._result)))
        return f"GraphResult({kinds or why})"


@dataclass(frozen=True, repr=False)
class OpsResult(Shown):
    """One step of one or two backends, op by op.

    Attributes:
        logs: one for each backend; None where it could not be logged.
    """

    logs: tuple[OpsLogged | None, ...]
    _result: Result = field(compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return what `fwtui ops --json` writes."""
        return ops_output.report(self._result, self.logs)

    def __rich__(self) -> RenderableType:
        pages = ops_output.pages(self._result, self.logs, "log", None, _WIDTH)
        return Group(*pages, *result_table.failures(self._result))

    def __repr__(self) -> str:
        counts = ", ".join("none" if one is None else f"{len(one.log.ops)} ops" for one in self.logs)
        why = " ".join(map(str, result_table.failures(self._result)))
        return f"OpsResult({counts}{why and f': {why}'})"
