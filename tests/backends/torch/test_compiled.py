"""`torch.compile`: the same answer as the equations, and what it needs and leaves behind."""

import numpy as np
import pytest

from fwtui.core.spec import OPTIMIZERS
from tests.backends import reference


def follows_the_equations(all_said, optimizer):
    said = all_said["reference"][optimizer]
    batches = list(reference.batches(all_said["steps"], numbers=True))
    losses, weights = reference.trained(optimizer, reference.parameters(), batches)
    np.testing.assert_allclose(said["losses"], losses, rtol=1e-12)
    for name, expected in weights.items():
        np.testing.assert_allclose(said["weights"][name], expected, rtol=1e-12, atol=1e-13)
    loss, gradients = reference.gradients(weights, batches[-1])
    assert said["probed"][0] == pytest.approx(loss, rel=1e-12)
    for name, gradient in said["probed"][1].items():
        assert (gradient is None) == (name == "left_out")
        if gradient is not None:
            np.testing.assert_allclose(gradient, gradients[name], rtol=1e-11, atol=1e-12)


def test_a_compiled_step_follows_the_equations(said):
    follows_the_equations(said, "adam")


@pytest.mark.slow
@pytest.mark.timeout(1800)  # every network compiled anew, where nothing lies on disk
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_compiled_step_follows_every_optimizers_equations(said_slowly, optimizer):
    follows_the_equations(said_slowly, optimizer)
    assert not said_slowly["reference"][optimizer]["probing_trains"]


def test_probing_changes_neither_weights_nor_the_optimizers_state(said):
    assert not said["reference"]["adam"]["probing_trains"]


def test_the_whole_step_is_one_graph(said):
    """Notices when Dynamo's switch for `torch.autograd.grad` goes: then the graph is broken there."""
    assert [event["is"] for event in said["reference"]["adam"]["events"]] == ["Compiled", "Compiled"]


def test_compiling_leaves_no_process_behind(said):
    assert said["reference"]["adam"]["children"] == 0


def test_an_eager_lane_does_not_import_the_compiler(said):
    assert not said["dynamo_in_eager"]


def test_what_compiling_lacks_is_told_in_the_first_line(said):
    assert said["no_compiler"] == "RuntimeError: torch.compile needs a C++ compiler: apt-get install g++"
    needs = "RuntimeError: torch.compile needs Python's header files: apt-get install python3-dev"
    assert said["no_headers"] == needs


def test_probing_and_evaluating_use_what_is_compiled_and_compile_nothing(said):
    """The loss function itself tells whether it runs compiled."""
    between = said["between"]
    assert between["before"]["compiled"] == 0
    probed_first, probed_other = between["metrics"][1:3]
    assert (probed_first["compiled"], probed_other["compiled"]) == (1, 0)
    assert [(event["step"], event["kind"]) for event in between["events"]] == [
        (0, "compile"),
        (2, "recompile"),
    ]


def test_probing_and_evaluating_train_nothing(said):
    assert said["between"]["same"]
