"""Summary of the compared probes, updated as they arrive: each is examined once."""

from __future__ import annotations

from collections.abc import Sequence

from fwtui.measure.agreement import Place, first_place
from fwtui.measure.probe_gap import Gap, Key, ProbeRow, largest


class ProbeSummary:
    """The largest gap, and the first place above the tolerance, of what proves something.

    Args:
        dtype: the least exact dtype among the lanes.

    Attributes:
        worst: step, quantity and gap; None where nothing was compared.
        place: None where they do not differ.
    """

    def __init__(self, dtype: str, tolerance: float) -> None:
        self._dtype, self._tolerance = dtype, tolerance
        self._seen: list[int] = []
        self.worst: tuple[int, Key, Gap] | None = None
        self.place: Place | None = None

    def proves(self, key: Key) -> bool:
        """Whether a gap of this quantity proves something."""
        return proves(key, self._dtype)

    def update(self, rows: Sequence[ProbeRow]) -> None:
        """Examine the new rows; `rows` is in the order of steps."""
        seen = len(self._seen)
        # A row was inserted, or old ones were dropped: start over.
        if seen and (seen > len(rows) or rows[seen - 1].step != self._seen[-1]):
            seen, self.worst, self.place = 0, None, None
        # With the last one before, from which on a first difference is dated.
        fresh = proving(rows[max(seen - 1, 0) :], self._dtype)
        self._seen = [row.step for row in rows]
        if self.place is None:
            self.place = first_place(fresh, self._tolerance)
        known = [found for found in (self.worst, largest(fresh)) if found is not None]
        self.worst = max(known, key=lambda found: found[2].relative, default=None)


def proving(rows: Sequence[ProbeRow], dtype: str) -> list[ProbeRow]:
    """`rows` without what proves nothing.

    A share of right answers jumps by a whole one where rounding decides which of two outputs is larger. So
    in float32 the metrics beside the loss prove something only at step 0, where all weights are still equal.
    """
    if dtype == "float64":
        return list(rows)
    return [
        ProbeRow(row.step, {key: g for key, g in row.gaps.items() if row.step == 0 or proves(key, dtype)})
        for row in rows
    ]


def proves(key: Key, dtype: str) -> bool:
    """Whether a gap of this quantity proves something at any step."""
    return dtype == "float64" or key[0] != "metric" or key[1] == "loss"
