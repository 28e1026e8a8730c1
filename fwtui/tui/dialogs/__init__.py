"""Dialogs in front of a screen: pickers, help, settings, logs, the command palette."""
