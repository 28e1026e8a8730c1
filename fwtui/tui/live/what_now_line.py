"""One row of keys that fit the state of the race."""

from __future__ import annotations

from textual.content import Content

from fwtui.tui.common.line import Line
from fwtui.tui.common.model import RaceModel
from fwtui.tui.live.what_now import suggestions

_NOTHING = Content("")


class WhatNow(Line):
    """As many suggestions as there is room for."""

    def show_race(self, model: RaceModel, lane_index: int) -> None:
        """Shows what may be done next, the lane with the focus being `lane_index`."""
        found = [
            Content.assemble((key, "bold"), " ", (reason, "$dim"))
            for key, reason in suggestions(model, lane_index)
        ]
        question = Content.assemble(("What now?  ", "$dim"))
        between = Content.assemble(("  ·  ", "$dim"))
        variants = (found[:count] for count in range(len(found), 0, -1))
        self.show(*((Content.assemble(question, between.join(shown)), _NOTHING) for shown in variants))
