"""Where an error of a user's is: in the innermost line of their own, wherever that is."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from fwtui.workloads.user.errors import explained


def executed(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def raised(tmp_path, monkeypatch):
    """What a call of `main` in a file raises, with a module beside it."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def raised(main, beside=""):
        (tmp_path / "beside_it.py").write_text(beside)
        path = tmp_path / "my_net.py"
        path.write_text(main)
        with pytest.raises(Exception) as caught:  # noqa: PT011
            executed(path).main()
        return caught.value, path

    return raised


def test_in_the_file_itself(raised):
    error, path = raised("def main():\n    return 1 / 0\n")
    assert explained(error, path, {}).where == "my_net.py:2"


def test_in_a_module_that_the_file_imports(raised):
    beside = "def make():\n    undefined_name\n"
    error, path = raised("def main():\n    import beside_it\n    beside_it.make()\n", beside)
    found = explained(error, path, {}, "look at --loss", title="Net and build")
    assert (found.where, found.hint) == ("beside_it.py:2", "fix this line")


def test_not_in_python_or_an_installed_package(raised):
    error, path = raised("import json\ndef main():\n    return json.loads('{')\n")
    assert explained(error, path, {}).where == "my_net.py:3"
    assert Path(json.__file__).name not in str(explained(error, path, {}))


def test_a_file_that_fwtui_wrote_is_called_by_what_it_is_of(raised):
    error, path = raised("def main():\n    return 1 / 0\n")
    found = explained(error, path, {}, "look at --loss", title="Net and build")
    assert str(found) == "Net and build: ZeroDivisionError: division by zero; look at --loss"


def test_what_did_not_come_from_the_file_is_not_its(raised):
    error, path = raised("def main():\n    return 1 / 0\n")
    assert explained(error, path.with_name("other.py"), {}) is None
