"""A lane's source as lines: headings that say when it runs, code, and behind it what it asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pygments.lexers import PythonLexer
from pygments.token import Token
from rich.cells import cell_len, set_cell_size

from fwtui.format import numbers
from fwtui.tui.source.costs import Cost, Costs
from fwtui.tui.source.sections import Running, Section, Source
from fwtui.tui.source.text import Piece

Span = tuple[str, str]
"""A piece of a line, and its style's name."""

_BAR, _SHORT_BAR = 5, 3
_ROOM_FOR_BARS = 70
_PARTS = "▏▎▍▌▋▊▉█"
_STYLES = (
    (Token.Comment, "comment"),
    (Token.Literal.String.Doc, "comment"),
    (Token.Literal.String, "string"),
    (Token.Literal.Number, "value"),
    (Token.Keyword.Constant, "value"),
    (Token.Keyword, "keyword"),
    (Token.Operator.Word, "keyword"),
    (Token.Name.Function, "function"),
    (Token.Name.Class, "function"),
    (Token.Name.Decorator, "keyword"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the page: a heading, a line of code, or neither.

    Attributes:
        section: the heading's; None for any other line.
        source: the file and the number of a line of code, which `spans` are.
        note: what is said instead.
    """

    section: Section | None = None
    source: Source | None = None
    spans: tuple[Span, ...] = ()
    note: str = ""


class SourcePage:
    """Everything that a lane's step is made of, from the net on.

    Args:
        costs: what the lines asked for.
        running: which sections run now.
    """

    def __init__(self, sections: Sequence[Section], costs: Costs, running: Running) -> None:
        self._costs, self._running = costs, running
        self.rows = list(_rows(sections))
        self._places = {row.source: place for place, row in enumerate(self.rows) if row.source is not None}
        self._code = sorted(self._places.values())
        most = max((source[1] for source in self._places), default=0)
        self._digits = len(str(most))
        shown = [costs.lines[source] for source in self._places if source in costs.lines]
        # As wide as their content: the remaining room is for code.
        self._ops = max((len(str(len(cost.ops))) for cost in shown), default=0)
        self._time = max((len(numbers.duration(cost.ns)) for cost in shown), default=0)

    def __len__(self) -> int:
        return len(self.rows)

    def head(self) -> tuple[str, str]:
        """Return the heads of the line numbers and of the costs."""
        return "line", "ops  time  share" if self._ops else ""

    def line(self, row: int, width: int) -> Sequence[Span]:
        """One line, of `width` cells or fewer."""
        shown = self.rows[row]
        if shown.section is not None:
            return self._heading(shown.section, width)
        if shown.source is None:
            return [(_cut(" " * (self._digits + 2) + shown.note, width), "comment")]
        number = f"{shown.source[1]:>{self._digits}}  "
        cost = self._costs.lines.get(shown.source)
        figures = [] if cost is None else self._cost(cost, _BAR if width >= _ROOM_FOR_BARS else _SHORT_BAR)
        room = width - len(number) - sum(len(text) for text, _ in figures)
        code = _fitted(shown.spans, room)
        left = (" " * (room - sum(cell_len(text) for text, _ in code)), "code")
        return [(number, "number"), *code, left, *figures]

    def row_of(self, source: Source | None) -> int | None:
        """Where a line of source is; None where it is not."""
        return None if source is None else self._places.get(source)

    def first(self) -> int | None:
        """The first line that asked for an op; where none did, the first line of code."""
        asking = [row for row in self._code if self.rows[row].source in self._costs.lines]
        return next(iter([*asking, *self._code]), None)

    def moved(self, row: int | None, by: int) -> int | None:
        """Return the line of code that is `by` lines further down."""
        if not self._code:
            return None
        at = self._code.index(row) if row in self._code else 0
        return self._code[min(max(at + by, 0), len(self._code) - 1)]

    def found(self, text: str) -> list[int]:
        """The lines of code that hold `text`, in any case."""
        wanted = text.casefold()
        return [row for row in self._code if wanted in self.code(row).casefold()]

    def code(self, row: int) -> str:
        """A line of code as text."""
        return "".join(text for text, _ in self.rows[row].spans)

    def _heading(self, section: Section, width: int) -> list[Span]:
        live = section in self._running.sections
        when = f" {self._running.describe(section)}" if section.when else ""
        title = _cut(section.title, max(width - cell_len(when) - 3, 1))
        rule = "─" * max(width - cell_len(title) - cell_len(when) - 1, 0)
        return [(f"{title} ", "heading"), (rule, "rule"), (when, "live" if live else "when")]

    def _cost(self, cost: Cost, bar_cells: int) -> list[Span]:
        return [
            (f" {len(cost.ops):>{self._ops}}", "code"),
            (f" {numbers.duration(cost.ns):>{self._time}} ", "number"),
            (bar(self._costs.share(cost), bar_cells), "bar"),
        ]


def bar(share: float | None, cells: int) -> str:
    """Return a share as a bar of `cells` cells; a share above 0 is always visible."""
    eighths = 0 if not share else max(round(min(share, 1) * cells * len(_PARTS)), 1)
    whole, rest = divmod(eighths, len(_PARTS))
    return (_PARTS[-1] * whole + (_PARTS[rest - 1] if rest else "")).ljust(cells)


def _rows(sections: Sequence[Section]) -> Iterator[Row]:
    for number, section in enumerate(sections):
        if number:
            yield Row()
        yield Row(section)
        if section.problem:
            yield Row(note=section.problem)
        for place, piece in enumerate(section.pieces):
            if place:
                yield Row()
            owner = _owner(piece)
            if owner and not (place and owner == _owner(section.pieces[place - 1])):
                yield Row(note=f"class {owner}")
            for line, spans in enumerate(_highlighted(piece), piece.first):
                yield Row(source=(str(section.path), line), spans=spans)


def _owner(piece: Piece) -> str:
    """The class of a method."""
    return piece.name.rpartition(".")[0]


@lru_cache(maxsize=256)
def _highlighted(piece: Piece) -> tuple[tuple[Span, ...], ...]:
    """Each line of a piece in its parts."""
    lines: list[list[Span]] = [[]]
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    for token, text in lexer.get_tokens("\n".join(piece.lines)):
        style = next((name for kind, name in _STYLES if token in kind), "code")
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append((part, style))
    return tuple(map(tuple, lines))


def _fitted(spans: Sequence[Span], width: int) -> list[Span]:
    """As much of a line as there is room for, with a sign where it goes on."""
    if sum(cell_len(text) for text, _ in spans) <= width:
        return list(spans)
    fitted: list[Span] = []
    room = width - 1
    for text, style in spans:
        part = text if cell_len(text) <= room else set_cell_size(text, max(room, 0))
        fitted.append((part, style))
        room -= cell_len(part)
        if room <= 0:
            break
    return [*fitted, ("…", "comment")]


def _cut(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, max(width - 1, 0)) + "…"
