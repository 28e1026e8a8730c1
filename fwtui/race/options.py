"""The options of a race: each declared once, for the command line, its checks, the screen and the Python API.

Nothing here imports NumPy, which `--help` must not wait for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fwtui.core.known_differences import KNOWN_DIFFERENCES
from fwtui.core.named_losses import LOSSES
from fwtui.core.spec import (
    DTYPES,
    HOSTS,
    MAX_RATE,
    MAX_SEED,
    MAX_SIZE,
    MAX_STEPS,
    MAX_THREADS,
    OPTIMIZERS,
    SCHEDULES,
)
from fwtui.core.value_kinds import (
    InterpreterPath,
    Kind,
    MemorySize,
    Name,
    OneOf,
    Pattern,
    PositiveNumber,
    Several,
    Switch,
    WholeNumber,
)

WHAT = "What to train"
HOW = "How to train it"
WHERE = "How the lanes share the machine"


@dataclass(frozen=True)
class Option:
    """One thing about a race that can be set.

    Attributes:
        key: its name in a request, in a lane's settings and in Python.
        panel: the heading that it stands below in `--help`.
        metavar: what stands for its value there.
        kind: what it takes.
        help: what it does, and its default; `[bold]…[/]` marks what is to be typed.
        per_lane: a lane may have a value of its own.
        repeats: it may be given more than once.
        without: the commands that do not have it.
    """

    key: str
    panel: str
    metavar: str
    kind: Kind
    help: str
    per_lane: bool = False
    repeats: bool = False
    without: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """As it is typed, such as `--probe-every`."""
        return f"--{self.key.replace('_', '-')}"


def _backends() -> tuple[str, ...]:
    from fwtui.backends import catalogue

    return catalogue.names()


def _workloads() -> tuple[str, ...]:
    from fwtui.workloads import catalogue

    return catalogue.names()


_HOST = re.compile(r"[A-Za-z0-9_.][^\s\x00-\x1f]*")

_ALL = (
    Option(
        "workload",
        WHAT,
        "NAME",
        Name("a workload's name, or the path of a Python file", _workloads),
        "The network and its data: [bold]two-layer[/] (the default), [bold]digits-mlp[/], "
        "[bold]digits-cnn[/], [bold]dynamic-depth[/], [bold]char-rnn[/] or [bold]tiny-transformer[/]; "
        "[bold]fwtui workloads[/] tells what they are. Or the path of your own, such as "
        "[bold]my_net.py[/]: [bold]fwtui workloads new my_net.py[/] writes one to begin with.",
    ),
    Option(
        "data",
        WHAT,
        "FILE.npz",
        Name("the path of an .npz file"),
        "Arrays that a network of your own trains on, as numpy.savez writes them.",
    ),
    *(
        Option(
            side,
            WHAT,
            "MODULE:NAME",
            Name("module:name, such as my_package.nets:Net"),
            f"In place of --workload: a model of {title} as it is, a class or a function without parameters "
            f"that gives it, such as [bold]my_package.nets:Net[/]{more}.",
        )
        for side, title, more in (
            ("torch", "PyTorch", "; needs --tensorflow or --torch-b, --loss and --data"),
            ("torch_b", "PyTorch", ": the second one"),
            ("tensorflow", "TensorFlow", "; needs --torch or --tensorflow-b, --loss and --data"),
            ("tensorflow_b", "TensorFlow", ": the second one"),
        )
    ),
    Option(
        "loss",
        WHAT,
        "NAME",
        Name("a loss's name, or module:name of one for each framework", lambda: LOSSES),
        "For models given by name, their loss of the data's [bold]y[/]: [bold]cross-entropy[/], "
        "[bold]binary-cross-entropy[/] (both of logits), [bold]mse[/], [bold]mae[/], [bold]huber[/], or "
        "[bold]module:name[/] of a function of model and batch, one for each framework with a comma between.",
    ),
    Option(
        "layout",
        WHAT,
        "A=AXES,B=AXES",
        Name("torch=NCHW,tensorflow=NHWC, that of the data first"),
        "For models given by name, the order of the data's axes and that for the other framework, such as "
        "[bold]torch=NCHW,tensorflow=NHWC[/].",
    ),
    Option(
        "model",
        WHAT,
        "a|b",
        OneOf(("a", "b")),
        "Of two models of one framework, which one a lane trains: in turn, unless you say otherwise.",
        per_lane=True,
        without=("live", "bench", "parity"),
    ),
    Option(
        "preset",
        WHAT,
        "NAME",
        Name("one of the workload's presets"),
        "A named set of the workload's sizes and settings, such as two-layer's [bold]dynamic[/] "
        "(its default) and [bold]static[/].",
    ),
    Option(
        "size",
        WHAT,
        "NAME=N",
        Name("NAME=N, such as hidden=512"),
        "Another size than the preset's, such as [bold]hidden=512[/]; once a size.",
        repeats=True,
    ),
    Option(
        "lanes",
        WHAT,
        "A,B[,…]",
        Name("one to four backends with commas between", _backends),
        "One to four backends, side by side: [bold]tf.function,torch.eager[/] unless you say "
        "otherwise; [bold]fwtui backends[/] lists them.",
        without=("graph", "ops"),
    ),
    Option(
        "lane",
        WHAT,
        "LANE",
        Name("a backend, then key=value, such as dtype=float64", _backends),
        "Instead of --lanes, once a lane: a backend with settings of its own, such as "
        "[bold]'torch.eager dtype=float64 threads=1'[/]. Keys: model, device, dtype, optimizer, lr, batch, "
        "threads.",
        repeats=True,
        without=("graph", "ops"),
    ),
    Option(
        "device",
        HOW,
        "NAME",
        Pattern(
            re.compile(r"auto|cpu|mps|cuda:\d{1,2}"),
            "auto, cpu, cuda:N (N from 0 to 99), mps",
            ("auto", "cpu", "cuda:0", "mps"),
        ),
        "[bold]cpu[/], [bold]cuda:0[/] and so on, [bold]mps[/], or [bold]auto[/] (the default): "
        "the best that every lane's framework can use.",
        per_lane=True,
    ),
    Option(
        "steps",
        HOW,
        "N",
        WholeNumber(1, MAX_STEPS),
        "Optimizer updates that each lane makes; the preset's number unless you say otherwise.",
        without=("graph", "ops"),
    ),
    Option(
        "seed",
        HOW,
        "N",
        WholeNumber(0, MAX_SEED),
        "Where the first weights and the batches, the same for every lane, come from (0).",
    ),
    Option(
        "dtype",
        HOW,
        "NAME",
        OneOf(DTYPES),
        "[bold]float32[/] (the default), or [bold]float64[/]: in it the lanes' losses must agree "
        "to 1e-10, which proves the same mathematics.",
        per_lane=True,
    ),
    Option(
        "optimizer",
        HOW,
        "NAME",
        OneOf(OPTIMIZERS),
        "How a gradient becomes an update: [bold]sgd[/], [bold]momentum[/], [bold]adam[/], "
        "[bold]adamw[/] or [bold]rmsprop[/]; the workload's unless you say otherwise.",
        per_lane=True,
    ),
    Option(
        "lr",
        HOW,
        "X",
        PositiveNumber(MAX_RATE),
        "Learning rate; the workload's, or what suits another --optimizer.",
        per_lane=True,
    ),
    Option(
        "batch",
        HOW,
        "N",
        WholeNumber(1, MAX_SIZE),
        "Rows in a batch; the preset's unless you say otherwise.",
        per_lane=True,
    ),
    Option(
        "probe_every",
        HOW,
        "K",
        WholeNumber(1, MAX_STEPS, ("never", "growing")),
        "Compare every gradient and parameter each K steps, outside any step time; "
        "[bold]growing[/]: before steps 0, 1, 2, 3, 4, 6, 9 and so on; [bold]never[/].",
        without=("graph", "ops"),
    ),
    Option(
        "log_every",
        HOW,
        "N",
        WholeNumber(1, MAX_STEPS),
        "Log what the lanes do, op by op, before each N-th step, outside any step time; without it "
        "no op is logged but for those that you ask for on the screen.",
        without=("graph", "ops", "parity"),
    ),
    Option(
        "expect",
        HOW,
        "A[,B]",
        Several(tuple(KNOWN_DIFFERENCES)),
        "With models as they are, what is meant to differ between the frameworks' own layers: "
        "[bold]batchnorm-variance[/], [bold]lstm-bias[/], [bold]adam-epsilon[/]. It is corrected for "
        "exactly, and everything behind it is still judged.",
    ),
    Option(
        "tf32",
        HOW,
        "",
        Switch(),
        "On a GPU, let both frameworks round the inputs of float32 products to TF32: faster, and "
        "less exact. Off for both unless you ask.",
        without=("graph", "ops"),
    ),
    Option(
        "deterministic",
        HOW,
        "",
        Switch(),
        "Have both frameworks use only algorithms that give the same bits at each run; an op that has none "
        "fails. Slower, on a GPU above all.",
        without=("graph", "ops"),
    ),
    Option(
        "autotune",
        HOW,
        "",
        Switch(),
        "On a GPU, let cuDNN try its algorithms out for each shape, in both frameworks. Off for both unless "
        "you ask, although TensorFlow alone would.",
        without=("graph", "ops"),
    ),
    Option(
        "gpu_memory",
        WHERE,
        "SIZE",
        MemorySize(),
        "The most that each lane's framework may take of a GPU, such as [bold]8GB[/]; as much as it needs "
        "unless you say otherwise.",
        without=("graph", "ops"),
    ),
    Option(
        "schedule",
        WHERE,
        "NAME",
        OneOf(SCHEDULES),
        "[bold]turns[/] (the default): lanes alternate in blocks of steps and never disturb each "
        "other's times; [bold]race[/]: all at once, each on its own cores.",
        without=("graph", "ops"),
    ),
    Option(
        "host",
        WHERE,
        "NAME",
        OneOf(HOSTS),
        "[bold]process[/] (the default): each lane in a process of its own; [bold]thread[/]: all "
        "in fwtui's own process, where they share one interpreter.",
        without=("graph", "ops"),
    ),
    Option(
        "threads",
        WHERE,
        "N",
        WholeNumber(1, MAX_THREADS),
        "CPU threads inside one op; all cores but one in turns, a lane's share of them in a race.",
        per_lane=True,
        without=("graph", "ops"),
    ),
    Option(
        "python",
        WHERE,
        "PATH",
        InterpreterPath(),
        "The Python interpreter that runs the lane, or the folder of its virtual environment, in place of "
        "fwtui's own; it needs Python 3.11 or newer, NumPy and the lane's framework, and nothing of fwtui.",
        per_lane=True,
    ),
    Option(
        "ssh",
        WHERE,
        "HOST",
        Pattern(_HOST, "host that ssh knows, such as me@gpu1"),
        "The host that runs the lane, through OpenSSH's client and your own configuration of it, without a "
        "password; it needs a Python with NumPy and the framework ([bold]--python[/], there [bold]python3[/] "
        "by default), and nothing of fwtui.",
        per_lane=True,
    ),
    Option(
        "pace",
        WHERE,
        "X",
        PositiveNumber(1e6, 1e-3),
        "At most X steps a second, to watch them go by; full speed unless you say otherwise. Paced "
        "step times are labelled so.",
        without=("graph", "ops"),
    ),
)

OPTIONS = {option.key: option for option in _ALL}
LANE_KEYS = tuple(option.key for option in _ALL if option.per_lane)
"""The settings that a lane may have of its own."""
