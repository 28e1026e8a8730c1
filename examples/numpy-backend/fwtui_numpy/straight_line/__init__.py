"""A workload of this package's own."""
