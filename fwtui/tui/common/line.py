"""One line of text with a left and a right part, drawn again only when it changes."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

Sides = tuple[Content, Content]


class Line(Widget):
    """Shows what it is handed. Numbers come several times a second, and most often the same ones."""

    DEFAULT_CSS = """
    Line { width: 1fr; height: 1; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._variants: tuple[Sides, ...] = ()

    @property
    def plain(self) -> str:
        """The widest variant as text."""
        return " ".join(part.plain for part in self._variants[0] if part.plain) if self._variants else ""

    def show(self, *variants: Sides) -> None:
        """Shows the first of `variants` that fits the width; the last one, cut, where none does.

        Args:
            variants: (left, right) pairs, the widest first.
        """
        if not _same(variants, self._variants):
            self._variants = variants
            self.refresh()

    def render(self) -> Content:
        width = self.size.width
        if not self._variants:
            return Content("")
        left, right = next((sides for sides in self._variants if _width(sides) <= width), self._variants[-1])
        room = max(width - right.cell_length - (1 if right.cell_length else 0), 0)
        left = left.truncate(room, ellipsis=True)
        return Content.assemble(left, " " * max(width - left.cell_length - right.cell_length, 0), right)


def _width(sides: Sides) -> int:
    left, right = sides
    return left.cell_length + right.cell_length + (2 if right.cell_length else 0)


def _same(new: Sequence[Sides], old: Sequence[Sides]) -> bool:
    if len(new) != len(old):
        return False
    return all(
        a.is_same(b) for ours, theirs in zip(new, old, strict=True) for a, b in zip(ours, theirs, strict=True)
    )
