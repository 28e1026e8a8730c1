"""A race as the command that runs it without a screen."""

from __future__ import annotations

import shlex
from dataclasses import fields

from fwtui.core.value_kinds import Switch
from fwtui.race.options import OPTIONS
from fwtui.race.plan import with_interpreters
from fwtui.race.request import RaceRequest

_SWITCHES = tuple(key for key, option in OPTIONS.items() if isinstance(option.kind, Switch))
_NOT_OPTIONS = ("lanes", "sizes", "linger", "keep_training", "sample_graphs", *_SWITCHES)


def bench_command(request: RaceRequest) -> str:
    """Return `fwtui bench …` with every option in which `request` differs from the defaults."""
    request = with_interpreters(request)
    words = ["fwtui", "bench"]
    if any(lane.settings() for lane in request.lanes):
        for lane in request.lanes:
            words += ["--lane", lane.text()]
    else:
        words += ["--lanes", ",".join(lane.backend for lane in request.lanes)]
    usual = RaceRequest()
    for field in fields(request):
        value = getattr(request, field.name)
        if field.name not in _NOT_OPTIONS and value != getattr(usual, field.name):
            words += [f"--{field.name.replace('_', '-')}", value]
    for name, size in request.sizes:
        words += ["--size", f"{name}={size}"]
    words += [OPTIONS[key].flag for key in _SWITCHES if getattr(request, key)]
    return shlex.join(words)
