"""Two frameworks' orders of axes: what has its channels first in one may have them last in the other."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from fwtui.core.forward_pass import ForwardPass

Order = tuple[int, ...]


def order_between(first: ForwardPass, second: ForwardPass) -> Order | None:
    """The order that makes the first framework's axes of the data the second's; None where they are one."""
    if first.axes == second.axes:
        return None
    count = len(first.axes or second.axes or ())
    mine, theirs = first.axes or tuple(range(count)), second.axes or tuple(range(count))
    return tuple(mine.index(axis) for axis in theirs)


def fitting(
    one: NDArray[Any], other: NDArray[Any], order: Order | None, is_module: bool
) -> list[tuple[NDArray[Any], bool]]:
    """`one` in each order of axes in which it may be what `other` is, and whether that is another order.

    An output has the order that the data have, or the other framework's order of these. Channels of others
    go elsewhere only where the shapes do not fit otherwise; those of a submodule's may always.

    Args:
        order: see `order_between`.
        is_module: whether they are what submodules gave.
    """
    found = [(one, False)] if one.shape == other.shape else []
    if order is not None and len(order) == one.ndim:
        found.append((one.transpose(order), True))
    if one.ndim > 2 and (is_module or not found):
        axes = tuple(range(one.ndim))
        orders = (0, *axes[2:], 1), (0, axes[-1], *axes[1:-1])
        found += [(one.transpose(each), True) for each in orders]
    return [(array, is_turned) for array, is_turned in found if array.shape == other.shape]
