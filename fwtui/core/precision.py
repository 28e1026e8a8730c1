"""How exactly floating-point types know a number."""

from __future__ import annotations

EPS = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-23, "float64": 2.0**-52}
"""By type, the distance from 1 to the next larger number."""

BELOW_DOUBLE = ("bfloat16", "float16", "float32")
"""From the least exact to the most."""

HALF = BELOW_DOUBLE[:2]
"""Types in which a network may compute, but no lane keeps its weights."""
