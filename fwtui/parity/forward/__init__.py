"""Two models' outputs compared, without a training."""
