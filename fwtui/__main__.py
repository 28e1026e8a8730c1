"""`python -m fwtui` is `fwtui`."""

import contextlib
import os
import sys

if __name__ == "__main__":
    # Python puts the current folder first, where a user's `random.py` would be taken for Python's own.
    with contextlib.suppress(OSError):  # a current folder that is gone holds nothing
        if not sys.flags.safe_path and os.path.realpath(sys.path[0]) == os.path.realpath(os.curdir):
            del sys.path[0]
    from fwtui.cli import main

    main()
