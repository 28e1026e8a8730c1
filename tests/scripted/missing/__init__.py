"""A framework that is not installed."""

import missing_framework  # type: ignore[import-not-found]  # noqa: F401, it is missing on purpose
