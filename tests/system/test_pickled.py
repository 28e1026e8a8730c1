"""Objects on their way into another process."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections import OrderedDict
from importlib import import_module

import pytest

from fwtui.system import pickled


def test_an_object_and_where_its_class_is_imported_from(tmp_path, monkeypatch):
    (tmp_path / "shapes.py").write_text("class Shape:\n    sides = 3\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / "elsewhere" / "shape.pickle"
    path.parent.mkdir()
    pickled.write(import_module("shapes").Shape(), path)
    reads = f"""
        from fwtui.system import pickled

        print(pickled.read({str(path)!r}).sides)
    """
    command = [sys.executable, "-c", textwrap.dedent(reads)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "3\n"


def test_what_cannot_be_pickled_raises(tmp_path):
    with pytest.raises(Exception, match="pickle"):
        pickled.write(OrderedDict(a=lambda: None), tmp_path / "one.pickle")
