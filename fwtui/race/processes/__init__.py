"""The processes of lanes: on this machine, in other interpreters, and on other hosts through ssh."""
