"""What a framework's `modes.py` says of it: plain facts, read without importing the framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fwtui.core.records import Phase

EACH_STEP: tuple[Phase, ...] = ("warm-up", "steady")
"""The phases of a lane in which it trains."""

RUN = "run: each iteration"


@dataclass(frozen=True, slots=True)
class OpNames:
    """What a framework's ops do, in the words of `fwtui.ops.vocabulary.words`; names are separated by spaces.

    A name is written without its prefix, outer underscores and capitals. Where it is another op in another
    framework, one of the two is written with its prefix.

    Attributes:
        one_word: word -> the names of the ops that do just this.
        parts: words -> the names of the ops that do all of these in one: first a word for the whole, or its
            main part, then what else it may hold, twice what it may do twice.
        passing: the names of what gives on what it takes.
        nothing: the names of ops that only read shapes, make constants, or do nothing.
        prefixes: prefixes, in lower case, that only say which library an op is from.
        stops: ops, as they are logged, that give a value on and stop its gradient.
        shape_readers: ops, as they are logged, that look at a tensor's shape, and not at its values.
    """

    one_word: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    passing: str = ""
    nothing: str = ""
    prefixes: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    shape_readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameworkEntry:
    """A framework as people and `pip` name it, and where its code is.

    Attributes:
        key: names its nets: `net_KEY.py` beside a workload, `KEY_loss` in a user's file.
        title: its name as people write it.
        package: the module that `import` takes, and the name that `pip install` takes.
        folder: the package with its `step.py`, `device.py` and `memory.py`, see `fwtui.backends.base`.
        slot: which of the themes' colours is its own, from 1 to 4.
        eager: its backend that runs op by op, which trains float64 references; "": each backend its own.
        ops: what its ops do, for comparisons with another framework's.
        needs_net: False where its backends train without the workload's net, as simulations do.
    """

    key: str
    title: str
    package: str
    folder: str
    slot: int
    eager: str = ""
    ops: OpNames = field(default_factory=OpNames, compare=False, repr=False)
    needs_net: bool = True


@dataclass(frozen=True, slots=True)
class SourcePart:
    """Source that makes a backend's step, and when it runs.

    Attributes:
        when: in words, with a colon before how often.
        phases: those of a lane in which it runs.
        file: in the framework's folder; "" for the workload's net.
        names: its functions by their qualified names; `{optimizer}` stands for the optimizer's.
        optimizers: those with which it runs; none named: with all.
        call: what stands in the line that makes a step's one call; "" where a step is many.
    """

    when: str
    phases: tuple[Phase, ...]
    file: str = ""
    names: tuple[str, ...] = ()
    optimizers: tuple[str, ...] = ()
    call: str = ""


@dataclass(frozen=True, slots=True)
class BackendEntry:
    """One framework in one execution mode.

    Attributes:
        name: what `--lanes` takes: lower-case letters, digits and `_`, then a dot and the mode.
        mode: as the framework's `step.py` takes it.
        summary: `static` or `dynamic`, a colon, and what it does with the graph.
        each_step: what one step is, in four words.
        source: what makes its step, in the order in which one reads it.
    """

    name: str
    framework: FrameworkEntry
    mode: str
    summary: str
    each_step: str
    source: tuple[SourcePart, ...] = ()

    @property
    def graph(self) -> str:
        """`static` where one graph serves many steps, `dynamic` where each step makes its own."""
        return self.summary.partition(":")[0]
