"""What is wrong with a user's file, in one line that names the file, the line and the mend."""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from fwtui.core.error_text import error_text, first_root, message
from fwtui.core.inputs import SpecError
from fwtui.core.text import place, plain
from fwtui.workloads.user.shadows import shadow_hint

WHOLE_STORY = "the lane's log has the whole story"
MEND = "fix this line"

TO_ADD = {
    "parameters": "def parameters(rng): return {'w': rng.normal(size=(8, 1))}",
    "batches": "def batches(rng), which yields {'x': array, 'y': array} in a `while True:`, or give --data",
    "held_out": "def held_out(rng): return {'x': array, 'y': array}",
}
"""How each function of a user's file is written, but for its nets."""

NET = "_loss"
"""Behind a framework's key: the name of the function that gives its net."""


MODEL = "_model"
"""Behind a framework's key: the name of the function that gives its model."""

OPTIMIZER = "_optimizer"
"""Behind a framework's key: the name of the function that gives the optimizer of its model."""

SECOND = "_b"
"""Behind the name of a function of models: the second one of its framework."""


def gives_model(function: str) -> bool:
    """Whether a function of a user's file gives a model, by its name."""
    return function.removesuffix(SECOND).endswith(MODEL)


def how_to_write(function: str) -> str:
    """How a function of a user's file is written, in words that follow "add" or "write"."""
    if gives_model(function):
        return f"def {function}(): return the model"
    if function.removesuffix(SECOND).endswith(OPTIMIZER):
        return f"def {function}(model): return the optimizer"
    framework = function.removesuffix(NET)
    net = f"def {function}(), which imports {framework} and returns a function (params, batch) -> loss"
    return TO_ADD.get(function, net)


class UserFileError(SpecError):
    """A user's file cannot be used.

    Attributes:
        reason: where and what, such as `my_net.py:12: parameters() gave an empty dict`.
        where, what: its two parts.
        hint: what mends it.
    """

    def __init__(self, where: str, what: str, hint: str) -> None:
        self.where, self.what = where, what
        self.reason, self.hint = plain(f"{where}: {what}"), plain(hint)
        super().__init__("--workload", where, hint)
        self.args = (f"{self.reason}; {self.hint}",)

    @classmethod
    def without(cls, where: str, function: str) -> UserFileError:
        """The file lacks a function that it needs."""
        return cls(where, f"has no function {function}", f"add {how_to_write(function)}")


HINT = "FWTUI_HINT"
"""Under which name a file that fwtui wrote itself says what mends an error in it."""


def explained(
    error: BaseException,
    path: Path,
    given: Mapping[str, tuple[str, ...]],
    otherwise: str = WHOLE_STORY,
    title: str = "",
) -> UserFileError | None:
    """What an exception says of the user's file; None where it did not come from there.

    Args:
        given: the names of what the net gets, by the function that gives it.
        otherwise: the hint where nothing better is known.
        title: what a file that fwtui wrote is called in its place; "" for the user's own.
    """
    found = place_of(error, path)
    if found is None:
        return None
    what, hint = error_text(error), otherwise if found[0] == path else MEND
    key = _missing_key(error)
    if key is not None and key not in {name for names in given.values() for name in names}:
        what = f"asks for '{key}', which is not there"
        hint = (
            "; ".join(f"{function}() gives {', '.join(names)}" for function, names in given.items()) or hint
        )
    elif (renamed := shadow_hint(error, path.parent)) is not None:
        hint = renamed
    elif isinstance(error, ModuleNotFoundError):
        hint = f"install {error.name} beside fwtui, or do without it"
    elif "read-only" in message(error):
        hint = "make new arrays: batches that were given, and what --data holds, must stay as they are"
    return UserFileError(title if title and found[0] == path else place(*found), what, hint)


_PACKAGE = Path(__file__).parents[2]
_NOT_USERS = (
    *(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    _PACKAGE,
)


def _missing_key(error: BaseException) -> str | None:
    if not isinstance(error, KeyError) or not error.args or not isinstance(error.args[0], str):
        return None
    # TensorFlow keeps the whole message of the error that it raises again, not the key.
    return error.args[0].removeprefix("KeyError: ").strip("'")


def place_of(error: BaseException, path: Path) -> tuple[Path, int] | None:
    """The innermost line of the user's that an exception passed through, in the file at `path` or behind it.

    None where it did not pass through the file.

    A traced net runs as generated code, or not at all: TensorFlow and torch.compile then write the file's
    own lines into the message.
    """
    named = re.findall(rf'File "{re.escape(str(path))}", line (\d+)', first_root(message(error)))
    if named:
        return path, int(named[-1])
    for one in _chain(error):
        frames = [(_file(tb), tb.tb_lineno) for tb in _frames(one.__traceback__)]
        files = [file for file, _ in frames]
        if str(path) in files:
            behind = frames[files.index(str(path)) :]
            file, line = next(frame for frame in reversed(behind) if _is_users(frame[0]))
            return Path(file), line
    return None


def _is_users(file: str) -> bool:
    """Whether code is the user's own: no installed package's, not Python's, not fwtui's, not generated."""
    return Path(file).is_file() and not any(Path(file).is_relative_to(folder) for folder in _NOT_USERS)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        yield one
        seen.add(id(one))
        one = one.__cause__ or one.__context__


def _frames(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _file(traceback: TracebackType) -> Any:
    return traceback.tb_frame.f_code.co_filename
