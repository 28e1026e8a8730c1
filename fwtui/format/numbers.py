"""Numbers and states in the few words that the screen has room for. What is unknown is `n/a`."""

from __future__ import annotations

import linecache
import math
from collections.abc import Sequence
from pathlib import Path

from fwtui.core.outcome import Ended
from fwtui.core.records import Compiled, Phase
from fwtui.core.text import place, plain

NA = "n/a"

PHASES: dict[Phase, str] = {
    "spawn": "starting",
    "import": "importing",
    "build": "building",
    "trace": "tracing",
    "compile": "compiling",
    "warm-up": "warming up",
    "steady": "steady",
}


def duration(ns: float | None) -> str:
    """`201 µs`, `3.42 ms`, `1.5 s`, `2:05`."""
    if ns is None:
        return NA
    if ns < 999.5e3:
        return f"{ns / 1e3:,.3g} µs"
    if ns < 999.5e6:
        return f"{ns / 1e6:,.3g} ms"
    if ns < 60e9:
        return f"{ns / 1e9:.2f} s" if ns < 10e9 else f"{ns / 1e9:.1f} s"
    return clock(ns / 1e9)


def rate(a_second: float | None) -> str:
    """Three figures at least: `2,341`, `31.2`, `0.513`."""
    if a_second is None:
        return NA
    return f"{a_second:,.0f}" if a_second >= 100 else f"{a_second:.3g}"


def clock(seconds: float | None) -> str:
    """`0:04`, `12:05`, `3:12:05`."""
    if seconds is None:
        return NA
    minutes, second = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def loss(value: float | complex | None) -> str:
    """Five figures: `309.65`, `3.0965e+07`, `1.2346e-06`, `1.2+0.3j`."""
    if value is None:
        return NA
    if isinstance(value, complex):
        return f"{value:.5g}"
    size = abs(value)
    if size != size or size in (float("inf"),):
        return str(value)
    return f"{value:.4e}" if size >= 1e5 or 0 < size < 1e-3 else f"{value:.5g}"


def size(byte_count: float | None) -> str:
    """`512 MB`, with decimal prefixes."""
    return NA if byte_count is None else prefixed(byte_count, "B") if byte_count else "0 B"


def prefixed(value: float, unit: str = "") -> str:
    """`value` with a decimal prefix and at most three figures: `2 MB`, `1.25 GB`, `500 k`; 0 is plain `0`."""
    if value == 0:
        return "0"
    exponent = min(max(math.floor(math.log10(abs(value)) / 3), 0), 5)
    number = f"{value / 1000**exponent:.3g}"
    if number in ("1e+03", "-1e+03") and exponent < 5:
        exponent, number = exponent + 1, number[:-4]
    return f"{number} {' kMGTP'[exponent].strip()}{unit}".rstrip()


def count(number: int | None) -> str:
    """`101,000`."""
    return NA if number is None else f"{number:,}"


def gap(value: float | None) -> str:
    """Return a gap as text: `2.1e-06`; `0` for exact agreement, `∞` where no finite number describes it."""
    if value is None:
        return NA
    return "∞" if math.isinf(value) else f"{value:.1e}" if value else "0"


def magnitude(value: float) -> str:
    """What a gap is relative to: `0.318`, `2.9e+07`."""
    return f"{value:.3g}" if math.isfinite(value) else NA


def exact(value: float | complex, dtype: str) -> str:
    """A number in as many figures as tell it from its neighbours: `0.0123456791`."""
    return f"{value:.{17 if dtype == 'float64' else 9}g}"


def ulps(number: float) -> str:
    """A count of units in the last place: `12`, `0.5`, `1.2e+07`, `∞`."""
    if math.isinf(number):
        return "∞"
    return f"{number:.1e}" if number >= 1e6 else f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def index(place: tuple[int, ...]) -> str:
    """Where in an array: `[3, 17]`; a scalar has no place."""
    return f"[{', '.join(map(str, place))}]" if place else ""


def outcome(ended: Ended) -> str:
    """How a lane ended, in one word."""
    return {"done": "done", "stopped": "stopped", "diverged": "diverged", "failed": "failed"}[ended.outcome]


def plural(number: int, noun: str) -> str:
    """`1 trace`, `2 traces`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def compilations(compiled: Sequence[Compiled]) -> str:
    """`no trace`, `1 trace`, `3 compilations`: how often the step was built, traced or compiled."""
    if not compiled:
        return "no trace"
    kind = compiled[-1].kind.removeprefix("re")
    return plural(len(compiled), {"build": "graph build", "compile": "compilation"}.get(kind, kind))


def share(part: float | None) -> str:
    """`34 %` for 0.34."""
    return NA if part is None else f"{part * 100:.0f} %"


def shares(between: tuple[float | None, float] | None) -> str:
    """`12 – 34 %`, from two shares between 0 and 1; `≤ 34 %` where the lower one is not known."""
    if between is None:
        return NA
    low, high = (None if share is None else f"{100 * share:.0f}" for share in between)
    if low is None:
        return f"≤ {high} %"
    return f"{low} %" if low == high else f"{low} – {high} %"


def line_name(source: tuple[str, int]) -> str:
    """`net_torch.py:18`."""
    return plain(place(Path(source[0]), source[1]))


def line_text(source: tuple[str, int]) -> str:
    """Return the current text of a line of a file; "" where it cannot be read here."""
    linecache.checkcache(source[0])  # a user's file may be another one by now
    return plain(linecache.getline(*source))
