"""What `torch.compile` tells: in which step it compiled and why, and where the graph broke.

All of it comes through interfaces of PyTorch's that are private: these tests notice when one goes.
"""

from pathlib import Path

import pytest

NETS = Path(__file__).with_name("nets.py")


def events(steps):
    return [event for step in steps for event in step["events"]]


def compilations(steps):
    found = [event for event in events(steps) if event["is"] == "Compiled"]
    return [(event["step"], event["kind"], event["reason"]) for event in found]


def line_with(text):
    return next(n for n, line in enumerate(NETS.read_text().splitlines(), 1) if text in line)


def test_each_new_value_of_a_number_in_the_batch_is_a_recompilation_with_its_reason(said):
    assert compilations(said["depths"]) == [
        (0, "compile", "the first call"),
        (2, "recompile", "depth == 2 failed: got 3"),
        (4, "recompile", "depth == 2 failed: got 4"),
    ]


def test_a_size_that_changes_is_named_with_its_dimension(said):
    """After the first change Dynamo compiles for any size but 1, which it takes for a case of its own."""
    assert compilations(said["sizes"]) == [
        (0, "compile", "the first call"),
        (1, "recompile", "size of x at dimension 0 was 4, is 5"),
        (3, "recompile", "2 <= x.size()[0] failed"),
    ]


def test_a_compilation_costs_time(said):
    assert all(event["cost_ns"] > 1e6 for event in events(said["depths"]))


def test_at_the_limit_the_step_falls_back_to_eager_and_says_so_once(said):
    last = said["limit"][3:]
    assert [step["metrics"]["compiled"] for step in last] == [0, 0, 1]
    (given_up,) = events(last)
    assert given_up["is"] == "GraphBroken"
    assert given_up["step"] == 3
    limit = "compiled 3 times, now eager where none of these fits: depth == 3 failed: got 4"
    assert (given_up["reason"], given_up["where"]) == (limit, None)


@pytest.mark.parametrize(
    ("net", "line", "reason"), [("prints", "print(", "print"), ("item", ".item(", "item")]
)
def test_a_break_is_told_once_with_its_reason_and_the_nets_line(said, net, line, reason):
    broken = [event for event in events(said[net]) if event["is"] == "GraphBroken"]
    in_net = [event for event in broken if event["where"][0] == str(NETS)]
    assert [(event["step"], event["where"][1]) for event in in_net] == [(0, line_with(line))]
    assert reason in in_net[0]["reason"]
    assert "\n" not in in_net[0]["reason"]


def test_a_break_in_the_net_breaks_the_backward_pass_off_too(said):
    where = {Path(event["where"][0]).name for event in events(said["prints"]) if event["is"] == "GraphBroken"}
    assert where == {"nets.py", "step.py"}


def test_each_lane_in_a_process_hears_only_of_its_own_compilations(said):
    assert compilations(said["threads"]["one"]) == [
        (0, "compile", "the first call"),
        (1, "recompile", "depth == 1 failed: got 2"),
        (2, "recompile", "depth == 2 failed: got 3"),
    ]
    assert [step for step, _, _ in compilations(said["threads"]["other"])] == [0, 1, 2, 3]
