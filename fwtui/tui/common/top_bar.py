"""The first row: what is trained, from which weights and data, where, and how far it is."""

from __future__ import annotations

from textual.content import Content

from fwtui.core.text import plain
from fwtui.format import numbers
from fwtui.tui.common.continuation import LIMIT_S
from fwtui.tui.common.line import Line
from fwtui.tui.common.model import RaceModel
from fwtui.workloads import catalogue as workloads

_BAR_CELLS = 20
_LEFT_CELLS = len("59:59 left")


class TopBar(Line):
    """One row about the race as a whole."""

    def show_race(self, model: RaceModel) -> None:
        """Show the present state of the race."""
        spec = model.spec.lanes[0]
        seed, rate = f"seed {spec.seed}", spec.update_text
        name = Content.assemble(
            (" fwtui ", "bold $background on $foreground"),
            "  ",
            (workloads.title(spec.workload.name), "bold"),
        )
        about = f" {model.shape()} · {rate} · {spec.dtype} · {seed}"
        if model.inspecting is not None:
            file, seconds = model.inspecting
            looking = (f"  looking at {plain(file)}, {seconds:.0f} s", "$warning")
            end = ("   esc leaves things as they are", "$dim")
            name = Content.assemble((" fwtui ", "bold $background on $foreground"), looking)
            self.show((Content.assemble(name, end), Content("")), (name, Content("")))
            return
        hashes = Content.assemble(("   weights ", "$dim"), *_hash(model, "weights_sha256"))
        hashes = Content.assemble(hashes, ("  data ", "$dim"), *_hash(model, "data_sha256"))
        settings = "".join(f" · {word}" for word in spec.device_settings.words)
        place = Content.assemble(f"   {_devices(model)}{settings} · {_schedule(model)}")
        progress = _progress(model, _BAR_CELLS)
        short = _progress(model, 8)
        nothing = Content("")
        self.show(
            (Content.assemble(name, (about, "$dim"), hashes, place), progress),
            (Content.assemble(name, (about, "$dim"), hashes, place), short),
            (Content.assemble(name, (about, "$dim"), place), short),
            (Content.assemble(name, (f" {model.shape()}", "$dim"), place), short),
            (Content.assemble(name, place), short),
            (name, short),
            (name, nothing),
        )


def _hash(model: RaceModel, field: str) -> tuple[tuple[str, str], ...]:
    """The first signs of the hash that all lanes share, or both that differ."""
    hashes = list(dict.fromkeys(getattr(h.built, field) for h in model.histories if h.built is not None))
    if not hashes:
        return ((numbers.NA, "$dim"),)
    if len(hashes) == 1:
        return ((hashes[0][:4], "$success"),)
    return ((" ≠ ".join(one[:4] for one in hashes), "bold $error"),)


def _devices(model: RaceModel) -> str:
    """Where the lanes really are; before that is known, what was asked for."""
    built = [lane.history.built.device for lane in model.lanes if lane.history.built is not None]
    return " ".join(dict.fromkeys(built or [lane.spec.device for lane in model.lanes]))


def _schedule(model: RaceModel) -> str:
    """Who may step when, and where."""
    parts: list[str] = [model.spec.schedule] if len(model.lanes) > 1 else []
    parts += ["threads"] if model.spec.host == "thread" else []
    pace = model.spec.lanes[0].pace
    return " · ".join([*parts, *([f"paced {pace:g}/s"] if pace else [])]) or "alone"


def _progress(model: RaceModel, cells: int) -> Content:
    """Steps that every lane has done, as numbers and as a bar, and the time left."""
    able = [lane.history.steps for lane in model.lanes if not lane.over]
    done = min(able) if able else max(history.steps for history in model.histories)
    compared = model.compared_steps
    if model.training_left_s is not None and compared is not None and done >= compared:
        return _bar(f"{done:,} steps", 1 - model.training_left_s / LIMIT_S, cells, model.training_left_s)
    # A lane that was restarted has the preset's steps to do, however many the others have done.
    total = model.steps_total() if compared is None or done >= compared else compared
    over = all(history.ended is not None for history in model.histories)
    return _bar(f"{done:,}/{total:,}", done / total, cells, None if over else model.seconds_left(), over)


def _bar(text: str, share: float, cells: int, left_s: float | None, is_over: bool = False) -> Content:
    filled = round(2 * cells * share)
    bar = "━" * (filled // 2) + ("╸" if filled % 2 else "")
    left = "" if is_over else numbers.NA if left_s is None else f"{numbers.clock(left_s)} left"
    return Content.assemble(
        (f"{text} ", ""),
        (bar, "$success"),
        ("─" * (cells - len(bar)), "$faint"),
        (f" {left:>{_LEFT_CELLS}}", "$dim"),
    )
