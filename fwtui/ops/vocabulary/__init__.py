"""The canonical names of ops."""
