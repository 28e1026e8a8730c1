"""What a GPU does, in words."""

from __future__ import annotations

from fwtui.core.gpu import Card
from fwtui.format import numbers


def activity(card: Card) -> list[str]:
    """How busy it is, its power, temperature and clock, and what slows it; in the order of their worth."""
    power = numbers.NA if card.power_w is None else f"{card.power_w:.0f}"
    limit = "" if card.power_limit_w is None else f" of {card.power_limit_w:.0f}"
    heat = numbers.NA if card.temperature_c is None else f"{card.temperature_c}"
    clock = numbers.NA if card.clock_mhz is None else f"{card.clock_mhz:,}"
    most = "" if card.max_clock_mhz is None else f" of {card.max_clock_mhz:,}"
    parts = [
        f"{numbers.share(card.utilization)} busy",
        f"{power}{limit} W",
        f"{heat} °C",
        f"{clock}{most} MHz",
    ]
    return [*parts, slowed(card)]


def slowed(card: Card) -> str:
    """What keeps its clock down."""
    if card.throttled is None:
        return f"throttled {numbers.NA}"
    return f"throttled: {', '.join(card.throttled)}" if card.throttled else "not throttled"
