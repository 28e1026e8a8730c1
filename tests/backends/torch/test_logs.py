"""What a step's log tells beside values, and that to log is to change nothing."""

from pathlib import Path

import numpy as np
import pytest

NOT_COMPILED = "nothing is compiled for a batch like this one before the step is taken"
SLOW = [pytest.mark.slow, pytest.mark.timeout(1800)]


def line_of(text):
    """The line of `nets.py` that holds `text`."""
    lines = Path(__file__).with_name("nets.py").read_text("utf-8").splitlines()
    (number,) = (n for n, line in enumerate(lines, 1) if text in line)
    return number


@pytest.fixture
def sorting(said):
    """The ops of the net that takes an op's second output."""
    return said["logs"]["sorting"]["ops"]


@pytest.fixture(
    params=["dropping", "adam", *(pytest.param(f"slow {one}", marks=SLOW) for one in ("depths", "dropping"))]
)
def between(request):
    """Steps with logs between them: of random numbers, and of an optimizer that remembers."""
    speed, _, name = request.param.rpartition(" ")
    return request.getfixturevalue("said_slowly" if speed else "said")["logs"][name]


def test_logging_changes_neither_weights_nor_optimizer_nor_random_numbers(between):
    assert between["logged"] == between["left alone"]
    assert between["same weights"]


def test_logging_compiles_nothing(between):
    alone, logged = between["events"]
    assert logged == alone


def test_an_op_is_timed_within_its_step(said):
    log = said["logs"]["sorting"]
    until = 0
    for op in log["ops"]:
        assert op["started_ns"] >= until
        until = op["started_ns"] + op["host_ns"]
        assert op["host_ns"] > 0
    assert log["took_ns"] >= until


def test_bytes_are_those_of_memory_that_no_tensor_lay_in_before(sorting):
    """float64 and int64: eight bytes each."""
    nbytes = {(op["op"], op["phase"]): op["nbytes"] for op in sorting}
    assert nbytes["aten.mm", "forward"] == 8 * 4 * 3
    assert nbytes["aten.sort", "forward"] == 2 * 8 * 4 * 3
    assert nbytes["aten.t", "backward"] == nbytes["aten.expand", "backward"] == 0
    assert nbytes["aten.sub_", "update"] == 0


def test_every_op_tells_its_device(sorting):
    assert {op["device"] for op in sorting} == {"cpu"}


def test_which_output_of_an_op_was_taken_is_told_in_both_passes(sorting):
    products = [op["inputs"] for op in sorting if op["op"] == "aten.mul" and op["phase"] != "update"]
    (place,) = (number for number, op in enumerate(sorting) if op["op"] == "aten.sort")
    assert products[0] == [[place, 0], [place, 1]]
    assert products[1][1] == [place, 1]
    (scatter,) = (op["inputs"] for op in sorting if op["op"] == "aten.scatter")
    assert scatter[1] == [place, 1]


def test_backward_ops_have_the_line_of_what_they_differentiate(sorting):
    lines = {op["op"]: op["line"] for op in sorting if op["phase"] == "backward"}
    assert lines["aten.scatter"] == lines["aten.mm"] == line_of("ranked, places = torch.sort")
    assert lines["aten.expand"] == line_of("(ranked * places).sum()")
    assert lines["aten.ones_like"] is None


def test_figures_are_those_of_the_whole_outputs(said, sorting):
    assert [op["figures"] for op in sorting] == said["logs"]["whole"]


def test_memory_that_nothing_was_written_into_has_no_figures(said):
    """Dropout takes some for its mask, in which anything may lie, also NaN."""
    ops = [op for log in said["logs"]["dropping"]["logs"] for op in log["ops"]]
    unwritten = [op for op in ops if op["op"].startswith("aten.empty")]
    assert unwritten
    assert all(op["figures"] == [None] for op in unwritten)
    assert [op["figures"] for op in ops].count([None]) == len(unwritten)


