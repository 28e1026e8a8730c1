"""The configuration file: where it is, what it may hold, and what it says."""
