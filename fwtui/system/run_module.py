"""Runs a module of the package that this file is in: `python run_module.py MODULE ARGUMENT ...`.

The child of a process thus has the very package that its parent has, wherever that was found, while nothing
is put before the standard library and the installed packages. It may run in another interpreter than its
parent; one that lacks something gets a one-line error. Older Pythons, back to 2.7, must be able to read this.
"""

import os
import runpy
import sys

OLDEST = (3, 11)
UNFIT = 69
"""The exit status of an interpreter that lacks something."""


def _refuse(reason):  # type: (str) -> None
    sys.stderr.write(reason + "\n")
    sys.exit(UNFIT)


def main():  # type: () -> None
    """Import the package from its own folder, then run the module that the command line names."""
    if sys.version_info[:2] < OLDEST:
        here = ".".join(map(str, sys.version_info[:3]))
        _refuse("fwtui needs Python %d.%d or newer, and this is %s" % (OLDEST + (here,)))  # noqa: UP031, RUF005
    from importlib.util import find_spec, module_from_spec, spec_from_file_location

    del sys.argv[0]
    own = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    # Python puts this file's folder first unless it runs in safe-path mode.
    sys.path[:] = [one for one in sys.path if one != own]
    if find_spec("numpy") is None:
        _refuse("NumPy is not installed: " + sys.executable + " -m pip install numpy")
    folder = os.path.dirname(own)  # noqa: PTH120
    name = os.path.basename(folder)  # noqa: PTH119
    spec = spec_from_file_location(
        name,
        os.path.join(folder, "__init__.py"),  # noqa: PTH118
        submodule_search_locations=[folder],
    )
    assert spec
    assert spec.loader
    sys.modules[name] = package = module_from_spec(spec)
    spec.loader.exec_module(package)
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
