"""Which line of the net, or of the step, asked for an op, and in which function of the net."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from types import FrameType

from fwtui.backends.logbook import Source, in_library, in_net

Frame = tuple[str, int, str]
"""A file, a line in it, and the function that the line stands in."""

_TRACED = re.compile(r'File "(.+)", line (\d+), in (\S+)')


def live(frame: FrameType | None) -> list[Frame]:
    """The frames that now run, from `frame` outwards, outermost first."""
    frames: list[Frame] = []
    while frame is not None:
        frames.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return frames[::-1]


def written(traceback: str) -> list[Frame]:
    """The frames of a traceback that was kept as text, outermost first."""
    return [(file, int(line), function) for file, line, function in _TRACED.findall(traceback)]


def origin(frames: Sequence[Frame]) -> tuple[Source | None, str]:
    """The innermost line that stands in no library, and the scope: the net's functions on the way to it.

    The outermost of them is the loss function itself: what stands in it has the scope "", and what stands in
    a function `attention` that is called from there has the scope `attention`.
    """
    own = [frame for frame in reversed(frames) if not in_library(frame[0])]
    # Outside the step, around the net's lines, are those of whoever runs it.
    net = list(takewhile(lambda frame: in_net(frame[:2]), own))[::-1]
    names = [name for _, _, name in net if not name.startswith("<")]
    return own[0][:2] if own else None, "/".join(names[1:])
