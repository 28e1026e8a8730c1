"""From compared probes to what the heat map takes: an array of gaps, with a name for each row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fwtui.measure.probe_gap import Key, Kind, ProbeRow
from fwtui.tui.parity.heat_cells import Heat, Label

HEADINGS: dict[Kind, str] = {
    "metric": "",
    "evaluation": "in evaluation mode",
    "state": "state",
    "gradient": "gradients",
    "parameter": "parameters",
}
"""By kind, in the order of the rows."""


class GapTable:
    """The gaps of all probed steps as one array, which grows as probes are compared.

    Attributes:
        keys: its rows: metrics, then state, gradients and parameters, each in the network's order.
    """

    def __init__(self) -> None:
        self.keys: tuple[Key, ...] = ()
        self._columns: dict[int, NDArray[np.float64]] = {}

    def heat(self, rows: Sequence[ProbeRow], tolerance: float, eps: float) -> Heat:
        """What the heat map shows of `rows`; only those that are new are looked through."""
        new = [row for row in rows if row.step not in self._columns]
        found = {key: None for row in new for key in row.gaps if key not in self.keys}
        if found:
            known = dict.fromkeys((*self.keys, *found))
            self.keys = tuple(key for kind in HEADINGS for key in known if key[0] == kind)
            new = list(rows)
        for row in new:
            gaps = [row.gaps[key].relative if key in row.gaps else np.nan for key in self.keys]
            self._columns[row.step] = np.array(gaps, np.float64)
        steps = np.array([row.step for row in rows], np.int64)
        columns = [self._columns[row.step] for row in rows]
        relative = np.stack(columns, axis=1) if columns else np.empty((len(self.keys), 0))
        return Heat(self._labels(), steps, relative, tolerance, eps)

    def _labels(self) -> tuple[Label, ...]:
        labels: list[Label] = []
        kind = None
        for row, key in enumerate(self.keys):
            if key[0] != kind and HEADINGS[key[0]]:
                labels.append(Label(HEADINGS[key[0]], None))
            kind = key[0]
            labels.append(Label(key[1], row))
        return tuple(labels)
