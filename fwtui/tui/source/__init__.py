"""Source as the source screen has it before it; its widgets are in `widgets`."""
