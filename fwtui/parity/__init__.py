"""Whether a port is right, and where it first is not: races, twins in float64, and op logs put together."""
