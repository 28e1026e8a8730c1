"""What an exception says in one line: the cause, without what the frameworks wrap around it.

TensorFlow's graphs, Keras's layers and PyTorch's compilers raise one error for another, and write headings,
stack traces and the names of nodes before the words of the op that failed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADINGS = re.compile(
    "|".join(
        (
            # TensorFlow: traced code, graphs, sessions, errors of several nodes.
            r"in user code:",
            r"Graph execution error:",
            r"Detected at node .* defined at.*",
            r"Node: '.*'",
            r"\d+ root error\(s\) found\.",
            r"\d+ (successful operations|derived errors ignored)\..*",
            r"\[\[.*",
            r"(\w+Error: )?Exception encountered when calling .*",
            # PyTorch: compilers, TorchScript, workers.
            r"backend=.* raised:",
            r"The following operation failed in the TorchScript interpreter\.",
            r"Caught \w+ in .*\.",
            r"(Original )?Traceback .*\(most recent call last\):",
        )
    )
)
"""Lines that do not say what happened."""
_RAISED_INSIDE = re.compile(r"got (\w+Error)\((['\"])(.*?)\2\)$", re.MULTILINE)
"""What torch.compile says of an op that it tried out."""
_NAMES_ITS_TYPE = re.compile(r"[A-Z]\w*(Error|Exception|Interrupt|Exit): ")
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_ROOT = re.compile(r"\(\d+\) [A-Za-z_ ]+: +")
_NODE = re.compile(r"^(\{\{.*?\}\} )+| for '\{\{.*?\}\} = .*?'(?= with|$)| \[Op:__\w+\]")


def error_text(error: BaseException) -> str:
    """An exception's type and what happened, in the words of whoever raised it first."""
    name, text = type(error).__name__, message(error)
    if inner := _RAISED_INSIDE.search(text):
        return f"{inner[1]}: {inner[3]}"
    lines = text.splitlines()
    first = next((line.strip() for line in lines if line.strip()), "")
    found = list(_informative(lines)) or [first]
    is_wrapped = found[0] != first
    # Keras prints what it wraps in bold.
    cause = _without_nodes(_ESCAPES.sub("", found[0]) if is_wrapped else found[0])
    if cause.endswith(":") and found[1:]:
        cause = f"{cause} {_without_nodes(found[1])}"
    if not cause:
        return name
    return cause if is_wrapped and _NAMES_ITS_TYPE.match(cause) else f"{name}: {cause}"


def message(error: BaseException) -> str:
    """`str(error)`; "" where the error's own `__str__` raises."""
    try:
        return str(error)
    except BaseException:
        return ""


def first_line(error: BaseException) -> str:
    """The first line of its message that says anything."""
    return next((line.strip() for line in message(error).splitlines() if line.strip()), "")


def first_root(text: str) -> str:
    """Return a message up to the second node that failed: the part on the first says what happened."""
    parts = re.split(r"^(?=Detected at node )", text, flags=re.MULTILINE)
    return "".join(parts[:2])


def _informative(lines: list[str]) -> Iterator[str]:
    """The lines that are no heading, no frame of a stack trace and no code of one."""
    frame: int | None = None
    for line in lines:
        text, indent = line.strip(), len(line) - len(line.lstrip())
        if text.startswith('File "'):
            frame = indent
        elif not text:
            frame = None
        elif frame is None or indent <= frame:
            frame = None
            if not _HEADINGS.fullmatch(text):
                yield _ROOT.sub("", text) if _ROOT.match(text) else text


def _without_nodes(line: str) -> str:
    """`line` without what TensorFlow says of its own nodes."""
    return _NODE.sub("", line.strip()).removesuffix(" name:").strip()
