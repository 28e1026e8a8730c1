"""A lane's process that gives a sign of life often."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from fwtui.lane import child

if __name__ == "__main__":
    child.HEARTBEAT_S = 0.1
    child.main()
