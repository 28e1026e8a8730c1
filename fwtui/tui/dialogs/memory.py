"""Where the memory has gone: each lane's share of its GPU and of the machine, as bars that add up."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from fwtui.format import numbers
from fwtui.format.gpus import activity
from fwtui.measure.device_memory import CardMemory, LaneShare, card_memory
from fwtui.measure.energy import energy_per_step
from fwtui.system import gpus, memory
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.lane_colours import colour_names
from fwtui.tui.common.model import RaceModel
from fwtui.tui.dialogs.figures import FiguresDialog

_NAME_CELLS = 16
_Part = tuple[int | None, str, str]
"""Bytes, colour, and the character of which the bar is made."""


@dataclass(frozen=True)
class MachineMemory:
    """The machine's memory, in bytes; None is unknown.

    Attributes:
        total: all of it, or what the container may use.
        available: what a process can still get.
        own: fwtui's own.
        no_gpu: why there is no GPU; "" where there is one.
        gpus: names of those that there are.
    """

    total: int | None
    available: int | None
    own: int | None
    no_gpu: str = ""
    gpus: tuple[str, ...] = ()


def machine_memory() -> MachineMemory:
    """This machine's, now."""
    reading = gpus.monitor().read()
    return MachineMemory(
        memory.limit_bytes(),
        memory.free_bytes(),
        memory.resident_bytes(os.getpid()),
        reading.problem,
        tuple(card.name for card in reading.cards),
    )


class MemoryScreen(FiguresDialog):
    """Shows the memory of every lane."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,M,enter", "dismiss(None)", "Back")]
    HEADING = "Memory"
    ABOUT = "of each lane, and where the rest is"

    def text(self, cells: int) -> Content:
        """All of it, by cards and machines."""
        return memory_text(self._model, machine_memory(), cells)


def memory_text(model: RaceModel, machine: MachineMemory, cells: int) -> Content:
    """All of it: a block for each card that a lane is on, and one for each machine's memory."""
    lanes = list(zip(model.lanes, colour_names(model.lanes), strict=True))
    energy = energy_per_step(model.spec, model.histories)
    blocks = []
    for slot in dict.fromkeys(filter(None, (_slot(lane) for lane, _ in lanes))):
        on_it = [(lane, colour) for lane, colour in lanes if _slot(lane) == slot]
        blocks.append(_card(on_it, energy, cells))
    for lane, _ in lanes:
        gpu = lane.history.gpu
        if gpu is not None and gpu.card is None:
            blocks.append([Content.assemble((f"GPU of lane {lane.run.lane + 1}  ", "$dim"), gpu.problem)])
    hosts = dict.fromkeys(lane.spec.interpreter.machine for lane, _ in lanes)
    for host in hosts:
        on_it = [(lane, colour) for lane, colour in lanes if lane.spec.interpreter.machine == host]
        blocks.append(_host(host, on_it, machine, cells))
    if not any(lane.history.gpu for lane, _ in lanes):
        blocks.append([Content.assemble(("GPU  ", "$dim"), (_no_gpu(machine), "$dim"))])
    return Content("\n\n").join(Content("\n").join(block) for block in blocks)


def _slot(lane: Lane) -> str:
    """What tells the lane's card from others; "" without one."""
    gpu = lane.history.gpu
    return "" if gpu is None or gpu.card is None else f"{lane.spec.interpreter.machine} {gpu.card.pci_bus_id}"


def _no_gpu(machine: MachineMemory) -> str:
    if machine.gpus:
        return f"no lane is on it: {', '.join(machine.gpus)}"
    return machine.no_gpu or "this machine has none"


def _card(lanes: Sequence[tuple[Lane, str]], energy: Sequence[float | None], cells: int) -> list[Content]:
    found = card_memory([(lane.run.lane, lane.history) for lane, _ in lanes])
    gpu = lanes[0][0].history.gpu
    assert gpu is not None
    assert gpu.card is not None
    built = lanes[0][0].history.built
    device = built.device if built else "GPU"
    title = Content.assemble(
        (device, "bold"), f"  {gpu.card.name}  ", (f"{numbers.size(found.total)}", "$dim")
    )
    parts: list[_Part] = []
    rows = []
    for (lane, colour), share in zip(lanes, found.lanes, strict=True):
        parts += _shares(share, f"${colour}")
        rows += _rows(lane, colour, _share_figures(lane, share, energy), cells)
    parts.append((found.others, "$other", "▒"))
    rest = [_rest("others", found.others, "▒"), _rest("free", found.free)]
    lines = [Content.assemble((part, "$dim")) for part in _wrapped(activity(gpu.card), cells)]
    return [title, *lines, _bar(parts, found, cells), *rows, *rest]


