"""The Python API in a notebook, whose kernel runs an event loop."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
CELLS = (
    "import fwtui",
    'result = fwtui.parity(workload="two-layer", steps=20)',
    "result.same",
    "result",
)


@pytest.mark.slow
def test_a_notebook_shows_tables(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute(env=dict(os.environ))
    *_, same, shown = (cell["outputs"] for cell in notebook.cells)
    assert same[0]["data"]["text/plain"] == "True"
    assert "<table>" in shown[0]["data"]["text/html"]
