"""The live screen: a panel of charts for each lane, and the verdict."""
