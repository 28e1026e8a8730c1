"""The parity screen: the gaps of all quantities over the steps, and the check."""
