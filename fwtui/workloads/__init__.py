"""Built-in networks, one folder each, and a user's own; found by name in `catalogue`."""
