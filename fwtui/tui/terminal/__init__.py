"""The terminal itself: input, output that sends only what changes, captured streams, shutdown."""
