"""The style of text in a terminal, as its control sequences set it (SGR: ECMA-48, section 8.3.117)."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

_ATTRIBUTES = {str(code) for code in range(1, 10)}


@dataclass(frozen=True, slots=True)
class Style:
    """What text is drawn with: the parameters of its colours, "" for the terminal's own, and attributes.

    What `applied` returns is one object for each style, so that `is` compares two of them.
    """

    foreground: str = ""
    background: str = ""
    attributes: frozenset[str] = frozenset()

    def codes(self) -> list[str]:
        """The parameters that set it where none is set."""
        return [*sorted(self.attributes), *filter(None, (self.foreground, self.background))]


PLAIN = Style()


_KNOWN = {PLAIN: PLAIN}


@functools.lru_cache(maxsize=4096)
def applied(style: Style, codes: str) -> Style | None:
    """Return `style` after a sequence with the parameters `codes`; None where one is not known."""
    left = iter(codes.split(";"))
    for code in left:
        number = int(code or 0)
        if number == 0:
            style = PLAIN
        elif code in _ATTRIBUTES:
            style = replace(style, attributes=style.attributes | {code})
        elif number in (38, 48):
            kind = next(left, "")
            colour = [next(left, "") for _ in range({"2": 3, "5": 1}.get(kind, 0))]
            if not colour or "" in colour:
                return None
            whole = ";".join([code, kind, *colour])
            style = replace(style, foreground=whole) if number == 38 else replace(style, background=whole)
        elif 30 <= number <= 37 or 90 <= number <= 97:
            style = replace(style, foreground=code)
        elif 40 <= number <= 47 or 100 <= number <= 107:
            style = replace(style, background=code)
        elif number == 39:
            style = replace(style, foreground="")
        elif number == 49:
            style = replace(style, background="")
        else:
            return None
    return _KNOWN.setdefault(style, style)


@functools.lru_cache(maxsize=4096)
def change(has: Style, wants: Style) -> str:
    """Return the shortest sequence from one style to another; "" where they are the same."""
    if has == wants:
        return ""
    if wants == PLAIN:
        return "\x1b[0m"
    from_reset = ";".join(["0", *wants.codes()])
    if has.attributes - wants.attributes:
        return f"\x1b[{from_reset}m"
    codes = sorted(wants.attributes - has.attributes)
    if wants.foreground != has.foreground:
        codes.append(wants.foreground or "39")
    if wants.background != has.background:
        codes.append(wants.background or "49")
    return f"\x1b[{min(';'.join(codes), from_reset, key=len)}m"
