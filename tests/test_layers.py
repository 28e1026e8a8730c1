"""Who may import whom: pyproject.toml's contracts, and no circle between any two packages."""

from __future__ import annotations

from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_contracts_are_kept(capsys: pytest.CaptureFixture[str]):
    settings = Path(__file__).parents[1] / "pyproject.toml"
    status = lint_imports(config_filename=str(settings), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def packages_imported(graph: grimp.ImportGraph) -> dict[str, set[str]]:
    """The packages that each package imports, also late, within functions."""
    packages = {module for module in graph.modules if graph.find_children(module)}
    found: dict[str, set[str]] = {package: set() for package in packages}
    for module in graph.modules:
        package = module if module in packages else module.rpartition(".")[0]
        for other in graph.find_modules_directly_imported_by(module):
            imported = other if other in packages else other.rpartition(".")[0]
            found[package] |= {imported} - {package}
    return found


def test_no_two_packages_import_each_other():
    imported = packages_imported(grimp.build_graph("fwtui", cache_dir=None))
    assert len(imported) > 25
    assert imported["fwtui.cli"] > {"fwtui.session", "fwtui.tui"}, "late imports count"
    assert {*TopologicalSorter(imported).static_order()} == {*imported}  # CycleError names a circle
