"""plotext's frame stands where the raster draws; these tests fail where its API or its look changes."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from fwtui.measure.downsample import to_columns
from fwtui.tui.charts import frame
from fwtui.tui.charts.raster import draw_one


def rows_of(drawn):
    return ["".join(map(chr, row)) for row in drawn.characters]


def test_the_whole_frame():
    drawn = frame.draw(24, 6, 6, ((0, "1,000"), (3, "0")), ((0, "0"), (8, "50"), (16, "100")))
    assert rows_of(drawn) == [
        " 1,000┤                 ",
        "      │                 ",
        "      │                 ",
        "     0┤                 ",
        "      └┬───────┬───────┬",
        "       0       50    100",
    ]
    assert (drawn.left, drawn.plot_columns, drawn.plot_rows) == (7, 17, 4)
    assert drawn.lines[:5, 6].all()
    assert not drawn.lines[:, :6].any()
    assert not drawn.lines[5].any()


def test_without_an_x_axis_the_plot_reaches_down():
    drawn = frame.draw(24, 3, 6, ((0, "1"), (2, "0")), None)
    assert rows_of(drawn) == [
        "     1┤                 ",
        "      │                 ",
        "     0┤                 ",
    ]


def test_the_geometry_holds_for_every_size_and_label():
    for columns in range(0, 60, 3):
        for rows in range(0, 14):
            for labels in (((0, "1"),), ((0, "a label that is much too long"),), ()):
                for x in (None, (), ((0, "0"), (3, "5"))):
                    left, width, height = frame.plot_area(columns, rows, 7, x_axis=x is not None)
                    y = tuple(tick for tick in labels if height)
                    below = x if x is None else tuple(tick for tick in x if tick[0] < width)
                    drawn = frame.draw(columns, rows, 7, y, below)
                    assert drawn.characters.shape == (rows, columns)
                    assert (drawn.left, drawn.plot_columns, drawn.plot_rows) == (left, width, height)
                    assert (drawn.characters[:height, left:] == ord(" ")).all()
                    if left and y:
                        assert drawn.lines[:height, left - 1].all()


@pytest.mark.parametrize(("scale", "limits"), [("linear", (0.0, 900.0)), ("log", (1e-2, 1e7))])
def test_a_tick_stands_in_the_row_in_which_its_value_is_drawn(scale, limits):
    rng = np.random.default_rng(6)
    for rows in range(2, 30):
        low, high = np.log10(limits) if scale == "log" else limits
        values = rng.uniform(low, high, 5)
        values = 10**values if scale == "log" else values
        for value in values:
            ((row, _),) = frame.y_ticks([value], ["x"], rows, limits, scale)
            line = np.full(2, value)
            assert np.flatnonzero(draw_one(line, line, rows, limits, scale)[:, 0]).tolist() == [row]
            assert rows_of(frame.draw(20, rows, 5, ((row, "x"),), None))[row].startswith("    x┤")


def test_a_tick_stands_in_the_column_in_which_its_step_is_drawn():
    for step in (0, 1, 125, 250, 333, 499, 500):
        ((column, _),) = frame.x_ticks([step], ["x"], 66, (0, 500))
        values = np.ones(1)
        low, _ = to_columns(np.array([step]), values, values, (0, 500), 132)
        assert np.flatnonzero(np.isfinite(low))[0] // 2 == column
        axis = rows_of(frame.draw(74, 6, 7, ((0, "1"),), ((column, "x"),)))[4]
        assert axis[8 + column] == "┬"


def test_a_frame_is_drawn_once():
    first = frame.draw(40, 10, 7, ((0, "1"),), None)
    assert frame.draw(40, 10, 7, ((0, "1"),), None) is first
    with pytest.raises(ValueError, match="read-only"):
        first.characters[0, 0] = 1


def test_plotext_is_imported_with_the_first_frame_and_not_before():
    code = (
        "import sys; from fwtui.tui.charts import frame; assert 'plotext' not in sys.modules;"
        "frame.draw(30, 5, 5, ((0, '1'),), None); assert 'plotext' in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
