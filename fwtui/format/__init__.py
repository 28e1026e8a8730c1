"""Numbers, states and ops as the few words that a screen or a table has room for."""
