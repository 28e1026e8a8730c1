"""Graphs as the graph screen has them before it; its widgets are in `widgets`."""
