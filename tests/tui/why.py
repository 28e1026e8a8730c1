"""Why? The three screens of a race that stands still, in which `two-layer`'s ops and graphs are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests import two_layer_steps
from tests.tui import still
from tests.tui.driving import Driven, a_moment
from tests.tui.still import Scene, pressing, race, training

BOTH = ("tf.eager", "torch.eager")
LARGE, SMALL = (160, 45), (80, 24)


def told(*backends: str) -> Scene:
    """Lanes that have told their ops and graphs before step 100, and trained on."""
    backends = backends or BOTH
    said = [
        [*training(name, 312), two_layer_steps.logged(name), two_layer_steps.told(name)] for name in backends
    ]
    return Scene(race(*backends), said)


@asynccontextmanager
async def shown(scene: Scene, *keys: str, size: tuple[int, int] = LARGE) -> AsyncIterator[Driven]:
    """The app after these keys."""
    with pytest.MonkeyPatch.context() as patch:
        # The pilot waits for an idle process after each key, and the app looks at its lanes all the time.
        for module in ("textual.app", "textual.pilot"):
            patch.setattr(f"{module}.wait_for_idle", a_moment)
        async with still.still_app(scene).run_test(size=size) as pilot:
            await pressing(*keys)(pilot)
            yield Driven(pilot)
