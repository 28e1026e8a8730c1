"""Models that are named and not written: `my_pkg.nets:Net`, for which a file of models is written.

A reference is `module:name`, `path.py:name`, or `folder::module:name`, of a function without parameters or a
class, which is called, or of a model itself. Modules are those that are installed, that lie in the current
folder, or in the one that is named.
"""

from __future__ import annotations

import copy
import hashlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from fwtui.core.error_text import error_text
from fwtui.core.inputs import SpecError, one_of
from fwtui.core.named_losses import LOSSES
from fwtui.system import temporary
from fwtui.workloads.user.errors import HINT, UserFileError

SIDES = ("torch", "torch_b", "tensorflow", "tensorflow_b")
"""What a reference may be given for: the two frameworks, and a second model of one of them."""
OBJECT_FILE = ".object.npz"
"""How the name of a file ends that has a model itself, see `fwtui.system.object_file`."""
STEPS = 100
"""A proof takes no more: the rest of a training is the same over again."""
_HINT = "look at the model, and at --layout, --loss and --data"
FORM = "module:name, such as my_package.nets:Net"


def file_of(references: Mapping[str, str], loss: str | None, layout: str | None) -> Path:
    """A file with two models, each by a reference, which is there until this process ends.

    Args:
        references: by side.
        loss: a name from `LOSSES`, or a reference for each framework that there is, with a comma between;
            None: outputs alone are compared.
        layout: `torch=NCHW,tensorflow=NHWC`: what the data's axes are, and what the other framework's are.

    Raises:
        SpecError: there are not two, or one of the texts has not its form.
    """
    check_two(references)
    for side, reference in references.items():
        module, colon, name = reference.rpartition(":")
        if not reference.endswith(OBJECT_FILE) and not (
            colon and module and all(part.isidentifier() for part in name.split("."))
        ):
            raise SpecError(f"--{side.replace('_', '-')}", reference, FORM)
    folder = str(Path.cwd())
    titles = " and ".join(map(_title, references.values()))
    lines = [f'"""{titles}"""', "", "import sys", "", f"{HINT} = {_HINT!r}", ""]
    lines += [f"if {folder!r} not in sys.path:", f"    sys.path.append({folder!r})", ""]
    for side, reference in references.items():
        framework, _, second = side.partition("_")
        function = f"{framework}_model" + (f"_{second}" if second else "")
        if reference.endswith(OBJECT_FILE):
            imports, model = f"from fwtui.backends.{framework}.instances import model", "model"
        else:
            imports, model = f"from {__name__} import made", "made"
        lines += _function(f"{function}()", imports, f"{model}({reference!r})")
    frameworks = list(dict.fromkeys(side.partition("_")[0] for side in references)) if loss else []
    for framework, given in zip(frameworks, _losses(loss, frameworks), strict=True):
        known = f"from fwtui.backends.{framework}.losses import loss", f"loss({given!r}, model, batch)"
        own = f"from {__name__} import found", f"found({given!r})(model, batch)"
        lines += _function(f"{framework}_loss(model, batch)", *(known if given in LOSSES else own))
    lines += ["", f"STEPS = {STEPS}", ""]
    if layout is not None:
        lines += ["", f"LAYOUT = {_layout(layout)!r}", ""]
    text = "\n".join(lines)
    name = "-".join(_short(reference) for reference in references.values())
    folder_of_it = temporary.folder("models") / hashlib.sha256(text.encode()).hexdigest()[:12]
    folder_of_it.mkdir(exist_ok=True)
    path = folder_of_it / f"{name}.py"
    if not path.exists():
        path.write_text(text, encoding="utf-8")
    return path


def check_two(references: Mapping[str, str]) -> None:
    """SpecError where these are not two models."""
    if len(references) != 2:
        count = "one model" if len(references) == 1 else f"{len(references)} models"
        other = "two: --torch and --tensorflow, or --torch and --torch-b"
        raise SpecError(f"--{next(iter(references)).replace('_', '-')}", count, other)


def _title(reference: str) -> str:
    is_model = reference.endswith(OBJECT_FILE)
    return f"a {_short(reference)} as it is" if is_model else reference.rpartition("::")[2]


def _short(reference: str) -> str:
    if reference.endswith(OBJECT_FILE):
        return Path(reference).name.removesuffix(OBJECT_FILE)
    return reference.rpartition(":")[2].rpartition(".")[2]


def _function(head: str, imports: str, gives: str) -> list[str]:
    return ["", f"def {head}:", f"    {imports}", "", f"    return {gives}", ""]


def made(reference: str) -> Any:
    """A new model by its reference.

    Raises:
        UserFileError: there is no such thing, or it cannot be called without arguments.
    """
    given = found(reference)
    if not (inspect.isclass(given) or inspect.isroutine(given)):
        return copy.deepcopy(given)  # another one at each call
    try:
        inspect.signature(given).bind()
    except TypeError as error:
        hint = "name a function without parameters that makes it"
        raise UserFileError(reference, f"needs arguments: {error}", hint) from None
    except ValueError:  # written in C, and tells nothing
        pass
    return given()


def found(reference: str) -> Any:
    """What a reference names. UserFileError where there is no such thing."""
    module, _, name = reference.rpartition(":")
    folder, _, module = module.rpartition("::")
    if folder and folder not in sys.path:
        sys.path.append(folder)
    try:
        thing: Any = _by_path(Path(module)) if module.endswith(".py") else importlib.import_module(module)
    except UserFileError:
        raise
    except (ImportError, TypeError, ValueError) as error:  # TypeError: a relative name
        hint = "give the name as an import would"
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing and module != missing and not module.startswith(f"{missing}."):
            hint = f"install {missing}, which {module} imports"
        raise UserFileError(reference, error_text(error), hint) from error
    for part in name.split("."):
        if not hasattr(thing, part):
            raise UserFileError(reference, f"{module} has no {name}", f"give {FORM}")
        thing = getattr(thing, part)
    return thing


def _by_path(path: Path) -> ModuleType:
    name = f"fwtui_reference_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None or not path.is_file():
            raise ImportError(f"no module at {path}")
        if str(path.parent) not in sys.path:
            sys.path.append(str(path.parent))
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


def _losses(loss: str | None, frameworks: list[str]) -> list[str]:
    if loss is None:
        return []
    if ":" not in loss:
        return [one_of("--loss", loss, LOSSES)] * len(frameworks)
    given = [one.strip() for one in loss.split(",")]
    if len(given) != len(frameworks):
        raise SpecError(
            "--loss", loss, f"{len(frameworks)} references with a comma between: {', '.join(frameworks)}"
        )
    return given


def _layout(text: str) -> dict[str, str]:
    pairs = [one.partition("=")[::2] for one in text.split(",")]
    if len(dict(pairs)) != 2 or not all(
        key in ("torch", "tensorflow") and axes.isalpha() for key, axes in pairs
    ):
        raise SpecError("--layout", text, "torch=NCHW,tensorflow=NHWC, that of the data first")
    return dict(pairs)
