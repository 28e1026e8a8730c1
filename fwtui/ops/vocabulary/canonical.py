"""The canonical name of an op, the same in every framework. Their ops' names are in their `canonical_ops.py`.

Besides those, compilers' kernels have names that tell what they hold: XLA's fusions and Inductor's kernels.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain

from fwtui.backends import catalogue as backends
from fwtui.ops.vocabulary.words import CARRYING, CROSS_ENTROPY, MOVING

_FRAMEWORKS = backends.op_names()

STOPS = frozenset(chain.from_iterable(one.stops for one in _FRAMEWORKS))
"""They give a value on, and stop its gradient."""

SHAPE_READERS = frozenset(chain.from_iterable(one.shape_readers for one in _FRAMEWORKS))
"""They look at a tensor's shape, and not at its values."""

_BACKWARD = re.compile(r"(\w+?)backward\d*$")
_INDUCTOR = re.compile(r"(?:cpp|triton)_(?:[a-z]+_)?fused_(\w+?)(?:_\d+)?$")
_FUSION = re.compile(r"(?:([a-z_\-]+)_fusion|wrapped_([a-z_\-]+))(?:\.\d+)*$")
_COPY_NUMBER = re.compile(r"\.\d+$")


@cache
def canonical(op: str) -> tuple[str, ...] | None:
    """What the op named `op` does, in words: the first is what it mainly does, or all of it.

    Returns:
        `("matrix product", "add")` for `aten.addmm`; () for what computes nothing, such as a read of a
        variable or a look at a shape; None where the table does not have the op.
    """
    for name in (op.lower(), _plain(op)):
        if name in _WORDS:
            return _WORDS[name]
    fused = _fused(op)
    return _reduction(op) or _gradient(op) if fused is None else fused


@cache
def carries(op: str) -> bool:
    """Whether `op` returns its input values unchanged, possibly in another layout or padded."""
    words = canonical(op)
    return _plain(op) in _PASSING if not words else len(words) == 1 and words[0] in CARRYING


@cache
def computes(op: str) -> bool:
    """Whether `op` computes anything, so that it should have a match.

    An op that only reads, changes the layout or copies does not; an unknown op does.
    """
    words = canonical(op)
    return words is None or any(word not in MOVING for word in words)


@cache
def kind(op: str) -> str:
    """What `op` does, in one word: its own name where the table has none."""
    words = canonical(op)
    if not words:
        return _plain(op)
    return "cross entropy" if words[0] in CROSS_ENTROPY else words[0]


def _plain(op: str) -> str:
    """`add` of `aten.add_`, `MatMul`'s of `_MklMatMul`."""
    name = op.lower()
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            # What follows a dot names the overload.
            name = name.removeprefix(prefix).removeprefix("aten.").partition(".")[0]
            break
    name = _COPY_NUMBER.sub("", name)
    if name.startswith(("_mklnative", "_mkl")):
        name = name.removeprefix("_mkl").removeprefix("native")
    name = name.strip("_")
    if backward := _BACKWARD.match(name):
        name = f"{backward[1]}backward" if name[-1].isdigit() else name
    return name.replace(" ", "_")


def _fused(op: str) -> tuple[str, ...] | None:
    """The words of all that a compiler's kernel holds, where its name tells."""
    if inductors := _INDUCTOR.match(op):
        names = [_of_aten(name) for name in _split(inductors[1])]
    elif fusion := _FUSION.match(op):
        names = _split(fusion[1] or fusion[2])
    else:
        return None
    words = [word for name in names for word in _WORDS[name][:1]]
    if not names:
        return None
    return tuple(dict.fromkeys(sorted(words, key=MOVING.__contains__)))


def _of_aten(name: str) -> str:
    """PyTorch's own op of a name that others have too."""
    return next((own for own in (f"aten.{name}", f"aten.{name}_") if own in _WORDS), name)


def _reduction(op: str) -> tuple[str, ...]:
    """An HLO reduction by more than one op: by a comparison, it looks for a place."""
    _, by, operations = op.partition(" by ")
    return (("argmax",) if "compare" in operations else ("reduction",)) if by else ()


def _split(joined: str) -> list[str]:
    """The known names in names joined by `_`, the longest that fit."""
    tokens = [token for token in joined.split("_") if token]
    names, at = [], 0
    while at < len(tokens):
        for end in range(len(tokens), at, -1):
            if (name := "_".join(tokens[at:end])) in _WORDS:
                names.append(name)
                at = end
                break
        else:
            at += 1
    return names


def _gradient(op: str) -> tuple[str, ...] | None:
    """A node of autograd's graph that the table does not have: the gradient of what it does have."""
    if found := _BACKWARD.match(_plain(op)):
        forward = _WORDS.get(found[1])
        return (f"{forward[0]} gradient",) if forward else None
    return None


def _words_by_name() -> dict[str, tuple[str, ...]]:
    words: dict[str, tuple[str, ...]] = {}
    for one in reversed(_FRAMEWORKS):  # of two that have a name for different ops, the first is asked first
        words |= {name: (word,) for word, names in one.one_word.items() for name in names.split()}
        words |= {name: several for several, names in one.parts.items() for name in names.split()}
        words |= dict.fromkeys((*one.passing.split(), *one.nothing.split()), ())
    return words


_WORDS = _words_by_name()
_PASSING = frozenset(chain.from_iterable(one.passing.split() for one in _FRAMEWORKS))
# The longer first: `torch.ops.` before `torch.`.
_PREFIXES = sorted(chain.from_iterable(one.prefixes for one in _FRAMEWORKS), key=len, reverse=True)
