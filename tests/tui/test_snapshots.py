"""The look of the main states, at the usual size and at the least that all widgets fit. After a change that
is meant, `pytest tests/tui/test_snapshots.py --snapshot-update` takes them anew; look at them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fwtui.core.device_memory import FrameworkMemory
from fwtui.core.outcome import Ended, Failure
from fwtui.core.processor_use import ProcessorUse
from fwtui.core.records import Compiled, GraphBroken, Steps
from fwtui.tui.dialogs import memory
from fwtui.tui.dialogs.memory import MachineMemory
from tests.tui import still
from tests.tui.still import NOW, Scene, done, importing, pressing, race, training

LARGE, SMALL = (160, 45), (80, 24)
SIZES = [pytest.param(LARGE, id="160x45"), pytest.param(SMALL, id="80x24")]
FOUR = ("tf.function", "torch.eager", "tf.eager", "torch.eager lr=2e-06")


@pytest.fixture(autouse=True)
def no_animations(monkeypatch):
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


@pytest.fixture
def looks(snap_compare):
    def looks(scene, size, *keys):
        return snap_compare(still.still_app(scene), terminal_size=size, run_before=pressing(*keys))

    return looks


def mid_run() -> Scene:
    return Scene(race(), [training("tf.function", 312), training("torch.eager", 306)])


@pytest.mark.parametrize("size", SIZES)
def test_busy_machine(looks, size):
    busy = [ProcessorUse(10.0, 2.9, 7.1)]
    lanes = [[*training("tf.function", 312), *busy], [*training("torch.eager", 306), *busy]]
    assert looks(Scene(race(), lanes), size)


def diverged() -> list:
    losses = still.two_layer_losses("torch.eager", 500)
    losses[40:] = 2.9e7 * np.exp(np.arange(460) * 0.5)
    losses[88] = np.nan
    reason = "diverged at step 88: the loss is nan"
    return [*training("torch.eager", 89, losses=losses), Ended("diverged", 89, NOW, reason)]


def failed() -> list:
    reason = "TensorFlow is not installed"
    hint = "pip install tensorflow"
    log = still.log_lines(
        "Traceback (most recent call last):", "ModuleNotFoundError: No module named 'tensorflow'"
    )
    return [*importing("tf.function"), *log, Ended.failed(0, NOW, Failure("framework", reason, hint))]


def test_importing(looks):
    assert looks(Scene(race(), [importing("tf.function"), importing("torch.eager")]), LARGE)


@pytest.mark.parametrize("size", SIZES)
def test_mid_run(looks, size):
    assert looks(mid_run(), size)


def test_paused(looks):
    assert looks(Scene(race(), [training("tf.function", 312), training("torch.eager", 306)], (0, 1)), LARGE)


def test_done(looks):
    assert looks(Scene(race(), [done("tf.function"), done("torch.eager")]), LARGE)


@pytest.mark.parametrize("size", SIZES)
def test_failed_and_diverged(looks, size):
    assert looks(Scene(race(), [failed(), diverged()]), size)


@pytest.mark.parametrize("size", SIZES)
def test_four_lanes(looks, size):
    backends = [lane.partition(" ")[0] for lane in FOUR]
    said = [training(backend, 300 - 4 * i) for i, backend in enumerate(backends)]
    assert looks(Scene(race(*FOUR), said), size)


@pytest.mark.parametrize("size", SIZES)
def test_digits(looks, size):
    steps = np.arange(2000)
    noise = np.random.RandomState(7).random_sample(2000)
    losses = 2.4 * np.exp(-steps / 240) + 0.04 + 0.09 * noise * np.exp(-steps / 900)
    said = [
        [*training(backend, 1200, 2000, losses * factor), still.evaluated(1200, 0.9721)]
        for backend, factor in (("tf.function", 1), ("torch.eager", 1 + 3e-7))
    ]
    assert looks(Scene(race(workload="digits-mlp"), said), size)


def test_another_metric(looks):
    def with_accuracy(record):
        if not isinstance(record, Steps):
            return record
        losses = np.frombuffer(dict(record.metrics)["loss"])
        accuracy = 0.97 * (1 - (losses / losses.max().clip(2.9e7)) ** 0.3)
        return replace(record, metrics=(*record.metrics, ("accuracy", accuracy.tobytes())))

    said = [list(map(with_accuracy, training(backend, 312))) for backend in ("tf.function", "torch.eager")]
    assert looks(Scene(race(), said), LARGE, "m")


def test_settings_of_their_own(looks):
    lanes = race("torch.eager lr=1e-06", "torch.eager lr=2e-06 dtype=float64")
    losses = still.two_layer_losses("torch.eager", 500)
    said = [training("torch.eager", 312), training("torch.eager", 310, losses=losses**1.05)]
    assert looks(Scene(lanes, said), LARGE)


@pytest.mark.parametrize("size", SIZES)
def test_zoomed_with_a_cursor(looks, size):
    assert looks(mid_run(), size, "tab", "enter", "left", "shift+left")


@pytest.mark.parametrize("size", SIZES)
def test_backend_picker(looks, size):
    assert looks(mid_run(), size, "b", "down")


def test_device_picker(looks):
    assert looks(mid_run(), SMALL, "d", "down")


def test_workload_picker(looks):
    assert looks(mid_run(), LARGE, "w", "down")


def test_log(looks):
    assert looks(Scene(race(), [failed(), training("torch.eager", 306)]), SMALL, "l")


@pytest.mark.parametrize("size", SIZES)
def test_help(looks, size):
    assert looks(mid_run(), size, "question_mark")


def probed(off=lambda step, name: 0.0) -> Scene:
    """Both lanes with their probes, the second one with a bug."""
    first = [*training("tf.function", 312), *still.probed("tf.function", 312)]
    return Scene(race(), [first, [*training("torch.eager", 306), *still.probed("torch.eager", 306, off=off)]])


def astray(step: int, name: str) -> float:
    """A gradient that goes wrong in step 6, and what comes of it."""
    since = {"gradient w2": 6, "parameter w2": 9, "loss": 19, "gradient w1": 19, "parameter w1": 28}
    return 2e-4 * step if step >= since[name] else 0.0


@pytest.mark.parametrize("size", SIZES)
def test_parity(looks, size):
    assert looks(probed(), size, "5")


@pytest.mark.parametrize("size", SIZES)
def test_parity_with_one_gradient_astray(looks, size):
    assert looks(probed(astray), size, "5", "left", "left")


@pytest.mark.parametrize("size", SIZES)
def test_parity_that_cannot_be_judged(looks, size):
    assert looks(Scene(race(), [failed(), training("torch.eager", 306)]), size, "5")


def test_parity_table(looks):
    assert looks(probed(astray), SMALL, "5", "enter", "o")


def test_parity_in_light(looks):
    assert looks(probed(astray), LARGE, "5", "t")


def retraced() -> list:
    said = training("tf.function", 312)
    reasons = ((17, "depth was 2, is 3"), (41, "depth was 3, is 1"), (212, "x was (64, 12), is (48, 12)"))
    said += [Compiled(step, "retrace", 210_000_000 + step, reason) for step, reason in reasons]
    return [*said, GraphBroken(0, "data-dependent branching", ("/home/me/my_net.py", 23))]


@pytest.mark.parametrize("size", SIZES)
def test_what_was_compiled(looks, size):
    assert looks(Scene(race(), [retraced(), training("torch.eager", 306)]), size, "c")


def test_compiled_in_the_lanes_border(looks):
    assert looks(Scene(race(), [retraced(), training("torch.eager", 306)]), SMALL)


def test_another_graph_each_step(looks):
    lanes = [retraced(), training("torch.eager", 306, graphs=4)]
    assert looks(Scene(race(workload="dynamic-depth"), lanes), LARGE)


def test_light(looks):
    assert looks(mid_run(), LARGE, "t")


def test_too_small(looks):
    assert looks(mid_run(), (40, 12))


MACHINE = MachineMemory(128_000_000_000, 96_000_000_000, 62_000_000, gpus=("NVIDIA H200",))
NO_DRIVER = "no NVIDIA driver: libnvidia-ml is not found"
TORCH = FrameworkMemory(5_200_000_000, 8_400_000_000, 7_700_000_000)
TENSORFLOW = FrameworkMemory(5_100_000_000, None, 6_000_000_000)


def on_one_gpu() -> list:
    return [
        still.on_gpu("tf.function", 312, TENSORFLOW, process=6_300_000_000),
        still.on_gpu("torch.eager", 306, TORCH, process=9_100_000_000),
    ]


def without_gpu() -> list:
    return [training("tf.function", 312), training("torch.eager", 306)]


def driver_hangs() -> list:
    return [still.on_gpu("torch.eager", 306, TORCH, card=None), training("tf.function", 312)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("lanes", "machine"),
    [
        pytest.param(on_one_gpu, MACHINE, id="one-gpu"),
        pytest.param(
            without_gpu,
            MachineMemory(
                25_300_000_000, 20_100_000_000, 62_000_000, "no NVIDIA driver: libnvidia-ml is not found"
            ),
            id="no-gpu",
        ),
        pytest.param(driver_hangs, MachineMemory(None, None, None), id="nothing-known"),
    ],
)
def test_memory(looks, monkeypatch, size, lanes, machine):
    monkeypatch.setattr(memory, "machine_memory", lambda: machine)
    assert looks(Scene(race(), lanes()), size, "M")


@pytest.mark.parametrize("size", SIZES)
def test_lanes_on_a_gpu(looks, size):
    assert looks(Scene(race(), on_one_gpu()), size)
