"""The largest gap of each kind over time: what the chart draws, and its legend."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from textual.content import Content

from fwtui.measure.probe_gap import Key, Kind
from fwtui.tui.charts.compose import Curve, Role
from fwtui.tui.common.line import Line
from fwtui.tui.parity.heat_cells import Heat

_ROLES: dict[Kind, Role] = {"metric": "other", "state": "band", "gradient": "own", "parameter": "extra"}
_NAMES: dict[Kind, str] = {
    "metric": "loss",
    "state": "state",
    "gradient": "gradients",
    "parameter": "parameters",
}
_SIGNS: dict[Kind, str] = {"metric": "⠂⠐", "state": "⠒⠒", "gradient": "⠒⠒", "parameter": "⠒⠒"}


def curves(heat: Heat, keys: Sequence[Key]) -> list[tuple[Kind, Curve]]:
    """The largest gap of each kind at each step; of the metrics, that of the loss."""
    found: list[tuple[Kind, Curve]] = []
    for kind in _ROLES:
        mine = [(row, name) for row, (its, name) in enumerate(keys) if its == kind]
        rows = [row for row, name in mine if kind != "metric" or name == "loss"]
        if rows:
            gaps = np.fmax.reduce(heat.relative[rows], axis=0)
            found.append((kind, Curve(heat.steps, gaps, gaps, role=_ROLES[kind])))
    return found


class GapLegend(Line):
    """Names each curve in its colour."""

    def show_kinds(self, kinds: Sequence[Kind]) -> None:
        """Shows the legend of the curves of these kinds."""
        names = [Content.assemble((f"{_SIGNS[kind]} {_NAMES[kind]}", f"$kind-{kind}")) for kind in kinds]
        self.show((Content("   ").join(names), Content("")))
