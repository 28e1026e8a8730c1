"""A list of terms with what they mean, in two columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

_TERM_CELLS, _GAP = 18, 3

Definition = tuple[str, str]
Section = tuple[str, Sequence[Definition]]
"""A heading, "" for none, and the definitions below it."""


class Definitions(Widget):
    """Shows sections of definitions; a term is aligned with the first line of its meaning."""

    DEFAULT_CSS = """
    Definitions { width: 1fr; height: auto; }
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__()
        self._sections = sections
        self._drawn: tuple[int, Content] | None = None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._text(width).plain.count("\n") + 1

    def render(self) -> Content:
        return self._text(self.content_size.width)

    def _text(self, width: int) -> Content:
        if self._drawn is None or self._drawn[0] != width:
            lines: list[Content] = []
            for heading, definitions in self._sections:
                if heading:
                    space = [Content("")] if lines else []
                    lines += [*space, Content.assemble((heading, "bold")), Content("")]
                for definition in definitions:
                    lines += _lines(*definition, width - _TERM_CELLS - _GAP)
            self._drawn = width, Content("\n").join(lines)
        return self._drawn[1]


def _lines(term: str, meaning: str, room: int) -> list[Content]:
    terms = [line for part in term.split("\n") for line in textwrap.wrap(part, _TERM_CELLS)]
    meanings = textwrap.wrap(meaning, max(room, 12))
    count = max(len(terms), len(meanings))
    terms += [""] * (count - len(terms))
    meanings += [""] * (count - len(meanings))
    return [
        Content.assemble((f"{term:>{_TERM_CELLS}}", "bold"), " " * _GAP, (meaning, "$dim"))
        for term, meaning in zip(terms, meanings, strict=True)
    ]
