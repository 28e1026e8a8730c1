"""The panel of one lane: name, state, three charts, and the duration of each phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from fwtui.backends import catalogue as backends
from fwtui.format import numbers
from fwtui.format.environments import environment_name
from fwtui.format.gpus import activity
from fwtui.measure.statistics import StepTimes
from fwtui.tui.charts.axes import BYTES, DURATION, NUMBER
from fwtui.tui.charts.chart import Chart
from fwtui.tui.common.lane import Lane
from fwtui.tui.common.lane_status import _elapsed, status
from fwtui.tui.common.line import Line
from fwtui.tui.live.curves import KINDS, LaneCurves, SharedAxes
from fwtui.tui.live.graph_ribbon import GraphRibbon
from fwtui.tui.live.introduction import introduction
from fwtui.workloads import catalogue as workloads

_GUTTER = 8
_BORDER = 6
_LEAST_REASON = 12


@dataclass(frozen=True, slots=True, eq=False)
class LaneView:
    """Everything that a panel shows.

    Attributes:
        lane: the lane in its present state.
        times: statistics of its steady steps; None before there are any.
        curves: its own curves, and `others`, those of the other lanes.
        axes: shared by all lanes.
        metric: the metric of the network that the first chart shows.
        settings: its own settings, where lanes differ: (name, value) pairs.
        colour: one of `COLOURS`.
        compared_steps: how many of its steps are compared, where it has done more; None otherwise.
    """

    lane: Lane
    times: StepTimes | None
    curves: LaneCurves
    others: Sequence[LaneCurves]
    axes: SharedAxes
    metric: str
    settings: tuple[tuple[str, str], ...]
    colour: str
    compared_steps: int | None = None


class LanePanel(Vertical):
    """Shows one lane, with its three charts or, where there is no room for more, with one."""

    def __init__(self, index: int, colour: str) -> None:
        # With its colour from the first: a class that comes later styles all that is in the panel once more.
        super().__init__(id=f"lane-{index + 1}", classes=f"-{colour}")
        self.index = index
        self._colour = colour
        self._title = Line(classes="lane--title")
        self._figures = Line(classes="lane--figures")
        self._trouble = Static(classes="lane--trouble")
        self._phases = Line(classes="lane--phases")
        self._place = Line(classes="lane--place")
        self._gpu = Line(classes="lane--gpu")
        self._charts = {
            "metric": Chart("loss", formatter=NUMBER, gutter=_GUTTER, scale="log", classes="chart-metric"),
            "step": Chart("step time", formatter=DURATION, gutter=_GUTTER, classes="chart-step"),
            "memory": Chart("memory", formatter=BYTES, gutter=_GUTTER, x_axis=True, classes="chart-memory"),
        }
        self._ribbon = GraphRibbon(_GUTTER, classes="lane--ribbon")
        self._shown_trouble = Content("")
        self._compiled = Content("")

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._figures
        yield self._trouble
        metric, step, memory = self._charts.values()
        yield metric
        yield step
        yield self._ribbon
        yield memory
        yield self._phases
        yield self._place
        yield self._gpu

    def chart(self, kind: str) -> Chart:
        """The chart of that kind: `metric`, `step` or `memory`."""
        return self._charts[kind]

    def show(self, view: LaneView) -> None:
        """Show a new view of the lane."""
        lane = view.lane
        if view.colour != self._colour:
            self.remove_class(f"-{self._colour}").add_class(f"-{view.colour}")
            self._colour = view.colour
        self._title.show(*_title(self.index, view))
        self._figures.show(*_figures(view))
        self._phases.show(*_phases(lane))
        self._place.show(*_place(view))
        self._gpu.set_class(lane.history.gpu is not None, "-shown")
        self._gpu.show(*_gpu(lane))
        self._show_trouble(_trouble(lane))
        self._show_compiled(_compiled(lane, self.size.width - _BORDER))
        self._ribbon.show(lane.history, view.axes.x, backends.entry(lane.spec.backend).graph == "static")
        texts = _introduction(lane, self.has_class("-one-chart")) if not lane.history.steps else {}
        is_failed = lane.history.ended is not None and lane.history.ended.outcome == "failed"
        has_nothing = lane.history.ended is not None and not lane.history.steps
        self._ribbon.set_class(has_nothing, "-nothing")
        for kind in KINDS:
            chart = self.chart(kind)
            if not chart.display:
                continue
            headings = {"metric": view.metric, "step": "step time", "memory": "memory"}
            chart.heading = "" if has_nothing else headings[kind]
            chart.empty = texts.get(kind, "")
            curves = [] if is_failed else [other.curve(kind, "other") for other in view.others]
            curves.append(view.curves.curve(kind, "own"))
            if kind == "step":
                curves.append(view.curves.curve("band", "band"))
            chart.show(
                curves,
                view.axes.x,
                view.axes.y[kind],
                figures="" if has_nothing else _chart_figures(kind, view),
                mark=view.compared_steps,
            )

    def _show_trouble(self, trouble: Content) -> None:
        if not trouble.is_same(self._shown_trouble):
            self._shown_trouble = trouble
            self._trouble.display = bool(trouble.plain)
            self._trouble.update(trouble)

    def _show_compiled(self, compiled: Content) -> None:
        # Setting a border's text repaints the whole panel.
        if not compiled.is_same(self._compiled):
            self._compiled = compiled
            self.border_subtitle = compiled


def _title(index: int, view: LaneView) -> tuple[tuple[Content, Content], ...]:
    lane = view.lane
    entry = backends.entry(lane.spec.backend)
    imported = lane.history.imported
    version = f" {'.'.join(imported.version.split('+')[0].split('.')[:2])}" if imported else ""
    colour = f"bold ${view.colour}"
    badge = (f" {index + 1} ", f"bold $background on ${view.colour}")
    own = "".join(f"  {name} {_short(name, value)}" for name, value in view.settings)
    sign, sign_colour = status(lane)
    state = Content.assemble((sign, sign_colour))
    title = (f"{entry.framework.title}{version}", colour)
    full = Content.assemble(badge, " ", title, (" · ", "$dim"), entry.name, (own, "bold $warning"))
    plain = Content.assemble(badge, " ", (entry.name, colour), (own, "bold $warning"))
    short = " ".join(sign.replace(",", "").split(" ")[:2])  # `✓ done`, `◌ waits`
    return (
        (full, state),
        (plain, state),
        (plain, Content.assemble((short, sign_colour))),
        (plain, Content.assemble((sign[0], sign_colour))),
    )


def _short(setting: str, value: str) -> str:
    return environment_name(value) if setting == "python" else value


def _figures(view: LaneView) -> tuple[tuple[Content, Content], ...]:
    history, times = view.lane.history, view.times
    total = max(view.lane.limit, history.steps)
    if not history.steps:
        return ((_figure(numbers.plural(0, "step"), f"of {total:,}"), Content("")),)
    rate = numbers.rate(times.steps_a_second if times else None)
    loss = _figure(numbers.loss(history.loss), "loss")
    step = _figure(numbers.duration(times.p50 if times else None), "a step")
    batch = workloads.batch_size(view.lane.spec.workload)
    samples = _figure(numbers.rate(times.steps_a_second * batch if times and batch else None), "samples/s")
    steps = _figure(rate, "steps/s")
    if "batch" in dict(view.settings):  # steps are not alike between the lanes
        steps = samples
    rates = [steps] if steps is samples else [steps, samples]
    done = _figure(f"{history.steps:,}", f"of {total:,}" if view.compared_steps is None else "steps")
    accuracy = _held_out(view)
    gap, tight, nothing = Content("    "), Content("  "), Content("")
    return (
        (gap.join([loss, step, *rates, done, *accuracy]), nothing),
        (gap.join([loss, step, steps, done, *accuracy]), nothing),
        (gap.join([loss, step, steps, *accuracy]), nothing),
        (tight.join([loss, step, steps, *accuracy]), nothing),
        (tight.join([loss, *(accuracy or [step])]), nothing),
        (tight.join([loss, *_held_out(view, "held-out")]), nothing),
        (loss, nothing),
    )


def _figure(value: str, name: str) -> Content:
    return Content.assemble((value, "bold"), (f" {name}", "$dim"))


def _held_out(view: LaneView, name: str = "held-out accuracy") -> list[Content]:
    evaluations = view.lane.history.evaluations
    found = dict(evaluations[-1].metrics).get("accuracy") if evaluations else None
    return [] if found is None else [_figure(f"{found:.4f}", name)]


def _chart_figures(kind: str, view: LaneView) -> str:
    history, times = view.lane.history, view.times
    if kind == "metric":
        return _metric_figures(view)
    if kind == "step":
        if times is None:
            return ""
        return "  ".join(f"{name} {numbers.duration(getattr(times, name))}" for name in ("p50", "p95", "p99"))
    memory, process = history.memory, history.process_memory
    resident = f"{'RSS of all' if process.shared else 'RSS'} {numbers.size(process.rss_bytes)}"
    gpu = [] if process.gpu_bytes is None else [f"GPU {numbers.size(process.gpu_bytes)}"]
    if memory.in_use_bytes is None and memory.reserved_bytes is None:
        device = history.built.device if history.built else None
        unknown = [f"in use on {device} {numbers.NA}"] if device else []
        return "  ".join([*unknown, *gpu, resident])
    in_use, reserved = numbers.size(memory.in_use_bytes), numbers.size(memory.reserved_bytes)
    return "  ".join([f"in use {in_use}", f"reserved {reserved}", *gpu, resident])


def _metric_figures(view: LaneView) -> str:
    """The last value where it is not in the panel's own figures, the scale, and what `m` shows next."""
    history, limits = view.lane.history, view.axes.y["metric"]
    last = [] if view.metric == "loss" else [numbers.loss(history.last(view.metric))]
    names = list(history.metrics)
    following = names[(names.index(view.metric) + 1) % len(names)] if view.metric in names else view.metric
    more = [f"m → {following}"] if following != view.metric else []
    return "  ".join([*last, *([limits.scale] if limits else []), *more])


