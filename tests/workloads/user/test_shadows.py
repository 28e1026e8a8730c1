"""Modules beside a user's file whose names Python or an installed package has already."""

from __future__ import annotations

import pytest

from fwtui.core.spec import WorkloadSpec
from fwtui.workloads.user.errors import UserFileError
from fwtui.workloads.user.inspector import inspect
from tests.workloads.user.test_workload import FILE


@pytest.fixture
def spec(tmp_path):
    (tmp_path / "random.py").write_text("def dice(): return 4\n")
    (tmp_path / "sys").mkdir()
    (tmp_path / "sys" / "__init__.py").write_text("")
    (tmp_path / "helper.py").write_text("WIDTH = 2\n")

    def spec(imports):
        path = tmp_path / "my_net.py"
        path.write_text(FILE.replace("HIDDEN = 4", f"{imports}\nHIDDEN = 4"), encoding="utf-8")
        return WorkloadSpec(str(path), "default")

    return spec


def test_an_import_of_another_file_than_the_one_beside_it_is_noted(spec):
    imports = "import random, helper; from sys import path; import random"
    random, itself = inspect(spec(imports)).notes
    assert random.startswith("my_net.py:5: imports random from ")
    assert random.endswith("random.py, not random.py beside it")
    assert itself == "my_net.py:5: imports sys from Python itself, not sys.py beside it"


def test_what_is_found_beside_the_file_is_no_shadow(spec):
    assert inspect(spec("import helper, math")).notes == ()


@pytest.mark.parametrize("use", ["import random; random.dice()", "from random import dice"])
def test_an_error_that_comes_of_it_names_the_file_to_rename(spec, use):
    with pytest.raises(
        UserFileError, match=r"rename random\.py beside it: random is imported from /.*random\.py"
    ):
        inspect(spec(use))
