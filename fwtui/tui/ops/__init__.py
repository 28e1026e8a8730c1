"""The ops screen: two op logs, aligned."""