def _phases(lane: Lane) -> tuple[tuple[Content, Content], ...]:
    """What each phase took, and from which weights and data the lane began."""
    history, built = lane.history, lane.history.built
    took = {phase: numbers.duration(ns) for phase, ns in history.phase_ns().items()}
    before = [f"{phase} {took[phase]}" for phase in ("import", "build") if phase in took]
    first = [] if history.first_step_ns is None else [f"first step {numbers.duration(history.first_step_ns)}"]
    full, close, short = "", "", ""
    if built is not None:
        weights, data = built.weights_sha256[:4], built.data_sha256[:4]
        full, short = f"weights {weights}  data {data}", f"{weights} {data}"
        close = f"weights {weights} data {data}"
    whole, part = [*before, *first], first or before[:1]
    variants = ((whole, full), (whole, close), (whole, short), (part, full), (part, short))
    return tuple(
        (Content.assemble((" · ".join(parts), "$dim")), Content.assemble((hashes, "$dim")))
        for parts, hashes in variants
    )


def _compiled(lane: Lane, room: int) -> Content:
    """Return how often the step was traced or compiled, and the cost and the reason of the last time."""
    history = lane.history
    if history.first_step_ns is None:
        return Content("")
    parts = [numbers.compilations(history.compiled)]
    if history.graph_breaks:
        parts.append(numbers.plural(len(history.graph_breaks), "graph break"))
    variants = [" · ".join(parts)]
    if history.compiled:
        last = history.compiled[-1]
        cost = numbers.duration(last.cost_ns)
        again = f"last {cost} at step {last.step:,}" if history.compilations > 1 else cost
        variants.append(f"{variants[0]} · {again}")
        if history.compilations > 1:
            variants.append(f"{variants[1]}: {last.reason}")
    # A reason that is cut is still of use, a cut number is not.
    fits = [text for text in variants if len(text) <= room]
    if len(variants) == 3 and len(variants[1]) + _LEAST_REASON <= room:
        fits = variants
    return Content.assemble(((fits or variants[:1])[-1], "$dim"))


