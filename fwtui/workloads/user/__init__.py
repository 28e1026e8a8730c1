"""A network in a user's file: loaded in a process of its own, described, and reported on."""
