"""The command palette, where keys may come before its list, or after its end."""

from __future__ import annotations

from textual import on
from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.widgets import Input, OptionList

from fwtui.tui.screens.dialog import is_uppermost


class Palette(CommandPalette):
    """Textual's palette; its list keys do nothing before its list is filled, instead of ending the app.

    Nor does a second enter that is on its way: it would run the command again, and close the screen behind.
    """

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Removes the palette, unless it is gone already."""
        return super().dismiss(result) if is_uppermost(self) else AwaitComplete()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leaves out what needs a list while there is none."""
        if action == "command_list":
            commands = self.query_one(CommandList)
            # Options that are there and not laid out yet have no lines to page through.
            if not commands.option_count or not commands.scrollable_content_region.height:
                return False
        return super().check_action(action, parameters)

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _choose_once(self, event: Input.Submitted | OptionList.OptionSelected) -> None:
        if not self.is_current:
            event.prevent_default()