def _place(view: LaneView) -> tuple[tuple[Content, Content], ...]:
    """Return where the lane runs: device, dtype, threads and cores."""
    built, spec = view.lane.history.built, view.lane.spec
    if built is None:
        return ((Content.assemble((f"{spec.device} · {spec.dtype}", "$dim")), Content("")),)
    threads = numbers.plural(built.threads, "thread")
    cores = f" on core{'s' if len(built.cores) > 1 else ''} {_ranges(built.cores)}" if built.cores else ""
    place = (
        f"{built.device} · {built.dtype} · {threads}{cores} · {numbers.count(built.parameters)} parameters"
    )
    summary = backends.entry(spec.backend).summary
    return (
        (Content.assemble((place, "$dim")), Content.assemble((summary, "$dim"))),
        (Content.assemble((place, "$dim")), Content("")),
        (Content.assemble((f"{built.device} · {built.dtype} · {threads}", "$dim")), Content("")),
    )


def _gpu(lane: Lane) -> tuple[tuple[Content, Content], ...]:
    """Return what the lane's GPU does; why that is unknown, where it is."""
    gpu = lane.history.gpu
    if gpu is None or gpu.card is None:
        return ((Content.assemble((f"GPU {numbers.NA}: {gpu.problem}" if gpu else "", "$dim")), Content("")),)
    parts = activity(gpu.card)
    named = [gpu.card.name, *parts]
    variants = [named, parts, *(parts[:count] for count in range(len(parts) - 1, 0, -1))]
    return tuple((Content.assemble((" · ".join(one), "$dim")), Content("")) for one in variants)


def _ranges(values: Sequence[int]) -> str:
    """Return numbers as ranges, such as `0-3,6`."""
    runs: list[list[int]] = []
    for number in values:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _trouble(lane: Lane) -> Content:
    """Return why a lane failed or diverged, and what can be done; empty where nothing is wrong."""
    ended = lane.history.ended
    if ended is None or ended.outcome not in ("failed", "diverged"):
        return Content("")
    hint = "; ".join([*([ended.hint] if ended.hint else []), "r starts it again"])
    return Content.assemble((ended.reason, "bold $error"), "\n", (hint, "$dim"))


def _introduction(lane: Lane, is_alone: bool) -> dict[str, str]:
    """Return the texts in the charts of a lane without a step, by their kind."""
    sign, _ = status(lane)
    state = sign.partition(" ")[2]
    if lane.history.phase == "import" and state.startswith(numbers.PHASES["import"]):
        state = f"importing {backends.entry(lane.spec.backend).framework.title}{_elapsed(lane)}"
    return introduction(lane, state, is_alone)
