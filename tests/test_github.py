"""The files for GitHub and for pre-commit: they agree with pyproject.toml and with the repository."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_the_lowest_versions_are_those_that_the_project_admits():
    lines = (ROOT / ".github" / "lowest.txt").read_text(encoding="utf-8").splitlines()
    pinned = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert lowest(pinned, "==") == lowest(map(Requirement, PROJECT["dependencies"]), ">=")


def lowest(requirements, operator: str) -> dict[str, str]:
    """By package the version that follows `operator`."""
    found = {}
    for requirement in requirements:
        (version,) = (one.version for one in requirement.specifier if one.operator == operator)
        assert requirement.name not in found
        found[requirement.name] = version
    return found


def test_every_python_that_the_project_admits_is_tested():
    text = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    (listed,) = re.findall(r"python: \[(.*)\]", text)
    admitted = SpecifierSet(PROJECT["requires-python"])
    assert re.findall(r'"(.+?)"', listed) == [
        f"3.{minor}" for minor in range(50) if admitted.contains(f"3.{minor}")
    ]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_more_rights_than_it_needs(workflow):
    text = workflow.read_text(encoding="utf-8")
    assert "\npermissions:\n  contents: read\n" in text
    writes = re.findall(r"(\S+): write", text)
    assert writes == (["id-token"] if workflow.name == "publish.yml" else [])


def test_the_hooks_are_the_checks_of_ci():
    hooks = re.findall(r"entry: (.+)", (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [hook.split(" --")[0] for hook in hooks] == [
        line.split(" --")[0].removesuffix(" .")
        for line in checks
        if line.startswith(("ruff ", "mypy", "lint-imports"))
    ]
