"""Bugs as people make them when they port a network, each planted alone into one framework's side of
`right.py` or `spectrum.py`, with the place where the search for the first difference has to find it.
"""

from dataclasses import dataclass
from pathlib import Path

RIGHT = Path(__file__).with_name("right.py")
SPECTRUM = Path(__file__).with_name("spectrum.py")


@dataclass(frozen=True)
class Bug:
    """One bug, and where it is to be found.

    Attributes:
        old, new: what is replaced in the file, and by what; both empty where the bug is a lane's setting.
        phase: the part of the step that goes wrong first.
        result: the first result that is wrong for it.
        ops: the names of the ops that are to be found, PyTorch's and TensorFlow's.
        lines: a part of the line that each stands in, after the replacement; None: it is not in the file.
        learning_rate: TensorFlow's, as a multiple of PyTorch's.
        file: the file without the bug.
    """

    old: str = ""
    new: str = ""
    phase: str = "forward"
    result: str = "loss"
    ops: tuple[str, str] = ("", "")
    lines: tuple[str | None, str | None] = (None, None)
    learning_rate: float = 1.0
    file: Path = RIGHT

    def write(self, path: Path) -> Path:
        """Writes the file with the bug in it to `path`, which it returns."""
        text = self.file.read_text(encoding="utf-8")
        assert not self.old or text.count(self.old) == 1
        path.write_text(text.replace(self.old, self.new) if self.old else text, encoding="utf-8")
        return path

    def line_numbers(self, path: Path) -> tuple[int | None, int | None]:
        """The lines of the written file at `path` that `lines` are part of."""
        text = path.read_text(encoding="utf-8").splitlines()
        numbers = []
        for part in self.lines:
            found = [number for number, line in enumerate(text, 1) if part is not None and part in line]
            assert part is None or len(found) == 1
            numbers.append(found[0] if found else None)
        return numbers[0], numbers[1]


BUGS = {
    "weight transposed": Bug(
        old='flat @ params["w1"]',
        new='flat @ params["w1"].T',
        ops=("aten.mm", "MatMul"),
        lines=('flat @ params["w1"].T', 'tf.matmul(flat, params["w1"])'),
    ),
    "bias left out": Bug(
        old='        hidden = tf.nn.bias_add(hidden, params["b1"])\n',
        new="",
        ops=("aten.add", "Relu"),
        lines=('hidden + params["b1"]', "tf.nn.relu(hidden)"),
    ),
    "ReLU swapped for GELU": Bug(
        old="torch.relu(hidden)",
        new="functional.gelu(hidden)",
        ops=("aten.gelu", "Relu"),
        lines=("functional.gelu(hidden)", "tf.nn.relu(hidden)"),
    ),
    "mean for sum": Bug(
        old="tf.reduce_mean(tf.square(error))",
        new="tf.reduce_sum(tf.square(error))",
        ops=("aten.mean", "Sum"),
        lines=("error.square().mean()", "tf.reduce_sum(tf.square(error))"),
    ),
    "epsilon outside the root": Bug(
        old="torch.sqrt(variance + EPSILON)",
        new="torch.sqrt(variance) + EPSILON",
        ops=("aten.add", "Sqrt"),
        lines=("torch.sqrt(variance) + EPSILON", "tf.sqrt(variance + EPSILON)"),
    ),
    "same padding at stride 2": Bug(
        old='tf.nn.conv2d(padded, params["kernel"], strides=2, padding="VALID")',
        new='tf.nn.conv2d(batch["x"], params["kernel"], strides=2, padding="SAME")',
        ops=("aten.convolution", "Conv2D"),
        lines=("functional.conv2d(", "tf.nn.conv2d("),
    ),
    "batch in another order": Bug(
        old='tf.subtract(output, batch["y"])',
        new='tf.subtract(output, tf.reverse(batch["y"], [0]))',
        ops=("aten.sub", "ReverseV2"),
        lines=('output - batch["y"]', "tf.reverse("),
    ),
    "stop-gradient": Bug(
        old="torch.relu(hidden)",
        new="torch.relu(hidden).detach()",
        phase="backward",
        result="gradient b1",
        ops=("aten.detach", "Relu"),
        lines=("torch.relu(hidden).detach()", "tf.nn.relu(hidden)"),
    ),
    "spectrum scaled": Bug(
        old="torch.fft.rfft(windowed)",
        new='torch.fft.rfft(windowed, norm="ortho")',
        ops=("aten._fft_r2c", "RFFT"),
        lines=('torch.fft.rfft(windowed, norm="ortho")', "tf.signal.rfft(windowed)"),
        file=SPECTRUM,
    ),
    "phase of the other sign": Bug(
        old="tf.complex(cosine, sine)",
        new="tf.complex(cosine, -sine)",
        ops=("aten.polar", "Complex"),
        lines=("torch.polar(", "tf.complex(cosine, -sine)"),
        file=SPECTRUM,
    ),
    "learning rate off by 1 %": Bug(
        phase="update",
        result="parameter kernel",
        ops=("aten.sub_", "ResourceApplyGradientDescent"),
        learning_rate=1.01,
    ),
}
