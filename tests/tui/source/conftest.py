"""A user's file to look at."""

from __future__ import annotations

import pytest

NET = """
import numpy as np

def _scale(x):
    return x * 2

class Block:
    def run(self, x):
        return _scale(x)

    def other(self):
        return Block()

def unused(): ...

def torch_loss():
    def loss(params, batch):
        title = "\x1b[31mred"
\f
        return Block().run(batch["x"])
    return loss
"""


@pytest.fixture
def net(tmp_path):
    path = tmp_path / "my_net.py"
    path.write_text(NET, encoding="utf-8")
    return path
