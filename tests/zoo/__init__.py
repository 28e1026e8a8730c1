"""Models as users write them in each framework, pair by pair; each is right, but for what `EXPECT` names."""
