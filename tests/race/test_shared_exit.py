"""A lane in a thread that ends the process."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import os, threading
from fwtui.race.shared_exit import guard
guard()
guard()
if {in_thread}:
    threading.Thread(target=os._exit, args=({code},)).start()
    threading.Event().wait()
os._exit({code})
"""


@pytest.mark.parametrize(("in_thread", "code", "ends"), [(True, 0, 2), (True, 3, 3), (False, 0, 0)])
def test_its_exit_code_is_no_success(in_thread, code, ends):
    program = PROGRAM.format(in_thread=in_thread, code=code)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == ends
    assert ran.stderr.count("ended the process that it shares with fwtui") == (ends == 2)
