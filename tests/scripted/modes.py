"""The scripted backends, as another package offers them: `scripted.MODE`, `missing.ok` and `sleepy.ok`."""

from fwtui.backends.entries import BackendEntry, FrameworkEntry

MODES = (
    "steep",
    "random",
    "stateful",
    "own",
    "buffers",
    "opaque",
    "ok",
    "other",
    "slow",
    "nan",
    "inf",
    "raise",
    "oom",
    "abort",
    "exit",
    "hang",
    "wedged",
    "noisy",
    "stuck",
    *("drift", "tilt", "lost", "rough", "wander", "blank"),
    "many",
)


def _framework(key: str, package: str = "", folder: str = "") -> FrameworkEntry:
    return FrameworkEntry(
        key, key.title(), package or key, folder or f"tests.scripted.{key}", slot=3, needs_net=False
    )


SCRIPTED = _framework("scripted", folder="tests.scripted")
MISSING = _framework("missing", package="missing_framework")
SLEEPY = _framework("sleepy")

BACKENDS = [
    BackendEntry(f"scripted.{mode}", SCRIPTED, mode, "dynamic: scripted", "a line of script")
    for mode in MODES
]
BACKENDS.append(BackendEntry("missing.ok", MISSING, "ok", "dynamic: missing", "nothing"))
BACKENDS.append(BackendEntry("sleepy.ok", SLEEPY, "ok", "dynamic: sleepy", "nothing"))
