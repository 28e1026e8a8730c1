"""Which weight of one model is which of another: found by use, shape and value, and proven in float64."""
