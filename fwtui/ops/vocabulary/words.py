"""The words for what ops do, and what they have in common; each framework's `canonical_ops.py` uses them."""

from __future__ import annotations

HELD_WHOLE = frozenset(
    {
        *("softmax", "softmax gradient", "log softmax", "negative log likelihood"),
        "negative log likelihood gradient",
    }
)
"""The words of ops of several parts that are a part of others as a whole."""

CARRYING = frozenset({"cast", "reshape", "transpose", "broadcast", "pad"})
"""The words of ops that return their input values unchanged, possibly in another layout or padded."""

MOVING = CARRYING | {"slice", "slice gradient", "concatenate", "reverse", "assign", "input", "step call"}
"""The words of ops that compute nothing themselves, though they may copy, or call ops that do."""

CUT_FREELY = frozenset({"cross entropy"})
"""The kinds that take one op in one framework and several in another."""

RECODERS = frozenset({"one hot"})
"""The kinds that write the same classes in another way, as only some losses want them."""

CROSS_ENTROPY = frozenset({"log softmax", "negative log likelihood"})
"""The words of ops that are the kind `cross entropy`."""
