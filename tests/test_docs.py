"""The documentation: the README is short, the generated page is current, links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fwtui.cli.reference import reference

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "examples/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_the_readme_is_at_most_150_lines():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_the_page_of_commands_is_the_generated_one():
    page = (ROOT / "docs" / "cli.md").read_text()
    assert page == reference(), "python -m fwtui.cli.reference > docs/cli.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page):
    linked = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    assert not [link for link in linked if not (page.parent / link).exists()]


def test_every_page_is_in_the_sites_navigation():
    navigation = (ROOT / "mkdocs.yml").read_text()
    assert not [page.name for page in (ROOT / "docs").glob("*.md") if page.name not in navigation]
