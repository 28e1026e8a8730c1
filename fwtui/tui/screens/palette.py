"""The command palette, where a page key finds no list yet."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette


class Palette(CommandPalette):
    """Textual's palette; its list keys do nothing before its list is filled, instead of ending the app."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leaves out what needs a list while there is none."""
        if action == "command_list":
            commands = self.query_one(CommandList)
            # Options that are there and not laid out yet have no lines to page through.
            if not commands.option_count or not commands.scrollable_content_region.height:
                return False
        return super().check_action(action, parameters)
