"""A user's own file: what each must offer, and what it gives, checked.

What is wrong with the file itself is found when it is loaded, in any process; what its functions give, where
they are called, which for the nets is a lane's process alone.
"""

from __future__ import annotations

import contextlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from fwtui.core.error_text import message
from fwtui.core.inputs import SpecError, known_size, one_of, positive_number, text_of, whole_number
from fwtui.core.metrics import RETURNED
from fwtui.core.spec import MAX_RATE, MAX_SIZE, MAX_STEPS, OPTIMIZERS, WorkloadSpec
from fwtui.core.text import plain
from fwtui.core.workload import Arrays, Batch
from fwtui.workloads.user import data as own_data
from fwtui.workloads.user import loader
from fwtui.workloads.user.errors import (
    HINT,
    MEND,
    TO_ADD,
    WHOLE_STORY,
    UserFileError,
    explained,
    how_to_write,
)

_BATCH = 64
_MAX_INT = 2**63 - 1
_OPTIONAL = ("held_out",)
_SETTINGS = ("STEPS", "OPTIMIZER", "LEARNING_RATE")
_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*")
"""What TensorFlow takes as the name of an op."""


class UserFile:
    """A user's file, loaded, with the sizes and the data that `spec` asks for; what every kind of file has.

    Attributes:
        summary: the first line of the file's docstring.

    Raises:
        UserFileError: the file cannot be used.
        SpecError: a size, a setting or the data makes no sense.
    """

    REQUIRED: ClassVar[tuple[str, ...]] = ("batches",)
    """The functions that such a file must have; `batches` not where there is data."""

    def __init__(self, spec: WorkloadSpec, file: loader.OwnFile) -> None:
        self._sizes = dict(spec.sizes)
        self._data_path = spec.data
        self.file = file
        self._data_stamp = loader.stamp_of([Path(spec.data)]) if spec.data else ()
        self._given: dict[str, tuple[str, ...]] = {}
        self._kinds: dict[str, int | None] = {}
        self._net = "the net"
        self._check_functions()
        self._check_sizes()
        self.STEPS = whole_number(*self._setting("STEPS", 500), 1, MAX_STEPS)
        self.OPTIMIZER = one_of(*self._setting("OPTIMIZER", "sgd"), OPTIMIZERS)
        self.LEARNING_RATE = positive_number(*self._setting("LEARNING_RATE", 1e-3), MAX_RATE)
        document = text_of(self.file.module.__doc__ or "").strip().partition("\n")[0]
        self.summary = plain(document or "a network of your own")

    @property
    def changed(self) -> bool:
        """Whether the file, what it imported from beside it, or the data is another one now."""
        data = [] if self._data_path is None else [Path(self._data_path)]
        return self.file.changed or loader.stamp_of(data) != self._data_stamp

    def sizes(self) -> dict[str, int]:
        """The whole numbers in capitals at the top of the file, by their names in lower case."""
        found = {
            name.lower(): value
            for name in self.file.lines
            if name.isupper() and name not in _SETTINGS
            if isinstance(value := self._names.get(name), int) and not isinstance(value, bool)
            if abs(value) <= _MAX_INT  # a larger one is no size of an array
        }
        if "batches" not in self._names:
            found.setdefault("batch", self._sizes.get("batch", self._usual_batch))
        return found

    def files_and_stamp(self) -> tuple[list[Path], tuple[object, ...]]:
        """The file, what it imported from beside it, the data; and what `stamp_of` said of them all."""
        data = [] if self._data_path is None else [Path(self._data_path)]
        return [self.file.path, *self.file.beside.values(), *data], self.file.stamp + self._data_stamp

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """What the file's `batches` yields, or minibatches of the data where it has no such function."""
        last: Batch = {}
        count = 0
        with self._blamed():
            for given in self._batches(rng):
                count += 1
                # The same object means the same data, so a batch filled again must be another object.
                if last and isinstance(given, Mapping) and _same_arrays(given, last):
                    yield last
                    continue
                last = self._checked("batches", given)
                yield last
        ended = f"batches() ended after {count:,} batch{'' if count == 1 else 'es'}"
        what = ended if count else "batches() gave no batch"
        raise self._wrong("batches", what, "batches have no end: put `while True:` around the `yield`")

    def held_out(self, rng: np.random.Generator) -> Batch | None:
        """What the file's `held_out` gives; None where it has no such function."""
        function = self._names.get("held_out")
        if function is None:
            return None
        with self._blamed():
            given = self._call("held_out", function, rng)
            return None if given is None else self._checked("held_out", given)

    def explained(self, error: BaseException, otherwise: str = WHOLE_STORY) -> UserFileError | None:
        """What an exception says of this file, see `own_errors.explained`."""
        if isinstance(error, UserFileError):
            return error
        _, returned, what = message(error).partition(RETURNED)
        if returned:  # found by ours, and so in no line of the file's
            what = returned + what.partition("\n")[0]
            return self._wrong(self._net, what, "return a scalar, or {'loss': scalar, 'accuracy': scalar, …}")
        otherwise = self._names.get(HINT, otherwise)
        title = " and ".join(self.file.path.stem.split("-")) if HINT in self._names else ""
        return explained(error, self.file.path, self._given, otherwise, title)

    def _setting(self, name: str, default: object) -> tuple[str, str]:
        """Where a setting is assigned, and its value as text."""
        return f"{self.file.where(name)}: {name}", text_of(self._names.get(name, default))

    @property
    def _names(self) -> Mapping[str, Any]:
        """What stands at the top of the file; its own `__getattr__` is not asked."""
        return vars(self.file.module)

    @cached_property
    def _data(self) -> Arrays | None:
        return None if self._data_path is None else own_data.read(self._data_path)

    @cached_property
    def _usual_batch(self) -> int:
        """Rows of a batch of the data where nobody says how many."""
        rows = 0 if self._data_path is None else own_data.rows(self._data_path)
        return min(_BATCH, rows) or _BATCH

    def _check_functions(self) -> None:
        names, with_data = self._names, self._data_path is not None
        if self._data_path is not None:
            own_data.check(self._data_path)
        for name in self.REQUIRED:
            if name not in names and not (name == "batches" and with_data):
                raise UserFileError.without(self.file.path.name, name)
        for name in (*self.REQUIRED, *_OPTIONAL):
            if name in names:
                self._check_function(name)

    def _check_function(self, name: str) -> None:
        """UserFileError where the file's `name` is no function, or takes other parameters than it should."""
        function, with_data = self._names[name], self._data_path is not None
        if not callable(function):
            what = f"{name} is {kind_of(function)}, no function"
            raise UserFileError(self.file.where(name), what, f"write {how_to_write(name)}")
        arguments = self._arguments(name)
        takes_data = name in ("batches", "held_out") and takes(function, 2)
        if takes(function, arguments):
            if name == "batches" and with_data and not takes_data:
                hint = "def batches(rng, data): data is a dict of the file's arrays"
                raise UserFileError(self.file.where(name), "--data, but batches takes no data", hint)
            return
        if takes_data and with_data:
            return
        if takes_data:
            hint = "give --data FILE.npz, or a default: data=None"
            raise UserFileError(self.file.where(name), f"{name}(rng, data) needs data", hint)
        what = f"{name} takes the wrong number of parameters"
        raise UserFileError(self.file.where(name), what, f"write {how_to_write(name)}")

    def _arguments(self, name: str) -> int:
        """How many arguments the file's function of this name is called with, but for data."""
        return 1 if name in TO_ADD else 0

    def _check_sizes(self) -> None:
        known = self.sizes()
        for name, value in self._sizes.items():
            if name == "batch" and name not in known:
                what = f"sizes of {self.file.path.name} (whole numbers in capitals at its top): "
                raise SpecError("--batch", value, what + (", ".join(known) or "none"))
            known_size(name, value, known)
            whole_number("--batch" if name == "batch" else f"--size {name}", value, 1, MAX_SIZE)

    def _batches(self, rng: np.random.Generator) -> Iterator[Any]:
        function = self._names.get("batches")
        if function is None:
            assert self._data is not None
            assert self._data_path is not None
            return own_data.minibatches(self._data_path, self._data, self.sizes()["batch"], rng)
        given = self._call("batches", function, rng)
        try:
            return iter(given)
        except TypeError:
            what = f"batches() gave {kind_of(given)}, no batches"
            raise self._wrong("batches", what, "`yield` a dict of arrays in a `while True:`") from None

    def _call(self, name: str, function: Callable[..., Any], rng: np.random.Generator) -> Any:
        with_data = self._data is not None and takes(function, 2)
        return function(rng, self._data) if with_data else function(rng)

    def _named(self, function: str, given: Any) -> dict[str, Any]:
        """What `function` gave as a dict; UserFileError where it is none, or has names that are none."""
        if not isinstance(given, Mapping):
            hint = "return {'name': array, …}"
            raise self._wrong(function, f"{function}() gave {kind_of(given)}, no dict of arrays", hint)
        if not given:
            raise self._wrong(function, f"{function}() gave an empty dict", "name an array at least")
        for name in given:
            if not (isinstance(name, str) and _NAME.fullmatch(name)):
                what = f"{function}() gave the name {name!r}"
                raise self._wrong(function, what, "use letters, digits, '_', '.' and '-', a letter first")
        return dict(given)

    def _checked(self, function: str, given: Any) -> Batch:
        """A batch as it came, its arrays read-only; UserFileError where it is not like those before."""
        batch = self._named(function, given)
        kinds = {name: _dimensions(value) for name, value in batch.items()}
        for name, value in batch.items():
            usable = isinstance(value, np.ndarray) and value.dtype.kind in "fiub" and value.dtype.isnative
            if kinds[name] is not None and not usable:
                what = f"{function}() gave '{name}' as {kind_of(value)}, no array of numbers"
                raise self._wrong(function, what, f"'{name}': np.asarray(…), or a Python int")
            if isinstance(value, np.ndarray):
                value.flags.writeable = False  # one that is filled again would be the same batch again
        if self._kinds and kinds != self._kinds:
            what = f"{function}() gave {_listed(kinds)}, and before that {_listed(self._kinds)}"
            raise self._wrong(function, what, "names and numbers of dimensions must stay")
        self._kinds = kinds
        self._given["batches"] = tuple(batch)
        return batch

    def _wrong(self, function: str, what: str, hint: str) -> UserFileError:
        return UserFileError(self.file.where(function), what, hint)

    @contextlib.contextmanager
    def _blamed(self) -> Iterator[None]:
        """What the file's own functions raise, as an UserFileError."""
        try:
            yield
        except (SpecError, GeneratorExit):
            raise
        except BaseException as error:
            explanation = self.explained(error, MEND)
            if explanation is None:
                raise
            raise explanation from error


def read(spec: WorkloadSpec, stale: Mapping[str, Path]) -> loader.OwnFile:
    """Execute the file that `spec` names with its sizes. UserFileError as `loader.execute`."""
    return loader.execute(Path(spec.name), {name.upper(): size for name, size in spec.sizes}, stale)


def takes(function: Callable[..., Any], count: int) -> bool:
    """Whether a function can be called with so many arguments, as far as it tells."""
    try:
        inspect.signature(function).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # written in C, and tells nothing
        return True
    return True


def _same_arrays(given: Mapping[str, Any], last: Batch) -> bool:
    return given.keys() == last.keys() and all(given[name] is last[name] for name in last)


def _dimensions(value: Any) -> int | None:
    """None for a Python int, which has none."""
    return None if isinstance(value, int) and not isinstance(value, bool) else int(getattr(value, "ndim", -1))


def kind_of(value: Any) -> str:
    """What a thing is, in words."""
    if value is None:
        return "None"
    name = f"array of {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _listed(kinds: Mapping[str, int | None]) -> str:
    return ", ".join(f"{name} ({'int' if n is None else f'{n}-d'})" for name, n in kinds.items())
