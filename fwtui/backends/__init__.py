"""The execution modes of each framework behind one protocol; one folder for each framework."""
