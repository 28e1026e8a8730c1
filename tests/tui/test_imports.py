"""The screen's own process imports no framework, not even while lanes train."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import asyncio, sys
from fwtui.race import hosts
from fwtui.race.processes import local
from fwtui.race.request import LaneRequest, RaceRequest
from fwtui.tui.app import FwtuiApp
from tests import scripted

scripted.install()
local.CHILD = scripted.CHILD

async def main():
    app = FwtuiApp(RaceRequest((LaneRequest("scripted.ok"), LaneRequest("scripted.other"))))
    async with app.run_test(size=(160, 45)) as pilot:
        while not all(history.ended for history in app.model.histories):
            await pilot.pause(0.05)
        for key in ("b", "escape", "d", "escape", "w", "escape", "l", "escape", "question_mark"):
            await pilot.press(key)
    app.model.close(5)

asyncio.run(main())
print(*sorted({"torch", "tensorflow"} & set(sys.modules)), "only")
"""


def test_no_framework_in_the_screens_process():
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stdout.strip() == "only", ran.stderr
