"""Makes the README's pictures from real runs: `python screenshots/make.py [NAME …]`.

Each is the app's own SVG export at the moment that its scene waits for; nothing in them is drawn by hand.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot

from fwtui.race.plan import LaneRequest, RaceRequest
from fwtui.tui.app import FwtuiApp
from fwtui.tui.live.screen import LiveScreen
from fwtui.workloads.user.template import write

HERE = Path(__file__).parent
PATIENCE_S = 120
FILES = TemporaryDirectory()
"""Removed when the interpreter leaves."""

Scene = Callable[[FwtuiApp, "Pilot[int]"], Awaitable[None]]


@dataclass(frozen=True)
class Picture:
    """What to run, at what size, and when to press the shutter."""

    request: RaceRequest
    scene: Scene
    size: tuple[int, int] = (160, 45)


async def until(app: FwtuiApp, pilot: Pilot[int], ready: Callable[[], bool]) -> None:
    """Waits for `ready`, looking as often as the app draws."""
    deadline = time.monotonic() + PATIENCE_S
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the scene did not come about within {PATIENCE_S} s")
        await pilot.pause(0.02)


def share_done(app: FwtuiApp) -> float:
    """How far the slowest lane is, from 0 to 1."""
    return min(lane.history.steps / lane.spec.steps for lane in app.model.lanes)


async def midway(app: FwtuiApp, pilot: Pilot[int]) -> None:
    """Both lanes in full run, drawn as they stand at this moment."""
    await until(app, pilot, lambda: share_done(app) > 0.4)
    screen = app.screen
    assert isinstance(screen, LiveScreen)
    screen.look()
    await pilot.pause()


async def finished(app: FwtuiApp, pilot: Pilot[int]) -> None:
    """All lanes done, with the verdict."""
    await until(app, pilot, lambda: all(history.ended for history in app.model.histories))
    await pilot.pause(1)


async def choosing(app: FwtuiApp, pilot: Pilot[int]) -> None:
    """Another backend about to be chosen."""
    await finished(app, pilot)
    await pilot.press("b", "down")
    await pilot.pause(1)


async def light(app: FwtuiApp, pilot: Pilot[int]) -> None:
    """The light theme."""
    await finished(app, pilot)
    await pilot.press("t")
    await pilot.pause(1)


async def parity(app: FwtuiApp, pilot: Pilot[int]) -> None:
    """The parity screen with what was found of a bug."""
    await until(app, pilot, lambda: share_done(app) > 0.1)
    await pilot.press("5", "f")
    await until(app, pilot, lambda: bool(app.model.checking and app.model.checking.finding))
    await pilot.pause(1)


def why(*keys: str) -> Scene:
    """One of the screens that tell why, once both lanes have said what it shows."""

    async def scene(app: FwtuiApp, pilot: Pilot[int]) -> None:
        await until(app, pilot, lambda: share_done(app) > 0.02)
        asked = "graphs" if keys[0] == "2" else "ops"
        await pilot.press(keys[0])
        await until(app, pilot, lambda: all(getattr(history, asked) for history in app.model.histories))
        await pilot.pause(3)  # the first log is taken cold
        await pilot.press(*keys[1:])
        await pilot.pause(1)

    return scene


def broken_network() -> str:
    """The file that `fwtui workloads new` writes, with GELU in PyTorch's side where ReLU should be."""
    path = Path(FILES.name) / "my_net.py"
    write(path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("hidden = torch.relu(", "hidden = F.gelu(", 1), encoding="utf-8")
    return str(path)


def lanes(*backends: str, **settings: str) -> RaceRequest:
    """A race of these backends."""
    chosen = tuple(LaneRequest(name) for name in backends)
    return RaceRequest(lanes=chosen, linger=True, probe_every="growing", sample_graphs=True, **settings)


PICTURES = {
    "live": Picture(lanes("tf.function", "torch.eager"), midway),
    "digits": Picture(lanes("tf.session", "torch.eager", workload="digits-mlp"), finished),
    "four-lanes": Picture(lanes("tf.session", "tf.function", "tf.eager", "torch.eager"), finished),
    "parity": Picture(lanes("tf.function", "torch.eager", workload=broken_network()), parity),
    "graph": Picture(lanes("tf.function", "torch.eager", steps="20000"), why("2")),
    "ops": Picture(lanes("tf.eager", "torch.eager", workload="digits-mlp", steps="20000"), why("3", "down")),
    "source": Picture(lanes("tf.function", "torch.eager", steps="20000"), why("3", "4")),
    "picker": Picture(lanes("tf.function", "torch.eager"), choosing),
    "light": Picture(lanes("tf.function", "torch.eager", preset="static"), light),
    "small": Picture(lanes("tf.function", "torch.eager"), finished, size=(80, 24)),
}


async def make(name: str) -> None:
    """Runs one picture's race and writes its SVG."""
    picture = PICTURES[name]
    app = FwtuiApp(picture.request)
    async with app.run_test(size=picture.size) as pilot:
        await picture.scene(app, pilot)
        svg = app.export_screenshot(title="fwtui")
    app.model.close()
    path = HERE / f"{name}.svg"
    path.write_text(svg)
    sys.stdout.write(f"{path}\n")


def main() -> None:
    """Makes the pictures that were named, or all."""
    for name in sys.argv[1:] or PICTURES:
        asyncio.run(make(name))


if __name__ == "__main__":
    main()
