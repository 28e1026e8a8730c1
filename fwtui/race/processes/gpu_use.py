"""What a lane's process has of its GPU, from what the driver says of all of them."""

from __future__ import annotations

from fwtui.core.device_memory import GpuUse
from fwtui.system.gpus import Reading


def use_of(reading: Reading, pci_bus_id: str | None, pid: int) -> GpuUse:
    """The card in a slot, and what a process has of it.

    Args:
        pci_bus_id: None where the lane does not know which GPU it is on: only one can be meant then.
    """
    if reading.problem:
        return GpuUse(None, problem=reading.problem)
    if pci_bus_id is None:
        card = reading.cards[0] if len(reading.cards) == 1 else None
        problem = "which of the GPUs it is on is unknown"
    else:
        card, problem = reading.card(pci_bus_id), f"the driver shows no GPU at {pci_bus_id}"
    if card is None:
        return GpuUse(None, problem=problem)
    return GpuUse(card, card.bytes_of(pid)) if not card.problem else GpuUse(None, problem=card.problem)
