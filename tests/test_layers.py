"""Who may import whom, as pyproject.toml's contracts say it."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_contracts_are_kept(capsys: pytest.CaptureFixture[str]):
    settings = Path(__file__).parents[1] / "pyproject.toml"
    status = lint_imports(config_filename=str(settings), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out
