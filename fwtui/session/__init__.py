"""A race with its histories, comparisons and verdicts, for the screen and the commands alike."""
