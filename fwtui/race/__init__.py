"""The app's side of a race: its plan, the lanes' processes, whose turn it is, and what the lanes send."""
