"""What the screens share: the model of the race, base classes, selection, header and footer."""
