"""A user's file with models as they are: modules of PyTorch, models of Keras, and the loss of each.

The file has a function `torch_model`, without parameters, which gives the module, and a function
`torch_loss(model, batch)`; the same for TensorFlow, or `torch_model_b`, a second one of one framework.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np

from fwtui.core.inputs import SpecError, text_of
from fwtui.core.known_differences import KNOWN_DIFFERENCES
from fwtui.core.workload import Batch
from fwtui.workloads.user.errors import MODEL, NET, OPTIMIZER, SECOND, UserFileError, gives_model
from fwtui.workloads.user.file import UserFile
from fwtui.workloads.user.loader import OwnFile


@dataclass(frozen=True)
class Side:
    """One of the two models that a file compares.

    Attributes:
        framework: its key, such as `torch`.
        function: the name of the function that gives the model.
        loss: the name of its loss; "" where the file has none, and only outputs can be compared.
        optimizer: the name of the function that gives its optimizer; "" where the file has none.
        python: the interpreter whose process holds it while weights are paired; None: fwtui's own.
    """

    framework: str
    function: str
    loss: str
    optimizer: str = ""
    python: str | None = None


_SUFFIXES = {
    ".pt": "torch",
    ".pth": "torch",
    ".safetensors": "torch",
    ".h5": "tensorflow",
    ".keras": "tensorflow",
}


def framework_of(path: str) -> str:
    """The key of the framework that a file of weights is of, by its name; "" where that is no such name."""
    return _SUFFIXES.get(PurePath(path).suffix, "")


def has_models(file: OwnFile) -> bool:
    """Whether a file has a function of a model at its top."""
    return any(gives_model(name) for name in file.lines)


class ModelFile(UserFile):
    """A file with two models, each a function that gives one, and a loss of model and batch for each."""

    def sides(self) -> tuple[Side, Side]:
        """The two models, the one whose weights both get first.

        Raises:
            UserFileError: there are not two, or one of them alone has a loss.
        """
        found = [name for name in self._names if gives_model(name)]
        if len(found) != 2:
            has = f"has {len(found)} functions of models" + (f": {', '.join(found)}" if found else "")
            hint = "two are compared: torch_model and tensorflow_model, or torch_model and torch_model_b"
            raise UserFileError(self.file.path.name, has, hint)
        first, second = (self._side(name) for name in sorted(found, key=lambda name: name.endswith(SECOND)))
        if bool(first.loss) != bool(second.loss):
            missing = (second if first.loss else first).framework + NET
            hint = f"add def {missing}(model, batch): …, or leave both out where only outputs are compared"
            raise UserFileError(self.file.path.name, f"has no function {missing}", hint)
        keys = first.framework, second.framework
        if "WEIGHTS" in self._names:
            whose = framework_of(text_of(self._names["WEIGHTS"])) or self._names["WEIGHTS"]
            if whose not in keys:
                formats = ", ".join(_SUFFIXES)
                setting, got = self._setting("WEIGHTS", keys[0])
                raise SpecError(setting, got, f"{' or '.join(keys)}, or the path of a {formats} file")
            if whose != first.framework:
                return second, first
        return first, second

    def checkpoint(self) -> str:
        """The path of the file whose weights both models get, absolute; "" where that is none."""
        given = text_of(self._names.get("WEIGHTS", ""))
        return str(self.file.path.parent / given) if framework_of(given) else ""

    def side(self, function: str) -> Side:
        """The one whose model the function of this name gives."""
        return next(side for side in self.sides() if side.function == function)

    def pairs(self, first: Side, second: Side) -> dict[str, str]:
        """The names that the file gives for what cannot be decided: the first side's by the second's.

        Raises:
            UserFileError: `PAIRS` is no dict of names.
        """
        given = self._names.get("PAIRS", {})
        if not isinstance(given, Mapping) or not all(
            isinstance(name, str) for pair in given.items() for name in pair
        ):
            raise self._wrong("PAIRS", "PAIRS is no dict of names", 'PAIRS = {"fc.weight": "dense/kernel"}')
        as_written = (first.framework, second.framework) != ("tensorflow", "torch")
        return dict(given) if as_written else {other: one for one, other in given.items()}

    def expected(self) -> tuple[str, ...]:
        """What the file says is meant to differ: names from `KNOWN_DIFFERENCES`.

        Raises:
            UserFileError: `EXPECT` has another name.
        """
        given = self._names.get("EXPECT", ())
        names = tuple(given) if isinstance(given, list | tuple | set | frozenset) else (given,)
        if any(not isinstance(name, str) or name not in KNOWN_DIFFERENCES for name in names):
            known = ", ".join(map(repr, KNOWN_DIFFERENCES))
            raise self._wrong("EXPECT", f"EXPECT is {text_of(given)}", f"known differences are {known}")
        return names

    def laid_out(self, batch: Batch, side: Side, back: bool = False) -> Batch:
        """A batch of the file's data with the axes that the side's framework gets, as `LAYOUT` says.

        Args:
            back: the other way, from what the framework gets to what the file gave.

        Raises:
            UserFileError: `LAYOUT` is no dict of axes by framework, such as `{"torch": "NCHW", …}`.
        """
        axes = self.axes(side)
        if axes is None:
            return batch
        order = tuple(map(axes.index, range(len(axes)))) if back else axes

        def turned(value: Any) -> Any:
            is_laid_out = isinstance(value, np.ndarray) and value.ndim == len(order)
            return value.transpose(order) if is_laid_out else value

        return {name: turned(value) for name, value in batch.items()}

    def axes(self, side: Side) -> tuple[int, ...] | None:
        """The order in which a side's framework gets the data's axes; None where that is the data's own."""
        layout = self._names.get("LAYOUT", {})
        hint = 'LAYOUT = {"torch": "NCHW", "tensorflow": "NHWC"}, the one that the data have first'
        is_layout = isinstance(layout, Mapping) and all(isinstance(one, str) for one in layout.values())
        if not is_layout or (layout and set(layout) != {"torch", "tensorflow"}):
            raise self._wrong("LAYOUT", "LAYOUT is no dict of axes by framework", hint)
        if side.framework not in layout:
            return None
        own, given = layout[side.framework], next(iter(layout.values()))
        if sorted(own) != sorted(given) or len(set(own)) != len(own):
            raise self._wrong("LAYOUT", f"LAYOUT has other axes in {given!r} than in {own!r}", hint)
        return None if own == given else tuple(given.index(axis) for axis in own)

    def model(self, side: Side) -> Any:
        """What the file's function gives: the model, in its framework's own form."""
        with self._blamed():
            made = self._names[side.function]()
        if made is None:
            raise self._wrong(side.function, f"{side.function}() gave None", "return the model")
        return made

    def loss(self, side: Side) -> Callable[[Any, Mapping[str, Any]], Any]:
        """The file's loss of a model and a batch."""
        self._net = side.loss
        loss: Callable[[Any, Mapping[str, Any]], Any] = self._names[side.loss]
        return loss

    def optimizer(self, side: Side) -> Callable[[Any], Any] | None:
        """The file's function that gives the optimizer of a model; None where it has none."""
        given: Callable[[Any], Any] | None = self._names[side.optimizer] if side.optimizer else None
        return given

    def refused(self, side: Side, what: str, hint: str, of_optimizer: bool = False) -> UserFileError:
        """The error that the model of a side, or its optimizer, is none."""
        function = side.optimizer if of_optimizer else side.function
        return self._wrong(function, f"{function}() gave {what}", hint)

    def _arguments(self, name: str) -> int:
        if gives_model(name):
            return 0
        if name.removesuffix(SECOND).endswith(OPTIMIZER):
            return 1
        return 2 if name.removesuffix(SECOND).endswith(NET) else super()._arguments(name)

    def _side(self, name: str) -> Side:
        framework = name.removesuffix(SECOND).removesuffix(MODEL)
        loss = framework + NET
        if name.endswith(SECOND) and loss + SECOND in self._names:
            loss += SECOND
        has_loss = loss in self._names
        optimizer = framework + OPTIMIZER
        if name.endswith(SECOND) and optimizer + SECOND in self._names:
            optimizer += SECOND
        has_one = optimizer in self._names
        for one in (name, *((loss,) if has_loss else ()), *((optimizer,) if has_one else ())):
            self._check_function(one)
        return Side(framework, name, loss if has_loss else "", optimizer if has_one else "")
