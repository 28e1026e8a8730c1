"""Whether a port is right, and where it first differs: races, float64 twins and op logs combined."""
