"""Leaving while widgets come and go."""

from __future__ import annotations

import pytest
from textual.app import ComposeResult
from textual.css.query import NoMatches
from textual.widget import MountError, Widget

from fwtui.tui.common.quiet_exit import QuietExit


class Late(Widget):
    """Stumbles as it is mounted, when the app may have been told to leave."""

    def __init__(self, error: Exception, leaves: bool) -> None:
        super().__init__()
        self._error, self._leaves = error, leaves

    def on_mount(self) -> None:
        if self._leaves:
            self.app.exit(143)
        raise self._error


class Leaving(QuietExit[int]):
    """Has such a widget."""

    def __init__(self, error: Exception, leaves: bool) -> None:
        super().__init__()
        self._late = Late(error, leaves)

    def compose(self) -> ComposeResult:
        yield self._late


GONE = [NoMatches("no such widget"), MountError("not mounted")]


@pytest.mark.parametrize("error", GONE, ids=repr)
async def test_what_is_gone_when_it_leaves_is_no_error(error, capsys):
    app = Leaving(error, leaves=True)
    assert await app.run_async(headless=True) == 143
    assert app.return_code == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("error", "leaves"), [(ValueError("a fault"), True), (NoMatches("no such widget"), False)], ids=str
)
async def test_every_other_error_is_one(error, leaves, capsys):
    app = Leaving(error, leaves)
    await app.run_async(headless=True)
    assert app.return_code == 1
    assert type(error).__name__ in capsys.readouterr().err
