"""An op's place in as few cells as there are."""

from __future__ import annotations

import pytest

from fwtui.core.oplog import LoggedOp
from fwtui.format.ops import origin


def op(scope, source=("/home/net.py", 18)):
    return LoggedOp(0, "forward", "MatMul", (), (), source, scope=scope)


@pytest.mark.parametrize(
    ("scope", "width", "shown"),
    [
        ("", None, "net.py:18"),
        ("encoder/attention", None, "encoder/attention"),
        ("encoder/attention", 17, "encoder/attention"),
        ("encoder/attention", 10, "…attention"),
        ("0", None, "module 0"),
        ("0", 10, "module 0"),
        ("layers/0", None, "layers/0"),
        ("encoder/attention", 1, "…"),
        ("encoder/attention", 0, ""),
    ],
)
def test_the_module_or_else_the_line(scope, width, shown):
    assert origin(op(scope), width) == shown


def test_neither():
    assert origin(op("", None)) == ""
