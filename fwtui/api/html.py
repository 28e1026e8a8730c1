"""Rich renderables as HTML, for notebooks."""

from __future__ import annotations

from html import escape

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text


def as_html(renderable: RenderableType) -> str:
    """Return tables as `<table>`, and text as paragraphs."""
    if isinstance(renderable, Group):
        return "".join(map(as_html, renderable.renderables))
    if isinstance(renderable, Table):
        return _table(renderable)
    text = _text(renderable)
    return f"<p>{text}</p>" if text else ""


def _table(table: Table) -> str:
    heads = "".join(f"<th>{_text(column.header)}</th>" for column in table.columns)
    columns = [list(column.cells) for column in table.columns]
    rows = ("".join(f"<td>{_text(cell)}</td>" for cell in row) for row in zip(*columns, strict=True))
    head = f"<thead><tr>{heads}</tr></thead>" if table.show_header else ""
    return f"<table>{head}<tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"


def _text(cell: RenderableType) -> str:
    plain = cell.plain if isinstance(cell, Text) else str(cell)
    return escape(plain).replace("\n", "<br>")
