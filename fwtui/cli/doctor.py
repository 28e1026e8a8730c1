"""`fwtui doctor`: what each lane would get on this machine, and what is wrong with it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fwtui.cli.options import Json

if TYPE_CHECKING:
    from fwtui.core.processor_use import ProcessorUse
    from fwtui.doctor.examination import Finding
    from fwtui.doctor.places import Place

PACKAGES = ("textual", "rich", "plotext", "numpy", "psutil", "typer", "nvidia-ml-py")


def doctor(
    ctx: typer.Context,
    python: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH",
            help="Also look over this interpreter, or the one of this environment; may be repeated.",
        ),
    ] = None,
    ssh: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="Also look over this host, as ssh or the configuration knows it."),
    ] = None,
    json: Json = None,
) -> int:
    """Check each framework, in each interpreter and on each host, the machine and the terminal.

    Each framework is imported in a process of its own, asked for its devices and for what it was built with,
    and trained for three steps on the best of them: in fwtui's own interpreter or the one that the
    configuration has for it, then on the hosts of the configuration. None is waited for longer than a minute.

    Exit code: 0 if every framework can be used, 1 if not.

      fwtui doctor
      fwtui doctor --python ~/envs/torch --ssh gpu1
    """
    from fwtui.backends import catalogue
    from fwtui.cli.defaults import configuration
    from fwtui.cli.output import JsonOutput, show
    from fwtui.core.inputs import SpecError
    from fwtui.doctor.examination import problems_of
    from fwtui.doctor.places import places
    from fwtui.race.environments import NO_ENVIRONMENTS
    from fwtui.system.processor import ProcessorMeter

    out = None if json is None else JsonOutput(json)
    broken = []
    try:
        environments = configuration(ctx.find_root().command).environments
    except SpecError as error:
        environments = NO_ENVIRONMENTS
        broken = [{"what": str(error), "mend": "fwtui config edit"}]
    found = places(catalogue.frameworks(), environments, python or (), ssh or ())
    meter = ProcessorMeter()
    findings = _examined(found)
    unusable = problems_of(findings)
    facts = _facts(findings, meter.use(), [{"what": what, "mend": mend or None} for what, mend in unusable])
    facts["problems"] = [*broken, *facts["problems"]]
    if out is None or not out.standard:
        show(_page(facts, findings))
    if out is not None:
        out.write(facts)
    return int(bool(unusable or broken))


def _examined(places: "list[Place]") -> "list[Finding]":
    """Every place examined in turn; on a terminal it says which one is."""
    import sys

    from fwtui.cli.output import console, is_terminal
    from fwtui.doctor.examination import examine

    findings = []
    with console(stderr=True).status("") as status:
        for place in places:
            if is_terminal(sys.stderr):
                where = place.title or "a process of its own"
                status.update(f"importing {place.framework.title} in {where}")
            findings.append(examine(place))
    return findings


def _facts(
    findings: "list[Finding]", use: "ProcessorUse | None", unusable: list[dict[str, Any]]
) -> dict[str, Any]:
    """Everything that the doctor knows, ready for JSON.

    Args:
        unusable: the problems of frameworks that cannot be used.
    """
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from fwtui.backends import catalogue as backends
    from fwtui.cli import terminal
    from fwtui.core.version import __version__
    from fwtui.system import machine
    from fwtui.workloads import catalogue as workloads

    def installed(package: str) -> str | None:
        try:
            return version(package)
        except PackageNotFoundError:
            return None

    screen = terminal.describe()
    apart = "an environment for each framework: [interpreters], fwtui config edit"
    return {
        "fwtui": __version__,
        "python": platform.python_version(),
        "machine": machine.describe() | {"others_share": use.others_share if use else None},
        "terminal": screen,
        "packages": {package: installed(package) for package in PACKAGES},
        "frameworks": [finding.as_json() for finding in findings],
        "problems": [
            *unusable,
            *({"what": what, "mend": None} for f in findings for what in f.hindered_gpus()),
            *({"what": what, "mend": apart} for f in findings for what in f.clashes()),
            *({"what": what, "mend": None} for what in (*backends.problems(), *workloads.problems())),
            *_compiler_problems(),
            *_busy_problems(use),
            *terminal.problems(screen),
        ],
    }


def _compiler_problems() -> list[dict[str, Any]]:
    """What `torch.compile` lacks on a CPU: it takes the compiler that CXX names, or the usual one."""
    import os
    import shutil
    import sys

    usual, mend = {
        "darwin": ("clang++", "xcode-select --install"),
        "linux": ("g++", "apt-get install g++"),
    }.get(sys.platform, ("", ""))
    compiler = os.environ.get("CXX", usual)
    if not compiler or shutil.which(compiler):
        return []
    return [{"what": f"torch.compile needs a C++ compiler, and finds no {compiler}", "mend": mend}]


def _busy_problems(use: "ProcessorUse | None") -> list[dict[str, Any]]:
    """Whether others use so much of the processor that no lane's times could be compared with another's."""
    from fwtui.format import numbers
    from fwtui.measure.history import DISTURBED

    if use is None or use.others_share < DISTURBED:
        return []
    what = f"others use {numbers.share(use.others_share)} of the cores, which distorts step times"
    return [{"what": what, "mend": "top shows which processes"}]


def _page(facts: dict[str, Any], findings: "list[Finding]") -> Any:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from fwtui.cli import terminal
    from fwtui.format import numbers

    machine = facts["machine"]
    about = Table.grid(padding=(0, 2, 0, 0))
    about.add_column(style="dim", no_wrap=True)
    about.add_column()
    memory = numbers.size(machine["memory_bytes"])
    limit = machine["memory_limit_bytes"]
    limited = f", of which the container may have {numbers.size(limit)}" if limit else ""
    cores = numbers.plural(machine["cores"] or 0, "core") if machine["cores"] else "cores n/a"
    about.add_row("fwtui", f"{facts['fwtui']}, Python {facts['python']}")
    about.add_row("machine", f"{machine['processor'] or numbers.NA}, {cores}, {memory} memory{limited}")
    about.add_row("GPU", _gpus(machine))
    about.add_row("processor", f"others used {numbers.share(machine['others_share'])} of the cores meanwhile")
    about.add_row("system", machine["platform"])
    about.add_row("terminal", terminal.in_words(facts["terminal"]))
    about.add_row("packages", ", ".join(f"{k} {v or 'missing'}" for k, v in facts["packages"].items()))
    verdict = [
        Text.assemble(
            ("✗ ", "red"), problem["what"], *([(f": {problem['mend']}", "bold")] if problem["mend"] else [])
        )
        for problem in facts["problems"]
    ]
    all_well = Text.assemble(("✓ ", "green"), "nothing is wrong")
    return Group(about, "", _frameworks(findings), "", *(verdict or [all_well]))


def _gpus(machine: dict[str, Any]) -> str:
    """The cards and their driver; why there are none."""
    from fwtui.format import numbers

    if not machine["gpus"]:
        return f"none: {machine['gpu_problem']}" if machine["gpu_problem"] else "none"
    cards = [
        f"{one['name']}, {numbers.size(one['free_bytes'])} of {numbers.size(one['total_bytes'])} free"
        for one in machine["gpu_memory"]
    ]
    return f"{'; '.join(cards)}; driver {machine['nvidia_driver'] or numbers.NA}"


def _frameworks(findings: "list[Finding]") -> Any:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from fwtui.cli.output import plain_table
    from fwtui.core.text import plain
    from fwtui.format import numbers

    several = any(found.place.title for found in findings)
    table = plain_table()
    for title in ("framework", "version", "works", "devices", "lanes get", "import", "peak RSS"):
        table.add_column(title, no_wrap=title != "devices")
    if several:
        table.add_column("interpreter", overflow="fold")
    for found in findings:
        lane = found.lane
        usable = [d.name for d in lane.imported.devices if d.reason is None] if lane.imported else []
        get = (
            f"{lane.built.device}, {numbers.plural(lane.built.threads, 'thread')}"
            if lane.built
            else numbers.NA
        )
        works = Text("absent", "dim") if found.is_absent else Text("no", "red")
        table.add_row(
            found.framework.title,
            found.version or numbers.NA,
            works if found.problem else Text("yes", "green"),
            ", ".join(usable) or numbers.NA,
            get,
            numbers.duration(lane.phase_ns().get("import") if lane.imported else None),
            numbers.size(lane.rss_peak_bytes),
            *([Text(plain(found.place.title or "fwtui's own"))] if several else []),
        )
    builds = Table.grid(padding=(0, 2, 0, 0))
    builds.add_column(style="dim", no_wrap=True)
    builds.add_column()
    for found in findings:
        if found.lane.imported and found.lane.imported.build:
            what = " · ".join(f"{name} {value}" for name, value in found.lane.imported.build)
            builds.add_row(f"{found.framework.title} {found.version}", Text(plain(what)))
    return Group(table, "", builds) if builds.row_count else table
