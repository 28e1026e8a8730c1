"""What an option takes, and how that is read from text."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from fwtui.core.inputs import SpecError, one_of, positive_number, positive_range, whole_number, whole_range


class Kind(Protocol):
    """What an option takes."""

    @property
    def accepted(self) -> str:
        """In words."""

    @property
    def examples(self) -> tuple[str, ...]:
        """Values to complete to: all of them where they can be listed."""

    def read(self, option: str, text: str) -> Any:
        """The value that `text` stands for; SpecError, with the option's name, where it is none."""


@dataclass(frozen=True)
class OneOf:
    """One of several words."""

    words: tuple[str, ...]

    @property
    def accepted(self) -> str:
        return ", ".join(self.words)

    @property
    def examples(self) -> tuple[str, ...]:
        return self.words

    def read(self, option: str, text: str) -> str:
        return one_of(option, text, self.words)


@dataclass(frozen=True)
class Several:
    """One or more of several words, with commas between."""

    words: tuple[str, ...]

    @property
    def accepted(self) -> str:
        return f"{', '.join(self.words)}, with commas between"

    @property
    def examples(self) -> tuple[str, ...]:
        return self.words

    def read(self, option: str, text: str) -> tuple[str, ...]:
        return tuple(one_of(option, word.strip(), self.words) for word in text.split(","))


@dataclass(frozen=True)
class WholeNumber:
    """A whole number within a range, its ends included; or one of several words instead."""

    low: int
    high: int
    words: tuple[str, ...] = ()

    @property
    def accepted(self) -> str:
        return ", ".join(self.words) + (", or " if self.words else "") + whole_range(self.low, self.high)

    @property
    def examples(self) -> tuple[str, ...]:
        return self.words

    def read(self, option: str, text: str) -> int | str:
        if text in self.words:
            return text
        try:
            return whole_number(option, text, self.low, self.high)
        except SpecError:
            raise SpecError(option, text, self.accepted) from None


@dataclass(frozen=True)
class PositiveNumber:
    """A number above 0, at most `high`; or from `low` on."""

    high: float
    low: float | None = None

    @property
    def accepted(self) -> str:
        return positive_range(self.high, self.low)

    @property
    def examples(self) -> tuple[str, ...]:
        return ()

    def read(self, option: str, text: str) -> float:
        return positive_number(option, text, self.high, self.low)


@dataclass(frozen=True)
class Pattern:
    """Text of a form."""

    form: re.Pattern[str]
    accepted: str
    examples: tuple[str, ...] = ()

    def read(self, option: str, text: str) -> str:
        if not self.form.fullmatch(text):
            raise SpecError(option, text, self.accepted)
        return text


@dataclass(frozen=True)
class Name:
    """A name that another part of fwtui checks, and whose choices are listed when they are asked for."""

    accepted: str
    listed: Callable[[], tuple[str, ...]] = tuple

    @property
    def examples(self) -> tuple[str, ...]:
        return self.listed()

    def read(self, option: str, text: str) -> str:
        return text


@dataclass(frozen=True)
class InterpreterPath:
    """A Python interpreter: its path, its name on PATH, or the folder of its virtual environment."""

    accepted: str = "path of an interpreter or an environment"
    examples: tuple[str, ...] = ()

    def read(self, option: str, text: str) -> str:
        """Its absolute path. Links are not followed: where one lies tells its virtual environment."""
        path = Path(text).expanduser().absolute()
        if path.is_dir():
            path /= "bin/python"
        if path.is_file():
            return str(path)
        if "/" not in text and (found := shutil.which(text)):
            return str(Path(found).absolute())
        raise SpecError(option, text, self.accepted)


@dataclass(frozen=True)
class MemorySize:
    """An amount of memory, such as `8GB`, in bytes."""

    accepted: str = "an amount of memory, such as 8GB or 500MB"
    examples: tuple[str, ...] = ()

    def read(self, option: str, text: str) -> int:
        found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?) ?(MB|GB)", text.strip(), re.IGNORECASE | re.ASCII)
        size = round(float(found[1]) * _UNITS[found[2].upper()]) if found else 0
        if size <= 0:
            raise SpecError(option, text, self.accepted)
        return size


_UNITS = {"MB": 10**6, "GB": 10**9}


@dataclass(frozen=True)
class Switch:
    """Nothing: it is on where it is named."""

    accepted: str = "nothing"
    examples: tuple[str, ...] = ()

    def read(self, option: str, text: str) -> bool:
        raise SpecError(option, text, self.accepted)
