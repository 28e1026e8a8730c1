"""Right ports in which faults are planted, one at a time."""
