"""Has Textual let go of what removed widgets had drawn.

`StylesCache.get_inner_outer` is cached together with the object that it is asked of: the cache keeps the
thousand last such objects, and each the rows of a widget that may be gone. Twenty rounds through all dialogs
took 90 MB.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from textual._styles_cache import StylesCache
from textual.color import Color


def mend() -> None:
    """Has the colours alone be what is remembered. Does nothing where that is so already."""
    cached = StylesCache.get_inner_outer
    if not hasattr(cached, "cache_info"):
        return
    of_colors = lru_cache(maxsize=1024)(lambda base, over: cached.__wrapped__(None, base, over))

    def get_inner_outer(self: StylesCache, base_background: Color, background: Color) -> Any:
        return of_colors(base_background, background)

    StylesCache.get_inner_outer = get_inner_outer  # type: ignore[method-assign, assignment]
