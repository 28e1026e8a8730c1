"""Bad input: one line on standard error that names the option, what came and what is accepted; exit 2."""

from __future__ import annotations

import pytest

from fwtui.workloads import catalogue

BAD = {
    "unknown option": (("bench", "--stpes", "3"), "--stpes", "did you mean --steps?"),
    "unknown option, live": (("--lnaes", "torch.eager"), "--lnaes", "did you mean --lanes?"),
    "unknown short option": (("bench", "-x"), "-x", "--help"),
    "unknown command": (("bnech",), "command: got 'bnech'", "did you mean bench?"),
    "stray word": (("bench", "torch.eager"), "'torch.eager'", "accepted: options only"),
    "no value": (("bench", "--steps"), "--steps: got no value", "accepted: N"),
    "no value, live": (("--lanes",), "--lanes: got no value", "accepted: A,B"),
    "a switch with a value": (("bench", "--tf32=yes"), "--tf32", "accepted: none"),
    "option before its command": (("--steps", "5", "bench"), "--steps: got '5'", "fwtui bench --steps"),
    "no steps": (("bench", "--steps", "0"), "--steps: got '0'", "a whole number from 1"),
    "negative steps": (("bench", "--steps", "-1"), "--steps: got '-1'", "a whole number from 1"),
    "half a step": (("bench", "--steps", "1.5"), "--steps: got '1.5'", "a whole number"),
    "too many steps": (("bench", "--steps", str(10**12)), "--steps: got '1000000000000'", "1,000,000,000"),
    "digits without end": (("bench", "--steps", "9" * 10_000), "--steps: got '999", "a whole number"),
    "NaN steps": (("bench", "--steps", "nan"), "--steps: got 'nan'", "a whole number"),
    "empty steps": (("bench", "--steps", ""), "--steps: got ''", "a value"),
    "blank workload": (("bench", "--workload", " "), "--workload: got ' '", "a value"),
    "empty optimizer": (("bench", "--optimizer", ""), "--optimizer: got ''", "a value"),
    "unknown optimizer": (("bench", "--optimizer", "adma"), "--optimizer: got 'adma'", "sgd"),
    "unknown workload": (("bench", "--workload", "resnet"), "--workload: got 'resnet'", "two-layer"),
    "unknown preset": (("bench", "--preset", "huge"), "--preset: got 'huge'", "dynamic, static"),
    "size that it lacks": (
        ("bench", "--workload", "digits-mlp", "--size", "d_in=5"),
        "--size: got 'd_in=5'",
        "batch, hidden",
    ),
    "size without a number": (("bench", "--size", "hidden"), "--size: got 'hidden'", "NAME=N"),
    "size with an empty number": (("bench", "--size", "hidden="), "--size hidden: got ''", "whole number"),
    "size zero": (("bench", "--size", "hidden=0"), "--size hidden: got '0'", "from 1"),
    "size given twice": (
        ("bench", "--size", "hidden=1", "--size", "hidden=2"),
        "--size hidden: got '2'",
        "each size once",
    ),
    "setting given twice": (
        ("bench", "--lane", "torch.eager lr=1 lr=2"),
        "--lane: got 'lr=2'",
        "lr once in a lane",
    ),
    "size infinite": (("bench", "--size", "hidden=inf"), "--size hidden: got 'inf'", "whole number"),
    "size float": (("bench", "--size", "hidden=1e3"), "--size hidden: got '1e3'", "whole number"),
    "size of a planet": (("bench", "--size", f"hidden={10**12}"), "--size hidden", "1,000,000"),
    "more images than there are": (
        ("bench", "--workload", "digits-mlp", "--batch", "1439"),
        "batch: got '1439'",
        "1,438",
    ),
    "no rate": (("bench", "--lr", "0"), "--lr: got '0'", "a number above 0"),
    "NaN rate": (("bench", "--lr", "NaN"), "--lr: got 'NaN'", "a number above 0"),
    "hardly a frame": (("--fps", "0.0001"), "--fps: got '0.0001'", "a number from 0.2 to 10"),
    "more frames than are drawn": (("--fps", "10.1"), "--fps: got '10.1'", "a number from 0.2 to 10"),
    "infinite pace": (("bench", "--pace", "inf"), "--pace: got 'inf'", "a number from 0.001"),
    "no pace": (("bench", "--pace", "1e-300"), "--pace: got '1e-300'", "a number from 0.001"),
    "negative seed": (("bench", "--seed", "-1"), "--seed: got '-1'", "from 0"),
    "no threads": (("bench", "--threads", "0"), "--threads: got '0'", "from 1"),
    "half precision": (("bench", "--dtype", "float16"), "--dtype: got 'float16'", "float32, float64"),
    "unknown device": (
        ("bench", "--device", "tpu"),
        "--device: got 'tpu'",
        "auto, cpu, cuda:N (N from 0 to 99), mps",
    ),
    "unknown schedule": (("bench", "--schedule", "random"), "--schedule: got 'random'", "turns, race"),
    "unknown host": (("bench", "--host", "cloud"), "--host: got 'cloud'", "process, thread"),
    "unknown lane": (("bench", "--lanes", "torch.eager,jax.jit"), "--lanes: got 'jax.jit'", "tf.function"),
    "no lane": (("bench", "--lanes", ""), "--lanes: got ''", "torch.eager"),
    "a lane left out": (("bench", "--lanes", "torch.eager,,tf.eager"), "--lanes: got ''", "torch.eager"),
    "five lanes": (("bench", "--lanes", ",".join(["tf.eager"] * 5)), "--lanes: got '5'", "1 to 4 lanes"),
    "five own lanes": (("bench", *["--lane", "tf.eager"] * 5), "--lane: got '5'", "1 to 4 lanes"),
    "both kinds of lane": (
        ("bench", "--lanes", "tf.eager", "--lane", "torch.eager"),
        "--lane: got 'torch.eager'",
        "either --lanes or --lane",
    ),
    "empty own lane": (("bench", "--lane", ""), "--lane: got ''", "BACKEND key=value"),
    "open quote": (("bench", "--lane", "torch.eager 'lr=1"), "--lane", "BACKEND key=value"),
    "unknown key": (("bench", "--lane", "torch.eager color=red"), "'color=red'", "device, dtype"),
    "no rate of logs": (("bench", "--log-every", ""), "--log-every: got ''", "leave the option out"),
    "bad value of a key": (("bench", "--lane", "torch.eager lr=fast"), "lr: got 'fast'", "a number above 0"),
    "control characters": (("bench", "--device", "\x1b[31mred\x07\n"), r"got '\x1b[31mred\x07\n'", "cpu"),
    "control characters, option": (("bench", "--\x1b[31mx", "1"), r"--\x1b[31mx", "no such option"),
    "live: bad value": (("--steps", "0"), "--steps: got '0'", "a whole number"),
    "live: no terminal": ((), "no terminal", "fwtui bench"),
    "json into a missing folder": (
        ("bench", "--json", "/nonexistent/run.json"),
        "--json: got '/nonexistent/run.json'",
        "No such file or directory",
    ),
    "json into a folder": (("workloads", "--json", "/"), "--json: got '/'", "Is a directory"),
    "json and a format, both on standard output": (
        ("graph", "torch.eager", "--as", "draw", "--json"),
        "--as: got 'draw'",
        "nothing beside --json -",
    ),
    "no such format": (("ops", "torch.eager", "--as", "xml"), "--as: got 'xml'", "log, totals"),
    "json nowhere": (("doctor", "--json", ""), "--json: got ''", "a file that can be written"),
    "json with a NUL": (
        ("backends", "--json", "a\0b"),
        "--json: got 'a\\x00b'",
        "a file that can be written",
    ),
}


@pytest.mark.parametrize(("words", "names", "accepts"), BAD.values(), ids=BAD)
def test_one_line(fwtui, words, names, accepts):
    ran = fwtui(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("fwtui: ")
    assert ran.err.strip().isprintable()
    assert len(ran.err) < 300
    assert names in ran.err
    assert accepts in ran.err


def test_an_error_of_fwtuis_own_is_no_answer(fwtui, monkeypatch):
    """Python would end with 1, which says that lanes differ."""

    def fails(*_):
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(catalogue, "names", fails)
    ran = fwtui("workloads")
    assert ran.code == 2
    assert ran.err.rstrip().endswith("ZeroDivisionError: of ours")
