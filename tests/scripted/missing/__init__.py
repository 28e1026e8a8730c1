"""A framework that is not installed."""

import missing_framework  # noqa: F401
