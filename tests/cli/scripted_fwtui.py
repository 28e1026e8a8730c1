"""`fwtui` with the scripted backends, for tests that need a process of its own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from fwtui import cli
from fwtui.race.processes import local
from tests import scripted

if __name__ == "__main__":
    scripted.install()
    local.CHILD = scripted.CHILD
    try:
        cli.main()
    finally:
        foreign = {"torch", "tensorflow", "textual", "plotext"} & set(sys.modules)
        print(f"imported: {', '.join(sorted(foreign)) or 'none'}", file=sys.stderr)  # noqa: T201
