"""Progress or finding of a parity check: the verdict, the float64 truth, and the first difference."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text
from textual.content import Content
from textual.widgets import Static

from fwtui.format.numbers import NA, line_name, line_text
from fwtui.parity import words
from fwtui.parity.finding import Finding
from fwtui.tui.common.parity_job import ParityJob

_SIGNS = {True: ("✓ ", "success"), False: ("✗ ", "error"), None: ("", "warning")}

_TRACEBACK = ("; traceback in the log (l)", "$dim")


class FindingPanel(Static):
    """Show a check: the offer to start it, its progress, its finding."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: tuple[object, str] = (None, "")

    def show(self, checking: ParityJob | None, comparable: bool, tight: bool, reason: str = "") -> None:
        """Show the state of the check.

        Args:
            comparable: whether there is anything to check.
            tight: whether there is one line only until there is a finding.
            reason: why the race cannot be judged, shown in full; "" where it can.
        """
        if checking is not None and checking.finding is not None:
            shown: tuple[object, str] = (checking, self.app.theme)
            if shown != self._shown:
                self._shown = shown
                self.update(_finding(checking.finding, self.app.theme_variables))
            return
        progress = _progress(checking, comparable, tight, reason)
        shown = (progress.markup, "")
        if shown != self._shown:
            self._shown = shown
            self.update(progress)


def _progress(checking: ParityJob | None, comparable: bool, tight: bool, reason: str) -> Content:
    """Return what the check is doing, or would do."""
    if checking is not None and checking.running:
        return Content.assemble((f"◌ {checking.progress}", "$warning"), "   esc", (" cancels", "$dim"))
    if checking is not None and checking.failure:
        return Content.assemble(("✗ the check itself failed: ", "bold $error"), checking.failure, _TRACEBACK)
    if reason:
        return Content.assemble(("could not be judged: ", "bold $warning"), reason)
    if not comparable:
        return Content.assemble(("nothing to check", "$dim"))
    offer = (" finds what differs first, and tells rounding from a bug", "$dim")
    more = "; the lanes wait while it trains"
    return Content.assemble(("f", "bold"), offer, ("" if tight else more, "$dim"))


def _finding(finding: Finding, colours: Mapping[str, str]) -> Table:
    """Return the finding as a table, a row for each fact."""
    sign, colour = _SIGNS[finding.same]
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style=colours["dim"], no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("checked", Text.assemble((sign, f"bold {colours[colour]}"), words.verdict(finding)))
    table.add_row("over", Text(words.compared(finding)))
    if (truth := words.truth(finding)) is not None:
        table.add_row("float64 truth", Text(truth))
    if finding.aside:
        table.add_row("set aside", Text(finding.aside))
    for number, line in enumerate(words.not_compared(finding)):
        table.add_row("" if number else "not compared", Text(line))
    for number, line in enumerate(words.where(finding)):
        table.add_row("" if number else "where first", Text(line))
    if finding.op is not None and finding.place is not None:
        lanes = (1, finding.place.gap.lane + 1)
        for lane, op in zip(lanes, (finding.op.a, finding.op.b), strict=True):
            if op is not None and op.source is not None:
                table.add_row(f"lane {lane}", _source(op.source))
    return table


def _source(source: tuple[str, int]) -> Text:
    """Return the line of source that asked for an op, with its text from the file."""
    return Text.assemble(f"{line_name(source)}  ", (line_text(source) or NA, "bold"))
