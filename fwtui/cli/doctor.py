"""`fwtui doctor`: what each lane would get on this machine, and what is wrong with it."""

from typing import TYPE_CHECKING, Any

from fwtui.cli.options import Json

if TYPE_CHECKING:
    from fwtui.cli.examination import Finding
    from fwtui.core.processor_use import ProcessorUse

PACKAGES = ("textual", "rich", "plotext", "numpy", "psutil", "typer", "nvidia-ml-py")


def doctor(json: Json = None) -> int:
    """Check each framework, the machine and the terminal, and name what is wrong.

    Each framework is imported in a process of its own, asked for its devices, and trained for three steps on
    the best of them. None is waited for longer than a minute.

    Exit code: 0 if every framework can be used, 1 if not.
    """
    import sys

    from fwtui.backends import catalogue
    from fwtui.cli.examination import examine
    from fwtui.cli.output import JsonOutput, console, is_terminal, show
    from fwtui.system.processor import ProcessorMeter

    out = None if json is None else JsonOutput(json)
    findings = []
    meter = ProcessorMeter()
    with console(stderr=True).status("") as status:
        for framework in catalogue.frameworks():
            if is_terminal(sys.stderr):
                status.update(f"importing {framework.title} in a process of its own")
            findings.append(examine(framework))
    facts = _facts(findings, meter.use())
    if out is None or not out.standard:
        show(_page(facts, findings))
    if out is not None:
        out.write(facts)
    return int(any(finding.problem for finding in findings))


def _facts(findings: "list[Finding]", use: "ProcessorUse | None") -> dict[str, Any]:
    """Everything that the doctor knows, ready for JSON."""
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
    return {
        "fwtui": __version__,
        "python": platform.python_version(),
        "machine": machine.describe() | {"others_share": use.others_share if use else None},
        "terminal": screen,
        "packages": {package: installed(package) for package in PACKAGES},
        "frameworks": [finding.as_json() for finding in findings],
        "problems": [
            *({"what": f.complaint, "mend": f.mend or None} for f in findings if f.problem),
            *({"what": what, "mend": None} for f in findings for what in f.hindered_gpus()),
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
    gpus = ", ".join(machine["gpus"]) or "no NVIDIA GPU"
    driver = f", driver {machine['nvidia_driver']}" if machine["nvidia_driver"] else ""
    about = Table.grid(padding=(0, 2, 0, 0))
    about.add_column(style="dim", no_wrap=True)
    about.add_column()
    memory = numbers.size(machine["memory_bytes"])
    cores = numbers.plural(machine["cores"] or 0, "core") if machine["cores"] else "cores n/a"
    about.add_row("fwtui", f"{facts['fwtui']}, Python {facts['python']}")
    about.add_row(
        "machine", f"{machine['processor'] or numbers.NA}, {cores}, {memory} memory, {gpus}{driver}"
    )
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


def _frameworks(findings: "list[Finding]") -> Any:
    from rich.text import Text

    from fwtui.cli.output import plain_table
    from fwtui.format import numbers

    table = plain_table()
    for title in ("framework", "version", "works", "devices", "lanes get", "import", "peak RSS"):
        table.add_column(title, no_wrap=title != "devices")
    for found in findings:
        lane = found.lane
        usable = [d.name for d in lane.imported.devices if d.reason is None] if lane.imported else []
        get = (
            f"{lane.built.device}, {numbers.plural(lane.built.threads, 'thread')}"
            if lane.built
            else numbers.NA
        )
        table.add_row(
            found.framework.title,
            found.version or numbers.NA,
            Text("no", "red") if found.problem else Text("yes", "green"),
            ", ".join(usable) or numbers.NA,
            get,
            numbers.duration(lane.phase_ns().get("import") if lane.imported else None),
            numbers.size(lane.rss_peak_bytes),
        )
    return table
