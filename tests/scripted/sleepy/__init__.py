"""A framework whose import does not come to an end."""

import time

time.sleep(3600)
