from dataclasses import replace
from typing import Any

import pytest

from fwtui.backends.entries import BackendEntry, FrameworkEntry, OpNames, SourcePart
from fwtui.core.typed_fields import mistyped

FRAMEWORK = FrameworkEntry("mine", "Mine", "mine", "mine", slot=4)
NO_NAMES: Any = {"add": 1}
ENTRY = BackendEntry("mine.eager", FRAMEWORK, "eager", "dynamic: mine", "a step")


def test_what_is_of_its_types_is_right():
    part = SourcePart("each step", ("steady",), "step.py", ("step",))
    ops = OpNames({"add": "plus"}, {("add", "multiply"): "fma"})
    assert mistyped(replace(ENTRY, source=(part,), framework=replace(FRAMEWORK, ops=ops))) == ""


WRONG = {
    "text": (replace(ENTRY, name=7), "name"),
    "another dataclass": (replace(ENTRY, framework=None), "framework"),
    "inside": (replace(ENTRY, framework=replace(FRAMEWORK, slot="4")), "framework.slot"),
    "true for a number": (replace(ENTRY, framework=replace(FRAMEWORK, slot=True)), "framework.slot"),
    "a dict for a dataclass": (replace(ENTRY, framework=replace(FRAMEWORK, ops={})), "framework.ops"),
    "deeper": (
        replace(ENTRY, framework=replace(FRAMEWORK, ops=OpNames(NO_NAMES))),
        "framework.ops.one_word",
    ),
    "a list for a tuple": (replace(ENTRY, source=[]), "source"),
    "in a tuple": (replace(ENTRY, source=("x", 1)), "source"),
    "in a dataclass in a tuple": (replace(ENTRY, source=(SourcePart(3, ()),)), "source"),
    "another word": (replace(ENTRY, source=(SourcePart("", ("later",)),)), "source"),
}


@pytest.mark.parametrize(("entry", "field_name"), WRONG.values(), ids=WRONG)
def test_what_is_not_is_named(entry, field_name):
    assert mistyped(entry).startswith(f"{field_name} is a value of type ")
