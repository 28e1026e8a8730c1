"""The graph screen: two lanes' graphs beside each other."""
