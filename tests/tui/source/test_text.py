"""Functions as they stand in a file, found without importing it."""

from __future__ import annotations

import pytest

from fwtui.tui.source.text import SourceFile, UnreadableError


def test_a_function_comes_with_what_it_calls_and_real_line_numbers(net):
    pieces = SourceFile.read(net).functions(["torch_loss", "nothing"])
    assert [(piece.name, piece.first) for piece in pieces] == [
        ("_scale", 4),
        ("Block", 7),
        ("torch_loss", 16),
    ]
    loss = pieces[-1]
    assert loss.lines[2] == '        title = "?[31mred"'
    assert (loss.lines[4], loss.first + 4) == ('        return Block().run(batch["x"])', 20)


def test_a_method_stands_alone_without_its_indentation(net):
    (method,) = SourceFile.read(net).functions(["Block.other"])
    assert (method.first, method.lines) == (11, ("def other(self):", "    return Block()"))
    assert SourceFile.read(net).around(9).name == "Block.run"
    assert SourceFile.read(net).around(19).name == "torch_loss"
    assert SourceFile.read(net).around(2) is None


def test_what_cannot_be_read_is_told_in_words(tmp_path, monkeypatch):
    with pytest.raises(UnreadableError, match=r"no_net.py: No such file"):
        SourceFile.read(tmp_path / "no_net.py")
    bad = tmp_path / "bad.py"
    bad.write_text("def loss(:\n")
    with pytest.raises(UnreadableError, match=r"bad.py is not valid Python: invalid syntax"):
        SourceFile.read(bad)
    bad.write_bytes(b"# coding: nothing\n")
    with pytest.raises(UnreadableError, match=r"bad.py is not valid Python: unknown encoding"):
        SourceFile.read(bad)
    monkeypatch.setattr("fwtui.tui.source.text.MOST_BYTES", 10)
    with pytest.raises(UnreadableError, match="larger than"):
        SourceFile.read(bad)
