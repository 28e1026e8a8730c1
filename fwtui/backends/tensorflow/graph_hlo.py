"""XLA's programs, from the text that it gives to the nodes of a graph.

The text is HLO (https://openxla.org/xla/operation_semantics): computations, of which one is the entry, made
of instructions such as

    %dot.1 = f32[64,10]{1,0} dot(f32[64,100]{1,0} %a, %b), lhs_contracting_dims={1}, metadata={op_name="…"}

What a fusion, a loop or a call runs is a computation of its own. In the graph, its
instructions are in a scope with the caller's name, right before the caller, which takes their outputs in
addition to its own operands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from fwtui.backends.tensorflow.graph_flops import flops, product_flops
from fwtui.backends.tensorflow.graph_phases import Fact, Given, inherited
from fwtui.core.graph import Node, NodePhase, Tensor

_COMPUTATION = re.compile(r"(ENTRY\s+)?%?([\w.\-]+)\s.*\{\s*$")
_INSTRUCTION = re.compile(r"\s*(ROOT\s+)?%?([\w.\-]+) = (.*)$")
_OPCODE = re.compile(r"\s*([\w\-]+)\(")
_ARRAY = re.compile(r"(\w+)\[([\d,<=]*)\]")
_OPERAND = re.compile(r"%?([\w.\-]+)$")
_CALLED = re.compile(
    r"(calls|to_apply|condition|body|true_computation|false_computation|branch_computations)="
    r"(\{[^}]*\}|%?[\w.\-]+)"
)
_RUNS = ("fusion", "call", "while", "conditional")
"""Opcodes whose computations become nodes. Those of others, such as a reduction's, run once per value."""
_DTYPES = {"pred": "bool", "bf16": "bfloat16"}
_KINDS = {"f": "float", "s": "int", "u": "uint", "c": "complex"}


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line of a computation; `operands` is what stands in the parentheses, `attributes` what after."""

    name: str
    op: str
    shape: str
    operands: str
    attributes: str
    root: bool

    def names(self) -> list[str]:
        """The instructions that it takes."""
        if self.op in ("parameter", "constant", "iota"):
            return []
        found = (_OPERAND.search(part.strip()) for part in _parts(self.operands))
        return [match[1] for match in found if match]

    def called(self) -> dict[str, str]:
        """The computations that it runs, by the role that they have."""
        named = ((role, re.findall(r"[\w.\-]+", names)) for role, names in _CALLED.findall(self.attributes))
        return {
            role if len(of) == 1 else f"{role} {i}": name for role, of in named for i, name in enumerate(of)
        }

    def attribute(self, pattern: str) -> str | None:
        """The group of `pattern` in its attributes."""
        found = re.search(pattern, self.attributes)
        return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Program:
    """The computations by name, and which of them is run."""

    computations: Mapping[str, Sequence[Instruction]]
    entry: str


def program(text: str) -> Program:
    """A program from its text.

    Raises:
        ValueError: it has no entry, or a line that is no instruction.
    """
    computations: dict[str, list[Instruction]] = {}
    entry, current = "", None
    for line in text.splitlines():
        if current is None:
            if (head := _COMPUTATION.match(line)) and not line.startswith("HloModule"):
                current = computations[head[2]] = []
                entry = head[2] if head[1] else entry
        elif line.strip() == "}":
            current = None
        elif line.strip():
            current.append(_instruction(line))
    if not entry:
        raise ValueError("XLA's text has no entry computation")
    return Program(computations, entry)


def nodes(of: Program, inputs: Sequence[Given], facts: Mapping[str, Fact]) -> tuple[Node, ...]:
    """Every instruction of a program as a node.

    Args:
        inputs: the arguments of the step, in order.
        facts: what is known of the ops that the program was made from, by their names.
    """
    writer = _Writer(of, inputs, facts)
    writer.write(of.entry, "", [], "")
    return tuple(writer.nodes)


class _Writer:
    """Writes one computation after the other into `nodes`."""

    def __init__(self, of: Program, inputs: Sequence[Given], facts: Mapping[str, Fact]) -> None:
        self.nodes: list[Node] = []
        self._of, self._facts = of, facts
        entry = [i for i in of.computations[of.entry] if i.op == "parameter"]
        shapes = {int(i.operands): _tensors(i.shape)[0].shape for i in entry}
        # XLA numbers the step's arguments as they come; where it does not, names would be wrong ones.
        same = shapes == {number: one.tensor.shape for number, one in enumerate(inputs)}
        self._inputs = inputs if same else ()

    def write(self, name: str, scope: str, given: Sequence[tuple[int, int]], caller: str) -> tuple[int, int]:
        """Writes a computation that is `given` arguments, and returns where its result comes from."""
        places: dict[str, tuple[int, int]] = {}
        root = (0, 0)
        for instruction in self._of.computations[name]:
            if instruction.op == "parameter" and scope:
                place = given[min(int(instruction.operands), len(given) - 1)]
            else:
                place = self._node(instruction, scope, places, caller)
            places[instruction.name] = place
            if instruction.root:
                root = place
        return root

    def _node(
        self, at: Instruction, scope: str, places: Mapping[str, tuple[int, int]], caller: str
    ) -> tuple[int, int]:
        made_from = at.attribute(r'op_name="([^"]*)"') or ""
        operands = [places[name] for name in at.names() if name in places]
        if at.op == "get-tuple-element":
            operands = [self._element(operands[0], int(at.attribute(r"index=(\d+)") or 0))]
        given = list(operands)
        called = at.called()
        if at.op in _RUNS:
            inner = f"{scope}/{at.name}" if scope else at.name
            for role, name in called.items():
                within = inner if len(called) == 1 else f"{inner}/{role}"
                # A condition's first operand says which branch is run with which of the others.
                branch = given[1:] if at.op == "conditional" else given
                result = self.write(name, within, branch, made_from or caller)
                if result not in operands:
                    operands.append(result)
        fact = self._facts.get(made_from) or self._facts.get(caller)
        title, phase, detail = at.name, self._phase(at, fact, operands), self._detail(at, called)
        if at.op == "parameter" and self._inputs:
            known = self._inputs[int(at.operands)]
            title, phase, detail = known.name, known.phase, known.detail
        outputs = _tensors(at.shape)
        self.nodes.append(
            Node(
                at.op,
                title,
                phase,
                tuple(operands),
                outputs,
                scope or made_from * (at.op != "parameter" and made_from in self._facts),
                fact.source if fact else None,
                self._flops(at, given, outputs),
                detail,
            )
        )
        return len(self.nodes) - 1, 0

    def _element(self, of: tuple[int, int], number: int) -> tuple[int, int]:
        # Nested tuples are flattened into their values; a number past the end belongs to an inner tuple.
        return of[0], min(number, max(0, len(self.nodes[of[0]].outputs) - 1))

    def _phase(self, at: Instruction, fact: Fact | None, inputs: Sequence[tuple[int, int]]) -> NodePhase:
        if at.op == "parameter":
            return "input"
        if at.op in ("constant", "iota"):
            return "constant"
        if fact and fact.phase not in ("input", "constant"):
            return fact.phase
        return inherited(self.nodes[node].phase for node, _ in inputs)

    def _flops(
        self, at: Instruction, inputs: Sequence[tuple[int, int]], outputs: Sequence[Tensor]
    ) -> int | None:
        shapes = [self.nodes[node].outputs[place].shape for node, place in inputs]
        if at.op == "dot":
            summed = [
                int(one) for one in (at.attribute(r"lhs_contracting_dims=\{([\d,]+)") or "").split(",") if one
            ]
            return product_flops(outputs[0].shape, _product([shapes[0][axis] for axis in summed]))
        if at.op == "convolution" and (labels := at.attribute(r"dim_labels=\w+_(\w+)->")):
            summed = [axis for axis, label in enumerate(labels) if label != "o"]
            return product_flops(outputs[0].shape, _product([shapes[1][axis] for axis in summed]))
        return flops(at.op, shapes, [tensor.shape for tensor in outputs])

    def _detail(self, at: Instruction, called: Mapping[str, str]) -> str:
        if at.op == "constant":
            return at.operands if len(at.operands) <= 40 else f"{at.operands[:37]}..."
        if at.op == "custom-call":
            return at.attribute(r'custom_call_target="([^"]*)"') or ""
        ops = [one.op for name in called.values() for one in self._of.computations[name]]
        made = [op for op in ops if op not in ("parameter", "constant", "tuple", "get-tuple-element")]
        if at.op == "fusion":
            return f"{at.attribute(r'kind=(k[A-Z][a-z]+)')}: {', '.join(dict.fromkeys(made))}"
        if at.op in _RUNS:
            return f"runs {', '.join(called.values())}"
        return f"by {', '.join(dict.fromkeys(made))}" if made else ""


def _instruction(line: str) -> Instruction:
    parsed = _INSTRUCTION.match(line)
    if parsed is None:
        raise ValueError(f"no instruction of XLA's: {line.strip()[:60]}")
    rest = parsed[3]
    end = _closing(rest, 0) if rest.startswith("(") else rest.find(" ")
    opcode = _OPCODE.match(rest, end)
    if opcode is None:
        raise ValueError(f"no instruction of XLA's: {line.strip()[:60]}")
    close = _closing(rest, opcode.end() - 1)
    operands = rest[opcode.end() : close - 1]
    return Instruction(parsed[2], opcode[1], rest[:end], operands, rest[close:], parsed[1] is not None)


def _closing(text: str, opening: int) -> int:
    """The place after the bracket that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth == 0:
            return place + 1
    return len(text)


def _parts(text: str) -> Iterator[str]:
    """The parts between commas that stand in no brackets."""
    start = depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def _tensors(shape: str) -> tuple[Tensor, ...]:
    """Every array in a shape, such as `(f32[2,3]{1,0}, s32[])`."""
    return tuple(Tensor(dtype_name(dtype), _sizes(sizes)) for dtype, sizes in _ARRAY.findall(shape))


def _sizes(text: str) -> tuple[int | None, ...]:
    # `<=64` is a size that is open, with its bound.
    return tuple(None if size.startswith("<") else int(size) for size in text.split(",") if size)


def dtype_name(name: str) -> str:
    """`float32` for XLA's `f32`."""
    short = re.fullmatch(r"([fsuc])(\d+)", name)
    return _DTYPES.get(name) or (f"{_KINDS[short[1]]}{short[2]}" if short else name)


def _product(sizes: Sequence[int | None]) -> int | None:
    known = [size for size in sizes if size is not None]
    return prod(known) if len(known) == len(sizes) else None
