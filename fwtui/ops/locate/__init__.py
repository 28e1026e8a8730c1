"""The first op whose values differ: candidates, the search for it, and the same inputs fed to both ops."""
