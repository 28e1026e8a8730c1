"""Graphs to look at: a network's step, and any number of random ones."""

from __future__ import annotations

import random

from fwtui.core.graph import PHASES, Graph, Node, Tensor


def step(layers: int) -> Graph:
    """A training step of a network with `layers` layers, as a static backend tells it: 8 nodes a layer."""
    nodes: list[Node] = []

    def add(op, name, phase, inputs=(), scope="", detail="", shape=(64, 10)):
        name = f"{scope}/{name}" if scope else name
        taken = tuple((index, 0) for index in inputs)
        outputs = (Tensor("float32", shape),)
        nodes.append(Node(op, name, phase, taken, outputs, scope, ("/net.py", 12), 100, detail))
        return len(nodes) - 1

    x, y = add("Placeholder", "x", "input"), add("Placeholder", "y", "input")
    weights = [add("VarHandleOp", f"w{layer}", "input") for layer in range(layers)]
    rate = add("Const", "rate", "constant", detail="1e-06", shape=())
    given, linear = [x], []
    for layer, weight in enumerate(weights):
        linear.append(add("MatMul", "MatMul", "forward", (given[-1], weight), f"net/block{layer}"))
        given.append(add("Relu", "Relu", "forward", (linear[-1],), f"net/block{layer}"))
    gradient = add("Sub", "sub", "loss", (given[-1], y))
    add("Sum", "Sum", "loss", (gradient,), shape=())
    for layer in reversed(range(layers)):
        scope = f"grad/block{layer}"
        gradient = add("ReluGrad", "ReluGrad", "backward", (gradient, linear[layer]), scope)
        of_weight = add("MatMul", "MatMul_1", "backward", (given[layer], gradient), scope)
        change = add("Mul", f"mul{layer}", "update", (of_weight, rate))
        add("AssignSub", f"update{layer}", "update", (weights[layer], change))
        if layer:
            gradient = add("MatMul", "MatMul", "backward", (gradient, weights[layer]), scope)
    return Graph("traced", "as it was traced", "from a script", tuple(nodes))


def anyhow(seed: int, count: int = 60) -> Graph:
    """A random graph: constants, values taken often and never, and now and then a loop."""
    dice = random.Random(seed)
    nodes = []
    for index in range(count):
        inputs = [dice.randrange(index) for _ in range(dice.randrange(4))] if index else []
        inputs += [dice.randrange(count)] if dice.random() < 0.02 else []
        taken = tuple((giver, dice.randrange(2)) for giver in inputs)
        nodes.append(
            Node(f"Op{index}", f"n{index}", dice.choice(PHASES), taken, (Tensor("int64", (None, 3)),))
        )
    return Graph("random", "at random", "with dice", tuple(nodes))
