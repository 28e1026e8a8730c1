"""Child processes of fwtui: what they find, and that nothing of them is left, however fwtui ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from fwtui.system.child_process import Child, command
from fwtui.system.reaper import Reaper

ROOT = Path(__file__).parents[2]
APP = textwrap.dedent(
    """
    import subprocess, sys, time
    from fwtui.system import child_process

    LANE = '''
    import os, subprocess, sys, tempfile, time
    open(os.path.join(tempfile.gettempdir(), "left"), "w").close()
    inside = subprocess.Popen(["sleep", "3600"])
    outside = subprocess.Popen(["sleep", "3600"], start_new_session=True)
    print(os.getpid(), inside.pid, outside.pid, tempfile.gettempdir(), flush=True)
    time.sleep(3600)
    '''
    child = child_process.Child([sys.executable, "-c", LANE], stdout=subprocess.PIPE)
    print(child.process.stdout.readline().decode(), flush=True)
    if sys.argv[1] == "buries":
        child.end()
    elif sys.argv[1] == "stays":
        time.sleep(3600)
    """
)


def test_what_a_child_starts_imports_nothing_from_the_current_folder(tmp_path):
    (tmp_path / "random.py").write_text("raise SystemExit('imported')")
    grandchild = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', 'import random']))"
    child = Child([sys.executable, "-P", "-c", grandchild], cwd=tmp_path)
    assert child.process.wait(30) == 0
    child.end()


@pytest.mark.parametrize("end", ["buries", "leaves", "stays"])
def test_nothing_of_a_child_is_left_however_the_app_ends(end):
    app = subprocess.Popen([sys.executable, "-c", APP, end], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    with app:
        *pids, folder = app.stdout.readline().split()
        if end == "stays":
            assert (Path(folder) / "left").exists()
            app.kill()
    until(lambda: not Path(folder).exists())
    until(lambda: not any(runs(int(pid)) for pid in pids))


def until(holds: Callable[[], object]) -> None:
    by = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < by
        time.sleep(0.05)


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_child_that_cannot_be_started_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(OSError, match="no such program"):
        Child(["no such program"])
    assert list(tmp_path.iterdir()) == []


def test_a_child_starts_where_there_is_no_room_for_temporary_files(monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/no/such/folder")
    child = Child([sys.executable, "-c", ""])
    child.end()
    assert child.process.returncode in (0, -signal.SIGKILL)


def test_nobody_is_disturbed_by_the_end_of_the_process_that_cleans_up():
    reaper = Reaper()
    reaper.folder("/no/such/folder")
    os.killpg(reaper._process.pid, signal.SIGKILL)
    assert reaper._process.wait() == -signal.SIGKILL
    for _ in range(2):
        reaper.folder("/no/such/folder either")
    assert not reaper._failed


def test_a_child_has_the_package_of_its_parent_and_nothing_before_the_standard_library(tmp_path):
    (tmp_path / "random.py").write_text("raise SystemExit('the random of the current folder')")
    (tmp_path / "fwtui").mkdir()
    (tmp_path / "fwtui" / "__init__.py").write_text("raise SystemExit('the fwtui of the current folder')")
    ran = subprocess.run(
        [*command("fwtui.system.child_process"), "arguments"], cwd=tmp_path, capture_output=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
