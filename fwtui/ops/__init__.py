"""What the ops of two frameworks have in common: their names, their values, and how their logs align."""
