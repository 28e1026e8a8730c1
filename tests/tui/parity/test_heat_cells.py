"""The heat map: colours by decade, what shares a column, where things stand."""

from __future__ import annotations

import numpy as np
import pytest
from rich.style import Style
from textual.color import Color

from fwtui.tui.common.themes import THEMES
from fwtui.tui.parity import heat_cells as heat
from fwtui.tui.parity.heat_cells import (
    EQUAL,
    INFINITE,
    LEAST_EXPONENT,
    OVER,
    WITHIN,
    Heat,
    Label,
    Layout,
    Stops,
)

TOLERANCE, EPS = 1e-4, 1.2e-7


def make(relative, steps=None, names=None):
    relative = np.atleast_2d(np.asarray(relative, np.float64))
    rows, count = relative.shape
    labels = tuple(Label(name, row) for row, name in enumerate(names or [f"w{row}" for row in range(rows)]))
    return Heat(labels, np.arange(count) if steps is None else np.asarray(steps), relative, TOLERANCE, EPS)


def drawn(shown, columns=60, rows=12, cursor=None, top=0):
    cells = heat.draw(shown, cursor, top, columns, rows)
    return ["".join(map(chr, row)) for row in cells.characters]


def within(exponent):
    return WITHIN + exponent - LEAST_EXPONENT


def over(exponent):
    return OVER + exponent - LEAST_EXPONENT


def test_an_ink_a_decade_on_each_side_of_the_tolerance():
    gaps = [0, 1e-30, 3e-16, 5e-7, 1e-4, 1.01e-4, 0.02, 1, 40, np.inf, np.nan]
    inks = [EQUAL, within(-16), within(-16), within(-7), within(-4), over(-4), over(-2), over(0), over(0)]
    assert heat.inks(np.array(gaps), TOLERANCE).tolist() == [*inks, INFINITE, heat.BLANK]


def test_what_is_above_the_tolerance_has_a_mark_at_any_width():
    gaps = np.full(40, 3e-7)
    gaps[7] = 2e-3
    for columns in (200, 100, 56, 48, 30, 20):
        row = drawn(make(gaps), columns)[0]
        assert row.count("✗") == 1, columns
    assert "✗-3" in drawn(make(gaps), 260)[0]
    assert "-7" in drawn(make(gaps), 260)[0]


def test_exponents_never_run_into_one_another():
    for columns in range(12, 120):
        row = drawn(make(np.full(20, 3e-16)), columns)[0][10:]
        assert row.split() in ([], ["-16"] * 20)


def test_steps_that_share_a_column_show_the_largest_gap():
    gaps = np.full(1000, 1e-8)
    gaps[3], gaps[997] = 0.5, np.nan
    shown = make(gaps, steps=np.arange(1000) * 10)
    layout = Layout.of(shown, 60, 12)
    assert len(layout.starts) <= 60 - layout.gutter
    assert layout.cell == 1
    assert 3 in layout.members(layout.column(3), 1000)
    assert layout.members(len(layout.starts) - 1, 1000)[-1] == 999
    row = drawn(shown, 60)[0]
    assert row.index("✗") == layout.gutter + layout.column(3)
    assert row.count("✗") == 1


def test_a_long_run_is_drawn_whole_with_its_newest_step_on_the_right():
    shown = make(np.full(18, 1e-8), steps=[2**i for i in range(18)])
    lines = drawn(shown, 120)
    assert lines[1].split()[0] == "1"
    assert lines[1].split()[-1] == "131,072"


def test_the_cursors_step_is_always_named():
    shown = make(np.full(50, 1e-8), steps=np.arange(50) * 1000)
    for step in range(50):
        cells = heat.draw(shown, (0, step), 0, 70, 12)
        chosen = "".join(map(chr, cells.characters[1][cells.inks[1] == heat.CHOSEN]))
        layout = Layout.of(shown, 70, 12)
        assert chosen == f"{int(layout.starts[layout.column(step)]) * 1000:,}"


def test_more_quantities_than_rows_are_counted():
    shown = make(np.full((60, 3), 1e-8))
    lines = drawn(shown, rows=20, top=5)
    assert lines[0].startswith(" w5 ")
    below = next(line for line in lines if "↑" in line)
    assert below.split()[:2] == ["↑5", "↓38"]


def test_a_long_name_keeps_its_end():
    lines = drawn(make([[1e-8]], names=["model.decoder.block.0.attention.query.weight"]), 60)
    assert lines[0].split()[0].startswith("…")
    assert lines[0].split()[0].endswith("query.weight")


def test_headings_have_no_cells():
    shown = Heat((Label("gradients", None), Label("w", 0)), np.arange(2), np.ones((1, 2)), TOLERANCE, EPS)
    lines = drawn(shown)
    assert lines[0].split() == ["gradients"]
    assert lines[1].split() == ["w", "✗0", "✗0"]


@pytest.mark.parametrize("columns", [1, 7, 24, 60, 200])
@pytest.mark.parametrize("rows", [1, 2, 7, 8, 30])
def test_any_size_can_be_drawn(columns, rows):
    shown = make(np.full((9, 30), 1e-5))
    cells = heat.draw(shown, (8, 29), 0, columns, rows)
    styles = [Style()] * heat.INKS
    assert all(heat.strip(cells, row, styles).cell_length == columns for row in range(rows))


def test_nothing_is_drawn_of_no_steps():
    assert set("".join(drawn(make(np.empty((2, 0)))))) == {" "}


def contrast(a, b):
    """The ratio of relative luminances, as the W3C's accessibility guidelines define it."""
    low, high = sorted(luminance(colour) for colour in (a, b))
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_colours_break_at_the_tolerance_and_can_be_read(theme):
    names = ("faint", "eps", "tolerance", "over", "far")
    styles = heat.palette(
        Stops(*(Color.parse(theme.variables[f"heat-{name}"]) for name in names)), EPS, TOLERANCE
    )
    assert len(styles) == heat.INKS - WITHIN
    ground = [Color.from_rich_color(style.bgcolor) for style in styles]
    text = [Color.from_rich_color(style.color) for style in styles]
    assert min(contrast(a, b) for a, b in zip(ground, text, strict=True)) > 3
    scale = [ground[within(exponent) - WITHIN].brightness for exponent in range(-16, -4)]
    assert scale == sorted(scale, reverse=not theme.dark)
    below, above = ground[within(-5) - WITHIN], ground[over(-4) - WITHIN]
    assert below.b > below.r
    assert above.r > above.b