def _shares(share: LaneShare, colour: str) -> list[_Part]:
    """A lane's part of a bar: in use, kept by the allocator, and the context."""
    if share.process is not None and (share.in_use is None or share.context is None):
        return [(share.process, colour, "█")]
    return [(share.in_use, colour, "█"), (share.cached, colour, "▓"), (share.context, colour, "░")]


def _share_figures(lane: Lane, share: LaneShare, energy: Sequence[float | None]) -> list[str]:
    joules = energy[lane.run.lane] if lane.run.lane < len(energy) else None
    kept = [f"cached ▓ {numbers.size(share.cached)}", f"context ░ {numbers.size(share.context)}"]
    if lane.history.memory.reserved_bytes is None:  # the allocator does not tell what it keeps
        kept = [f"cached and context ░ {numbers.size(share.context)}"]
    figures = [f"in use █ {numbers.size(share.in_use)}", *kept]
    figures.append(f"peak {numbers.size(lane.history.device_peak_bytes)}")
    return figures if joules is None else [*figures, f"{numbers.prefixed(joules * 1000)} mJ a step"]


def _host(host: str, lanes: Sequence[tuple[Lane, str]], machine: MachineMemory, cells: int) -> list[Content]:
    """The main memory of a machine; of another one than this only what the lanes have."""
    rows = []
    parts: list[_Part] = []
    shared = any(lane.history.process_memory.shared for lane, _ in lanes)
    for lane, colour in lanes:
        held = lane.history.process_memory
        figures = [f"RSS {numbers.size(held.rss_bytes)}", f"peak {numbers.size(lane.history.rss_peak_bytes)}"]
        rows += _rows(lane, colour, ["in fwtui's own process"] if held.shared else figures, cells)
        parts.append((None if held.shared else held.rss_bytes, f"${colour}", "█"))
    if host:
        return [Content.assemble((host, "bold"), ("  main memory of the lanes", "$dim")), *rows]
    title = Content.assemble(("main memory", "bold"), (f"  {numbers.size(machine.total)}", "$dim"))
    parts.append((machine.own, "$foreground", "█"))
    own = [_rest("fwtui and lanes" if shared else "fwtui", machine.own)]
    known = [size for size, _, _ in parts if size is not None]
    others = None
    if machine.total is not None and machine.available is not None:
        others = max(0, machine.total - machine.available - sum(known))
    parts.append((others, "$other", "▒"))
    whole = CardMemory(machine.total, machine.available, (), others)
    rest = [_rest("others", others, "▒"), _rest("available", machine.available)]
    return [title, _bar(parts, whole, cells), *rows, *own, *rest]


def _bar(parts: Iterable[_Part], whole: CardMemory, cells: int) -> Content:
    """Each part in its share of the cells, the rest free; nothing where the whole is unknown."""
    if not whole.total:
        return Content.assemble((f"all of it {numbers.NA}", "$dim"))
    drawn: list[tuple[str, str]] = []
    done, end = 0, 0
    for size, colour, character in parts:
        done += size or 0
        until = min(cells, round(done / whole.total * cells))
        # What is there at all is to be seen.
        until = max(until, min(cells, end + 1)) if size else until
        drawn.append((character * (until - end), colour))
        end = max(end, until)
    return Content.assemble(*drawn, ("░" * (cells - end), "$faint"))


def _rows(lane: Lane, colour: str, figures: Sequence[str], cells: int) -> list[Content]:
    """A lane and its figures, those that do not fit below."""
    badge = (f" {lane.run.lane + 1} ", f"bold $background on ${colour}")
    name = f" {lane.spec.backend:<{_NAME_CELLS - 4}}"
    first, *further = _wrapped(figures, cells - _NAME_CELLS, "  ")
    indented = [Content(" " * _NAME_CELLS + line) for line in further]
    return [Content.assemble(badge, (name, f"${colour}"), first), *indented]


def _rest(name: str, size: int | None, sign: str = "") -> Content:
    return Content.assemble((f"{f'{name} {sign}'.strip():<{_NAME_CELLS}}", "$dim"), numbers.size(size))


def _wrapped(parts: Iterable[str], cells: int, gap: str = " · ") -> list[str]:
    """Parts in as few lines as they fit in."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(gap) + len(part) <= cells:
            lines[-1] += f"{gap}{part}"
        else:
            lines.append(part)
    return lines
