"""Work around a memory leak of Textual.

`lru_cache` on the method `StylesCache.get_inner_outer` keeps the last thousand instances alive, each with the
rendered rows of a widget that may have been removed. Twenty rounds through all dialogs took 90 MB.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from textual._styles_cache import StylesCache
from textual.color import Color


def patch() -> None:
    """Cache by the colours alone. Does nothing if the method has no cache."""
    cached = StylesCache.get_inner_outer
    if not hasattr(cached, "cache_info"):
        return
    of_colors = lru_cache(maxsize=1024)(lambda base, over: cached.__wrapped__(None, base, over))

    def get_inner_outer(self: StylesCache, base_background: Color, background: Color) -> Any:
        return of_colors(base_background, background)

    StylesCache.get_inner_outer = get_inner_outer  # type: ignore[method-assign, assignment]
