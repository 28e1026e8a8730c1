"""A graph for people and for other tools: as a tree, drawn, as JSON, DOT and Model Explorer's format."""
