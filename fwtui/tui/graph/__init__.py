"""The graph screen: two lanes' graphs, side by side."""
