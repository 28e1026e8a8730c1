"""The terminal app: one folder per screen, with what it shows, its widgets and its style sheet together."""