def test_a_gpus_figures_are_the_same(said):
    """On the CPU, where both ways can be taken."""
    for here, there in said["logs"]["figures"].values():
        assert [*there[:3], there[5]] == pytest.approx([*here[:3], here[5]], rel=1e-12)
        assert there[3:5] == here[3:5]


def test_figures_of_complex_numbers_keep_the_imaginary_parts(said):
    found = {name: here for name, (here, _) in said["logs"]["figures"].items() if name.startswith("complex")}
    assert found["complex"] == [1.5, 2.5, 5.0, 0, 0, 2.0]
    assert found["complex, conjugated"][5] == -1.0
    assert found["complex, half"][2:] == [5.0, 0, 0, 2.5]
    assert found["complex, not finite"] == [1.0, 0.0, pytest.approx(5**0.5), 2, 1, 2.0]


class TestFeeds:
    @pytest.fixture
    def fed(self, said):
        return said["logs"]["fed"]

    @staticmethod
    def expected(fed, rows=None, product=None, gradient=None):
        """Loss, gradient and updated weight, by NumPy, where one of these is another one."""
        x, w = np.array(fed["x"]), np.array(fed["w"])
        rows = x[:2] if rows is None else rows
        few, every = np.tanh(rows @ w if product is None else product), np.tanh(x @ w)
        loss = (few**2).sum() + (every**2).sum()
        slopes = [2 * one * (1 - one**2) for one in (few, every)]
        gradient = rows.T @ slopes[0] + x.T @ slopes[1] if gradient is None else gradient
        return loss, gradient

    @pytest.mark.parametrize("name", ["slice", "product", "gradient"])
    def test_what_follows_computes_with_the_value(self, fed, name):
        """A slice shares the batch's memory, which other ops still read."""
        one = fed["fed"][name]
        place = {"slice": "rows"}.get(name, name)
        loss, gradient = self.expected(fed, **{place: np.array(one["value"])})
        assert one["loss"] == pytest.approx(loss, rel=1e-12)
        if name != "gradient":  # the op that made it tells its own
            np.testing.assert_allclose(one["gradient w"], gradient, rtol=1e-12)
        moved = np.array(self.plain(fed, "aten.sub_")) - np.array(one["parameter w"])
        change = 0.01 * (gradient - self.expected(fed)[1])
        np.testing.assert_allclose(moved, change, rtol=1e-9, atol=1e-14)

    @staticmethod
    def plain(fed, op):
        return next(values[0] for name, _, values in fed["plain"] if name == op)

    @pytest.mark.parametrize("name", ["slice", "product", "gradient"])
    def test_the_op_tells_its_own_value_and_those_before_it_theirs(self, fed, name):
        one = fed["fed"][name]
        assert one["values"][: one["number"] + 1] == fed["plain"][: one["number"] + 1]
        assert one["values"] != fed["plain"]
        assert [told[:2] for told in one["values"]] == [told[:2] for told in fed["plain"]]

    def test_without_feeds_nothing_changes(self, fed):
        assert fed["again"] == fed["plain"]

    def test_figures_tell_it_too(self, fed):
        without, with_one = fed["figures"]
        number = fed["fed"]["slice"]["number"]
        assert with_one[: number + 1] == without[: number + 1]
        assert with_one[number + 1 :] != without[number + 1 :]

    def test_the_training_goes_on_as_if_nothing_had_been_replaced(self, fed):
        alone, logged = fed["losses"]
        assert logged == alone


def test_the_graph_of_an_eager_step_is_the_same_for_the_same_depth(said):
    (two, few), (three, more), (again, _) = said["logs"]["adam"]["ran"]
    assert two == again != three
    assert more - few == 2  # a product and a tanh


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_graph_has_the_same_hash_in_every_process(said, said_slowly):
    first, _, deeper, last = said_slowly["logs"]["eager depths"]
    assert [first, deeper, last] == said["logs"]["adam"]["ran"]


