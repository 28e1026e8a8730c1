"""The terminal that fwtui runs in: what it can show, and what that lacks."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

LEAST_COLUMNS, LEAST_LINES = 80, 24


def describe() -> dict[str, Any]:
    """Facts about the terminal, for JSON; size and colours are null without one."""
    from rich.console import Console

    live = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    size = shutil.get_terminal_size()
    return {
        "is_terminal": live,
        "columns": size.columns if live else None,
        "lines": size.lines if live else None,
        "colours": Console(file=sys.stdout).color_system if live else None,
        "term": os.environ.get("TERM"),
        "encoding": sys.stdout.encoding,
        "tmux": "TMUX" in os.environ,
        "ssh": "SSH_CONNECTION" in os.environ or "SSH_TTY" in os.environ,
        "no_color": bool(os.environ.get("NO_COLOR")),
    }


def problems(facts: dict[str, Any]) -> list[dict[str, str | None]]:
    """What keeps the screen from looking as it should, each with what mends it."""
    found: list[dict[str, str | None]] = []
    if not facts["is_terminal"]:
        return found  # a pipe is no fault: `bench` and the others need no terminal
    if facts["term"] in ("dumb", None):
        found.append({"what": f"TERM is {facts['term'] or 'not set'}", "mend": "export TERM=xterm-256color"})
    if facts["columns"] < LEAST_COLUMNS or facts["lines"] < LEAST_LINES:
        have = f"{facts['columns']}×{facts['lines']}"
        found.append(
            {
                "what": f"the terminal has {have} characters",
                "mend": f"enlarge it to {LEAST_COLUMNS}×{LEAST_LINES}",
            }
        )
    if "utf" not in (facts["encoding"] or "").lower():
        found.append(
            {"what": f"the terminal's encoding is {facts['encoding']}", "mend": "export LANG=C.UTF-8"}
        )
    return found


def in_words(facts: dict[str, Any]) -> str:
    """The facts in one line."""
    if not facts["is_terminal"]:
        return f"none, {facts['encoding']}"
    colours = {"truecolor": "16 million colours", "256": "256 colours", "standard": "16 colours"}
    words = [
        f"{facts['columns']}×{facts['lines']}",
        "colours off by NO_COLOR" if facts["no_color"] else colours.get(facts["colours"], "no colours"),
        f"TERM={facts['term']}",
        str(facts["encoding"]),
        *(["in tmux"] if facts["tmux"] else []),
        *(["over SSH"] if facts["ssh"] else []),
    ]
    return ", ".join(words)
