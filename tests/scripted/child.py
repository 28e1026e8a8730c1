"""A lane's process that knows the scripted backends."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from fwtui.lane import child
from tests import scripted

if __name__ == "__main__":
    scripted.register()
    child.HEARTBEAT_S = 0.1
    child.main()
