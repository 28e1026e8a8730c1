"""Op logs as the ops screen has them before it; its widgets are in `widgets`."""
