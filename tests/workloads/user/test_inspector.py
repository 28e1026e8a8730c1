"""A user's file is executed in a process of its own, whatever it does there; the answer is one line."""

from __future__ import annotations

import threading

import psutil
import pytest

from fwtui.core.inputs import SpecError
from fwtui.core.spec import WorkloadSpec
from fwtui.workloads.user import inspector
from fwtui.workloads.user.errors import UserFileError
from fwtui.workloads.user.inspector import inspect
from tests.workloads.user.test_workload import FILE

PARAMETERS = 'return {"w": rng.normal(size=(3, WIDE))}'
BATCH = "while True:"
HELD_OUT = 'return {"x": np.ones((5, 3)), "depth": 2}'
STAGES = {
    "at its top": ("HIDDEN = 4", "", "when it is loaded", 5),
    "in parameters": (PARAMETERS, "    ", "in parameters()", 14),
    "in batches": (BATCH, "    ", "in batches()", 17),
    "in held_out": (HELD_OUT, "    ", "in held_out()", 21),
}
SEGFAULT = "import ctypes; ctypes.string_at(0)"


@pytest.fixture
def write(tmp_path):
    """Writes a file in which a text is another one."""

    def write(old, new):
        assert old in FILE
        path = tmp_path / "my_net.py"
        path.write_text(FILE.replace(old, new), encoding="utf-8")
        return WorkloadSpec(str(path), "default")

    return write


@pytest.fixture
def doing(write):
    """Writes a file that runs a statement at a stage; what then comes is as it was."""

    def doing(statement, stage="at its top"):
        before, indent, *_ = STAGES[stage]
        return write(before, f"{statement}\n{indent}{before}")

    return doing


def reason(spec, **words):
    with pytest.raises(UserFileError) as error:
        inspect(spec, calls=True, **words)
    assert str(error.value).isprintable()
    return error.value.reason


@pytest.mark.parametrize("stage", STAGES)
def test_an_end_of_python_is_told_with_where_it_came(doing, stage):
    *_, where, line = STAGES[stage]
    spec = doing("import os; os._exit(0)", stage)
    assert reason(spec) == f"my_net.py: ends Python (exit code 0) {where}"
    assert reason(doing(SEGFAULT, stage)) == f"my_net.py:{line}: crashes Python (SIGSEGV) {where}"


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("raise SystemExit(0)", "leaves Python when it is loaded (exit 0)"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt when it is loaded"),
        ("raise BaseException('x\\x1b[2J')", r"BaseException: x\x1b[2J when it is loaded"),
        ("class E(Exception): __str__ = lambda self: 1 / 0\nraise E", "E when it is loaded"),
        ("class E(BaseException): __str__ = lambda self: 1 / 0\nraise E", "E when it is loaded"),
        ("def again(): again()\nagain()", "RecursionError: maximum recursion depth"),
    ],
)
def test_what_the_file_raises_is_told_with_its_line(doing, statement, what):
    line = reason(doing(statement))
    assert line.startswith("my_net.py:")
    assert what in line


def test_a_file_that_is_never_done_is_ended_and_its_seconds_are_told(doing, monkeypatch):
    monkeypatch.setattr(inspector, "LIMIT_S", 1.5)
    seen = []
    line = reason(doing("while True: pass"), waiting=lambda name, seconds: seen.append((name, seconds)))
    assert line == "my_net.py: is not done after 2 s when it is loaded"
    assert {name for name, _ in seen} == {"my_net.py"}
    assert [seconds for _, seconds in seen] == sorted(seconds for _, seconds in seen)
    assert seen[-1][1] > 0.5


def test_whoever_waits_can_end_it(doing):
    def enough(name, seconds):
        raise SpecError("--workload", name, "less")

    with pytest.raises(SpecError, match="less"):
        inspect(doing("while True: pass"), waiting=enough)
    assert not children()


def test_nothing_that_it_prints_starts_or_leaves_behind_reaches_this_process(doing, capfd, tmp_path):
    statement = (
        "import atexit, os, subprocess, sys, threading, time\n"
        "print('\\x1b]52;c;aGk=\\x07' * 100_000)\n"
        "os.write(1, b'\\x1b[?1049h'); os.write(2, b'raw')\n"
        "threading.Thread(target=time.sleep, args=(3600,)).start()\n"
        f"subprocess.Popen(['sleep', '3601']); atexit.register(open, {str(tmp_path / 'left')!r}, 'w')"
    )
    threads = set(threading.enumerate())
    description = inspect(doing(statement), calls=True)
    assert description.known == {"hidden": 4, "wide": 8, "batch": 8}
    assert capfd.readouterr() == ("", "")
    assert not children()
    assert not (tmp_path / "left").exists()
    assert set(threading.enumerate()) == threads


def children():
    """What this process, or one of its children, has started and is still there, but for what cleans up."""
    alive = (one for one in psutil.Process().children(recursive=True) if one.status() != psutil.STATUS_ZOMBIE)
    return [one for one in alive if not any("reaper_process" in word for word in one.cmdline())]


def test_answers_that_only_look_like_ones_are_none(doing):
    scan = (
        "import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'{text}\\n')\n    except OSError: pass\n"
    )
    for text in ('{"description": {}}', '{"description": 3}', "[1]", "nonsense"):
        with pytest.raises(SpecError):
            inspect(doing(scan.replace("{text}", text) + "os._exit(0)"))


def test_a_module_that_answers_for_every_name_has_what_it_defines(doing):
    spec = doing("def __getattr__(name): raise ValueError(name)")
    assert inspect(spec).known == {"hidden": 4, "wide": 8, "batch": 8}


@pytest.mark.parametrize("value", ["10**5000", "-1", "'\\x1b[2J'", "float('inf')", "type('T', (), {})()"])
def test_a_setting_that_makes_no_sense_is_told_in_one_line(write, value):
    with pytest.raises(SpecError, match=r"my_net.py:9: STEPS: got ") as error:
        inspect(write("STEPS = 20", f"STEPS = {value}"))
    assert str(error.value).isprintable()


def test_a_number_too_large_to_be_written_out_is_no_size(write):
    spec = write("FLAG = True", "SEED = 10**5000; LEAST = -(2**63); MOST = 2**62")
    assert inspect(spec).known == {"hidden": 4, "wide": 8, "batch": 8, "most": 2**62}


GARBAGE = ('{"own_error": 5}', '{"own_error": ["a"]}', '{"spec_error": {}}', '{"description": []}')


@pytest.mark.parametrize("word", [*GARBAGE, '{"description": {"path": "", "STEPS": Infinity}}'])
def test_what_a_file_writes_into_the_pipe_of_the_answers_is_told(doing, word):
    write = f"import os, sys; os.write(int(sys.argv[1]), {(word + chr(10)).encode()!r})"
    assert "writes into a pipe that is not its own when it is loaded" in reason(doing(write))


def test_a_file_that_starts_fwtui_when_it_is_executed_does_not_start_it_for_ever(doing):
    statement = "import fwtui; fwtui.parity(workload=__file__)"
    with pytest.raises(UserFileError, match=r"put what runs fwtui under if __name__ == '__main__'"):
        inspect(doing(statement))
    assert not [
        one for one in psutil.Process().children(recursive=True) if "inspection" in str(one.cmdline())
    ]


def test_what_is_no_word_in_that_pipe_is_passed_over(doing):
    write = "import os, sys; os.write(int(sys.argv[1]), b'[' * 60_000 + b'\\n')"
    assert inspect(doing(write)).nets
