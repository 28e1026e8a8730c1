"""Runs a module of the package that this file is in: `python -P …/run_module.py MODULE ARGUMENT …`.

The child of a process thus has the very package that its parent has, wherever that was found, while nothing
is put before the standard library and the installed packages.
"""

import runpy
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def main() -> None:
    """Imports the package from its own folder, then runs the module that the command line names."""
    folder = Path(__file__).parents[1]
    spec = spec_from_file_location(
        folder.name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules[folder.name] = package = module_from_spec(spec)
    spec.loader.exec_module(package)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
