"""Modules on their way into another process: as they were, sharing included, or refused."""

from __future__ import annotations

import subprocess
import sys
import textwrap

PROBE = """
import functools, threading
from pathlib import Path
import torch
from torch import nn
from fwtui.backends.torch import instances
from fwtui.system.object_file import CannotWriteError

net = nn.ModuleDict({
    "encoder": nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, batch_first=True), 2),
    "lstm": nn.LSTM(4, 8, 2, bidirectional=True),
    "conv": nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last),
    "norm": nn.BatchNorm2d(3),
    "embedding": nn.Embedding(5, 3, padding_idx=0),
    "head": nn.Sequential(nn.Linear(2, 2), nn.GELU("tanh")),
})
net.tied = net["head"]
net.register_buffer("counter", torch.arange(3), persistent=False)
net.mask = nn.Buffer(torch.ones(2, dtype=torch.bool))
net.bf16 = nn.Parameter(torch.randn(3).bfloat16(), requires_grad=False)
net.activation = functools.partial(torch.nn.functional.gelu, approximate="tanh")
net.dtype = torch.float32
net.row = net["head"][0].weight.detach()[1]
net.parent = [net]
net.bound = net["head"].forward
net.empty = torch.empty(0, 3)
path = Path("net.npz")
instances.write(net, path)
came = instances.model(str(path))

def equal(one, other):
    return all(
        name == key and torch.equal(a, b) and (a.stride(), a.dtype) == (b.stride(), b.dtype)
        for (name, a), (key, b) in zip(one, other, strict=True)
    )

print("parameters", equal(net.named_parameters(), came.named_parameters()))
print("buffers", equal(net.named_buffers(), came.named_buffers()))
print("state", list(net.state_dict()) == list(came.state_dict()))
print("trained", [p.requires_grad for p in net.parameters()] == [p.requires_grad for p in came.parameters()])
print("tied", came.tied is came["head"], came.parent[0] is came, came.bound.__self__ is came["head"])
print("memory", came.row.data_ptr() == came["head"][0].weight[1].data_ptr(), tuple(came.empty.shape))
x = torch.randn(2, 5, 16)
print("output", torch.equal(net["encoder"].eval()(x), came["encoder"].eval()(x)))
print("lstm", torch.equal(net["lstm"](x[..., :4])[0], came["lstm"](x[..., :4])[0]))
for what in (lambda x: x, torch.Generator(), net.bf16 * net["head"][0].bias[0], threading.Lock(),
             torch.eye(2).to_sparse(), torch.ones(2, device="meta"), torch.quantize_per_tensor(
             torch.ones(1), 1.0, 0, torch.quint8)):
    one = nn.Linear(1, 1)
    one.what = what
    try:
        instances.write(one, path)
    except CannotWriteError as error:
        print("refused:", error)
    else:
        print("written:", what)
"""


def test_modules_arrive_as_they_were_or_are_refused(tmp_path):
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(PROBE)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert run.stdout.splitlines() == [
        "parameters True",
        "buffers True",
        "state True",
        "trained True",
        "tied True True True",
        "memory True (0, 3)",
        "output True",
        "lstm True",
        "refused: <lambda>, which is not at the top of a module",
        "refused: a Generator",
        "refused: a tensor that was computed from others, and is no array of its own",
        "refused: a lock",
        "refused: a tensor that is not a plain one",
        "refused: a tensor that is not a plain one",
        "refused: a tensor that is not a plain one",
    ]
