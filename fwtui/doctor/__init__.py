"""What each framework can use, in each interpreter and on each host, and what is wrong with it."""