def test_a_compiled_step_is_one_call_with_kernels_inside(said):
    log = said["reference"]["adam"]["log"]
    call, *kernels = log["ops"]
    assert (call["op"], call["phase"], call["within"]) == ("compiled step", None, None)
    assert call["results"] == ["loss"]
    assert call["host_ns"] == log["took_ns"]
    assert {kernel["within"] for kernel in kernels} == {0}
    assert any(kernel["op"] == "cpp_fused" for kernel in kernels)
    until = 0
    for kernel in kernels:
        assert kernel["started_ns"] >= until
        until = kernel["started_ns"] + kernel["host_ns"]
    assert until <= log["took_ns"]


def test_kernels_make_the_loss_the_gradients_and_the_weights(said):
    made = {name for op in said["reference"]["adam"]["log"]["ops"][1:] for name in op["results"]}
    weights = set(said["reference"]["adam"]["weights"])
    assert {"loss"} | {f"parameter {name}" for name in weights - {"left_out"}} <= made
    assert {name for name in weights if f"gradient {name}" in made}


def test_kernels_tell_their_phase_and_line(said):
    """Notices when Inductor no longer keeps where a kernel comes from."""
    kernels = said["reference"]["adam"]["log"]["ops"][1:]
    assert {kernel["phase"] for kernel in kernels} == {"forward", "backward", "update"}
    assert all(kernel["line"] is not None for kernel in kernels)


def test_lines_are_those_of_this_file_as_it_is_now(said):
    """Inductor keeps a graph's lines with what it compiles on the disk."""
    first, again, copied, edited = said["logs"]["sources"]
    assert first == again
    assert first != copied
    assert first != edited


def test_kernels_take_what_was_there(said):
    ops = said["reference"]["adam"]["log"]["ops"]
    for number, op in enumerate(ops):
        assert all(origin < number for origin, _ in op["inputs"] if isinstance(origin, int))
    named = {origin for op in ops[1:] for origin, _ in op["inputs"] if isinstance(origin, str)}
    assert "parameter w" in named
    assert any(name.startswith("batch ") for name in named)
    assert any(name.startswith("state ") for name in named)


def test_a_compiled_step_runs_one_graph_for_each_signature(said):
    """The reference net takes a Python number that turns from step to step."""
    ran = [graph for graph, _ in said["reference"]["adam"]["ran"]]
    assert ran[0] != ran[1]
    assert ran == [*ran[:2] * (len(ran) // 2)]
    assert all(nodes > 0 for _, nodes in said["reference"]["adam"]["ran"])


@pytest.mark.slow
@pytest.mark.timeout(1800)
class TestSlowly:
    @pytest.fixture
    def logs(self, said_slowly):
        return said_slowly["logs"]

    def test_what_is_not_compiled_yet_is_told_so_and_compiled_by_the_step(self, logs):
        depths = logs["depths"]
        assert depths["logs"][0] == depths["logs"][2] == NOT_COMPILED
        assert depths["ran"][0] == depths["ran"][2] == NOT_COMPILED
        assert depths["ran"][1] == depths["ran"][3]
        assert [step for step, _ in depths["events"][1]] == [0, 2]

    def test_a_broken_graph_tells_the_kernels_of_its_pieces(self, logs):
        _, *told = logs["branching"]["logs"]
        for log in told:
            assert [op["op"] for op in log["ops"]].count("extern_kernels.mm") == 2
        assert logs["branching"]["ran"][1] == logs["branching"]["ran"][2]

    def test_kernels_are_named_and_placed_as_in_the_graph_of_them(self, logs):
        """Notices when Inductor's code, or the way it is called, is not as it is known here."""
        _, *kernels = logs["told"]["log"]["ops"]
        assert [[kernel["name"], kernel["phase"], kernel["line"]] for kernel in kernels] == logs["told"][
            "kernels"
        ]
