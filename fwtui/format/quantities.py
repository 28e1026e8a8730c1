"""What is compared of two networks, as text."""

from __future__ import annotations

PREFIXES = {
    "metric": "",
    "state": "state ",
    "gradient": "gradient ",
    "evaluation": "evaluation ",
    "parameter": "parameter ",
}
"""Before a quantity's name, by its kind."""


def quantity(key: tuple[str, str]) -> str:
    """A kind and a name, such as `loss` or `gradient w1`."""
    return PREFIXES[key[0]] + key[1]
