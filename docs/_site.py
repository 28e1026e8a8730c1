"""Adds the pictures beside `docs/` to the site: the pages link to them as they lie in the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

_PICTURES = Path(__file__).parents[1] / "screenshots"


def on_files(files: Files, config: Any) -> Files:
    """Add each picture as `screenshots/NAME`."""
    for picture in sorted(_PICTURES.glob("*.svg")):
        files.append(File.generated(config, f"screenshots/{picture.name}", abs_src_path=str(picture)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Link to them from within the site."""
    return markdown.replace("](../screenshots/", "](screenshots/")
