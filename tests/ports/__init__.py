"""Networks as people port them between PyTorch and TensorFlow, and the faults that they make in it.

`right/` holds ports that are right, among them such as are written in other but equivalent mathematics. Each
of the faults is planted alone into one framework's side of one of these. `verify.py` proves both without
fwtui's own judgement.
"""

from dataclasses import dataclass
from pathlib import Path

RIGHT = {path.stem: path for path in sorted(Path(__file__).with_name("right").glob("*.py"))}

# One side holds a constant, or an intermediate result, in float32 whatever the type of the weights is.
FLOAT32_CONSTANTS = frozenset(
    (
        "bilinear_upsampling",
        "ctc_speech",
        "gelu_exact",
        "grey_images",
        "keras_layers",
        "keras_loss_object",
        "leaky_discriminator",
        "ridge_regression",
        "scaled_residuals",
        "smooth_images",
    )
)

# Both sides compute a part in 16 bits.
MIXED_PRECISION = frozenset(("half_precision_output", "rounded_to_bfloat16"))


@dataclass(frozen=True)
class Fault:
    """One fault, and where it is to be found.

    Attributes:
        port: the right port that it is planted in.
        old, new: what is replaced in its file, and by what.
        lines: a part of the line at fault and of the line that does the same on the other side, PyTorch's and
            TensorFlow's, after the replacement; None where there is no such line.
        or_lines: parts of other lines, of either side, that tell the place as well, such as of the op that
            first takes what was wrongly permuted.
        step: the first step in which it shows.
        result: what shows it first: `loss`, the name of a metric, or `gradient`.
    """

    port: str
    old: str
    new: str
    lines: tuple[str | None, str | None]
    or_lines: tuple[str, ...] = ()
    step: int = 0
    result: str = "loss"

    def write(self, path: Path) -> Path:
        """Writes the port's file with the fault in it to `path`, which it returns."""
        text = RIGHT[self.port].read_text(encoding="utf-8")
        assert text.count(self.old) == 1
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")
        return path

    def line_numbers(self, path: Path) -> tuple[list[int], list[int]]:
        """The lines of the written file at `path` by which PyTorch's and TensorFlow's place are right."""
        text = path.read_text(encoding="utf-8").splitlines()
        border = text.index("def tensorflow_loss():") + 1
        sides: tuple[list[int], list[int]] = [], []
        for part in (*self.lines, *self.or_lines):
            if part is None:
                continue
            found = [number for number, line in enumerate(text, 1) if part in line]
            assert len(found) == 1, part
            sides[found[0] > border].append(found[0])
        assert all(part is None or numbers for part, numbers in zip(self.lines, sides, strict=True))
        return sides


FAULTS = {
    # Values at the end of where a function is defined
    "angles a twentieth too large": Fault(
        port="clipped_angles",
        old='angles = tf.atan2(sines, batch["cosines"])',
        new='angles = 1.05 * tf.atan2(sines, batch["cosines"])',
        lines=("torch.acos(", "1.05 * tf.atan2("),
        or_lines=("return ((angles @", "tf.reduce_mean((angles @"),
    ),
    "sines a fiftieth too large": Fault(
        port="clipped_angles",
        old='(1 - batch["cosines"]) * (1 + batch["cosines"])',
        new='1.04 * (1 - batch["cosines"] ** 2)',
        lines=("torch.acos(", "1.04 * (1"),
        or_lines=("return ((angles @", "tf.atan2(", "tf.reduce_mean((angles @"),
    ),
    # Convolutions, pooling, layouts
    "same padding at the wrong ends": Fault(
        port="conv_same_stride_two",
        old="(0, 1, 0, 1)",
        new="(1, 0, 1, 0)",
        lines=("functional.conv2d(", "tf.nn.conv2d("),
    ),
    "transposed convolution cropped at the wrong end": Fault(
        port="conv_transpose",
        old="stride=2)[:, :, :-1, :-1]",
        new="stride=2, padding=1, output_padding=1)",
        lines=("functional.conv_transpose2d(", "tf.nn.conv2d_transpose("),
    ),
    "depthwise multiplier before the channel": Fault(
        port="depthwise_separable",
        old="permute(2, 3, 0, 1)",
        new="permute(3, 2, 0, 1)",
        lines=("permute(3, 2, 0, 1)", "tf.nn.depthwise_conv2d("),
        or_lines=("functional.conv2d(images, kernel",),
    ),
    "channels shuffled the wrong way": Fault(
        port="channel_shuffle",
        old="[-1, 5, 5, 2, 3]",
        new="[-1, 5, 5, 3, 2]",
        lines=("seen.reshape(-1, 2, 3, 5, 5)", "[-1, 5, 5, 3, 2]"),
        or_lines=('params["second"].permute', "tf.nn.conv2d(x, k"),
    ),
    "convolution sees the future": Fault(
        port="causal_dilated_conv",
        old="(4, 0)",
        new="(2, 2)",
        lines=("functional.pad(waves, (2, 2))", "tf.pad("),
        or_lines=("tf.nn.convolution(",),
    ),
    "gate taken for the value": Fault(
        port="causal_dilated_conv",
        old="value, gate = tf.split",
        new="gate, value = tf.split",
        lines=("seen.chunk(2, dim=1)", "tf.split(seen"),
        or_lines=("torch.tanh(value)", "tf.tanh(value)"),
    ),
    "flattened with the channels first": Fault(
        port="flatten_order",
        old="seen.permute(0, 2, 3, 1).flatten(1)",
        new="seen.flatten(1)",
        lines=("flat = seen.flatten(1)", "flat = tf.reshape("),
        or_lines=("torch.addmm(", 'flat @ params["dense"]'),
    ),
    "accuracy of shares within the batch": Fault(
        port="flatten_order",
        old="tf.argmax(logits, axis=1)",
        new="tf.argmax(tf.nn.softmax(logits, axis=0), axis=1)",
        lines=("logits.argmax(dim=1)", "tf.nn.softmax(logits, axis=0)"),
        or_lines=('"accuracy": right', '"accuracy": tf'),
        result="accuracy",
    ),
    "dense weight not transposed": Fault(
        port="dense_transposed",
        old='params["second"].T',
        new='params["second"]',
        lines=('functional.linear(hidden, params["second"])', 'tf.matmul(hidden, params["second"])'),
    ),
    "squares averaged over the features": Fault(
        port="dense_transposed",
        old='tf.reduce_mean(tf.reduce_sum(tf.square(output - batch["wanted"]), axis=1))',
        new='tf.reduce_mean(tf.square(output - batch["wanted"]))',
        lines=("functional.mse_loss(", "tf.reduce_mean(tf.square("),
    ),
    "border counted in the average": Fault(
        port="average_pool_border",
        old=", count_include_pad=False",
        new="",
        lines=("functional.avg_pool2d(", "tf.nn.avg_pool2d("),
    ),
    "maximum over a border of zeros": Fault(
        port="max_pool_border",
        old=", constant_values=seen.dtype.min",
        new="",
        lines=("functional.max_pool2d(", "tf.nn.max_pool2d("),
    ),
    "pixels in TensorFlow's order of channels": Fault(
        port="pixel_shuffle",
        old="tf.gather(seen, [0, 4, 1, 5, 2, 6, 3, 7], axis=3)",
        new="seen",
        lines=("functional.pixel_shuffle(", "tf.nn.depth_to_space("),
    ),
    "corners aligned": Fault(
        port="bilinear_upsampling",
        old="align_corners=False",
        new="align_corners=True",
        lines=("functional.interpolate(", "tf.image.resize("),
    ),
    "sigmoid for tanh behind a float32 resize": Fault(
        port="bilinear_upsampling",
        old="tf.tanh(merged)",
        new="tf.sigmoid(merged)",
        lines=("torch.tanh(merged)", "tf.sigmoid(merged)"),
    ),
    "tiles for repeated pixels": Fault(
        port="nearest_upsampling",
        old="tf.repeat(tf.repeat(small, 2, axis=1), 2, axis=2)",
        new="tf.tile(small, [1, 2, 2, 1])",
        lines=("functional.interpolate(", "tf.tile("),
    ),
    "leaky slope of PyTorch's default": Fault(
        port="nearest_upsampling",
        old="functional.leaky_relu(small, 0.1)",
        new="functional.leaky_relu(small)",
        lines=("functional.leaky_relu(small)", "tf.maximum(small"),
    ),
    "reflection that repeats the edge": Fault(
        port="instance_norm",
        old='"REFLECT"',
        new='"SYMMETRIC"',
        lines=('mode="reflect"', '"SYMMETRIC"'),
    ),
    "no padding in Keras's second convolution": Fault(
        port="keras_ops_convnet",
        old='params["second"], padding="same"',
        new='params["second"], padding="valid"',
        lines=('params["second"].permute', 'params["second"], padding="valid"'),
    ),
    "maximum over each pair of rows only": Fault(
        port="keras_ops_convnet",
        old="functional.max_pool2d(seen, 2)",
        new="functional.max_pool2d(seen, (2, 1))",
        lines=("functional.max_pool2d(", "ops.max_pool("),
    ),
    "maximum for the average behind float32 layers": Fault(
        port="keras_layers",
        old="seen.mean(dim=(2, 3))",
        new="seen.amax(dim=(2, 3))",
        lines=("seen.amax(", "pool(seen)"),
    ),
    "images rescaled to another range": Fault(
        port="keras_layers",
        old="Rescaling(1 / 127.5, offset=-1)",
        new="Rescaling(1 / 255)",
        lines=('batch["images"] / 127.5', "rescale(batch"),
    ),
    # Normalisation
    "running mean by the other convention of momentum": Fault(
        port="batch_norm_running",
        old="0.1 * mean",
        new="0.9 * mean",
        lines=("functional.batch_norm(", "0.9 * mean"),
        or_lines=("running_mean.abs().mean()", "tf.abs(running_mean)"),
        result="running_mean",
    ),
    "running variance biased": Fault(
        port="batch_norm_running",
        old="unbiased = variance * 16 / 15",
        new="unbiased = variance",
        lines=("functional.batch_norm(", "unbiased = variance"),
        or_lines=("running_variance.mean()", "0.1 * unbiased", "tf.reduce_mean(running_variance)"),
        result="running_variance",
    ),
    "batch norm with PyTorch's epsilon": Fault(
        port="conv_bias_batch_norm",
        old=", eps=1e-3",
        new="",
        lines=("functional.batch_norm(", "tf.nn.batch_normalization("),
    ),
    "layer norm with Keras's epsilon": Fault(
        port="layer_norm",
        old="variance + 1e-5",
        new="variance + 1e-3",
        lines=("functional.layer_norm(", "variance + 1e-3"),
        or_lines=('params["gamma"] + params["beta"]',),
    ),
    "layer norm's mean over time": Fault(
        port="layer_norm",
        old="mean = tf.reduce_mean(hidden, axis=-1",
        new="mean = tf.reduce_mean(hidden, axis=1",
        lines=("functional.layer_norm(", "tf.reduce_mean(hidden, axis=1"),
        or_lines=("variance = tf", 'params["gamma"] + params["beta"]'),
    ),
    "two groups for three": Fault(
        port="group_norm",
        old="group_norm(seen, 3",
        new="group_norm(seen, 2",
        lines=("functional.group_norm(", "groups = tf.reshape("),
        or_lines=("tf.nn.moments(", "normal = ", 'normal * params["gamma"]'),
    ),
    "instance norm over the batch": Fault(
        port="instance_norm",
        old="axes=[1, 2]",
        new="axes=[0, 1, 2]",
        lines=("functional.instance_norm(", "tf.nn.moments("),
        or_lines=("tf.nn.batch_normalization(",),
    ),
    "kernels standardised over the wrong axes": Fault(
        port="weight_standardised_conv",
        old="dim=(1, 2, 3)",
        new="dim=(0, 2, 3)",
        lines=("torch.var_mean(", "tf.nn.moments("),
        or_lines=("torch.sqrt(variance", "tf.sqrt(variance"),
    ),
    "standardised by the variance": Fault(
        port="weight_standardised_conv",
        old="tf.sqrt(variance + 1e-4)",
        new="(variance + 1e-4)",
        lines=("torch.sqrt(variance", "(kernel - mean) / (variance"),
    ),
    "mean taken off in a root-mean-square norm": Fault(
        port="rms_norm",
        old='functional.rms_norm(batch["words"], (5,), params["gain"], eps=1e-6)',
        new='functional.layer_norm(batch["words"], (5,), params["gain"], eps=1e-6)',
        lines=("functional.layer_norm(", "tf.math.rsqrt("),
        or_lines=("size = tf",),
    ),
    "root-mean-square norm with a larger epsilon": Fault(
        port="rms_norm",
        old="size + 1e-6",
        new="size + 1e-5",
        lines=("functional.rms_norm(", "tf.math.rsqrt("),
    ),
    "right singular vector not normalised": Fault(
        port="spectral_norm",
        old="right = tf.math.l2_normalize(tf.linalg.matvec(fixed, left, transpose_a=True))",
        new="right = tf.linalg.matvec(fixed, left, transpose_a=True)",
        lines=("right = functional.normalize(", "right = tf.linalg.matvec("),
        or_lines=("sigma = torch", "sigma = tf"),
    ),
    "gradient through the power iteration": Fault(
        port="spectral_norm",
        old="fixed = weight.detach()",
        new="fixed = weight",
        lines=("fixed = weight", "fixed = tf.stop_gradient("),
        or_lines=("left = functional", "right = functional", "left = tf", "right = tf"),
        result="gradient",
    ),
    # Activations
    "exact GELU for the one by tanh": Fault(
        port="gelu_tanh",
        old=', approximate="tanh"',
        new="",
        lines=("functional.gelu(", "1 + tf.tanh(inner)"),
        or_lines=("inner = ",),
    ),
    "factor of the cube mistyped": Fault(
        port="gelu_tanh",
        old="0.044715",
        new="0.44715",
        lines=('approximate="tanh"', "0.44715"),
        or_lines=("tf.tanh(inner)",),
    ),
    "quick GELU for the exact one": Fault(
        port="gelu_exact",
        old="functional.gelu(hidden)",
        new="hidden * hidden.mul(1.702).sigmoid()",
        lines=("hidden * hidden.mul(1.702)", "tf.nn.gelu("),
    ),
    "residual left out behind a float32 GELU": Fault(
        port="gelu_exact",
        old='tf.math.squared_difference(batch["series"] + output, ',
        new="tf.math.squared_difference(output, ",
        lines=('batch["series"] + output', "tf.math.squared_difference(output"),
    ),
    "discriminator with PyTorch's slope": Fault(
        port="leaky_discriminator",
        old="functional.leaky_relu(seen, 0.2)",
        new="functional.leaky_relu(seen)",
        lines=("functional.leaky_relu(", "tf.nn.leaky_relu("),
    ),
    "sum for mean behind a float32 leaky ReLU": Fault(
        port="leaky_discriminator",
        old="fake = tf.reduce_mean(",
        new="fake = tf.reduce_sum(",
        lines=('judged(params, batch["fake"]).square()', "fake = tf.reduce_sum("),
    ),
    "smoothed target behind a float32 leaky ReLU": Fault(
        port="leaky_discriminator",
        old='(judged(params, batch["real"]) - 1).square()',
        new='(judged(params, batch["real"]) - 0.999).square()',
        lines=("- 0.999)", 'tf.square(judged(params, batch["real"]) - 1)'),
    ),
    "ELU for SELU": Fault(
        port="self_normalising",
        old="tf.nn.selu",
        new="tf.nn.elu",
        lines=("functional.selu(", "tf.nn.elu("),
    ),
    "swish for Mish": Fault(
        port="self_normalising",
        old="functional.mish",
        new="functional.silu",
        lines=("functional.silu(", "mixed * tf.tanh("),
    ),
    "hard sigmoid of Keras 2": Fault(
        port="hard_swish",
        old="(tf.nn.relu6(hidden + 3) / 6)",
        new="tf.clip_by_value(0.2 * hidden + 0.5, 0, 1)",
        lines=("functional.hardswish(", "tf.clip_by_value("),
    ),
    "swish for hard swish": Fault(
        port="hard_swish",
        old="functional.hardswish",
        new="functional.silu",
        lines=("functional.silu(", "tf.nn.relu6("),
    ),
    "hard sigmoid for a sigmoid": Fault(
        port="squeeze_excite",
        old="tf.sigmoid(",
        new="tf.keras.activations.hard_sigmoid(",
        lines=("scale = torch.sigmoid(", "hard_sigmoid("),
    ),
    "ReLU for softplus": Fault(
        port="ray_transmittance",
        old="functional.softplus(",
        new="functional.relu(",
        lines=("functional.relu(", "tf.nn.softplus("),
    ),
    "leaky slope of another Keras": Fault(
        port="keras_layers",
        old="tf.keras.layers.LeakyReLU()",
        new="tf.keras.layers.LeakyReLU(0.2)",
        lines=("functional.leaky_relu(", "leak(seen)"),
    ),
    "second residual scaled twice": Fault(
        port="scaled_residuals",
        old="hidden = hidden + tf.cast(scale, hidden.dtype) * ",
        new="hidden = hidden + tf.cast(scale, hidden.dtype) ** 2 * ",
        lines=("hidden + 0.1 * functional.elu(", "tf.cast(scale, hidden.dtype) ** 2"),
    ),
    "residual left out": Fault(
        port="scaled_residuals",
        old="hidden = hidden + scale.to",
        new="hidden = scale.to",
        lines=("hidden = scale.to", "hidden + 0.1 * tf.nn.elu("),
        or_lines=("hidden + 0.1 * functional.elu(", "tf.cast(scale"),
    ),
    # Attention
    "softmax over the heads": Fault(
        port="attention_pooling",
        old="tf.nn.softmax(scores, axis=1)",
        new="tf.nn.softmax(scores)",
        lines=("torch.softmax(", "tf.nn.softmax("),
    ),
    "scores divided by the root of the whole width": Fault(
        port="causal_attention",
        old="scores / HEAD**0.5",
        new="scores / WIDTH**0.5",
        lines=("functional.scaled_dot_product_attention(", "scores / WIDTH**0.5"),
        or_lines=("tf.matmul(weights",),
    ),
    "attention to the future": Fault(
        port="causal_attention",
        old=", is_causal=True",
        new="",
        lines=("functional.scaled_dot_product_attention(", "tf.where(past > 0"),
        or_lines=("tf.matmul(weights",),
    ),
    "heads merged before they are turned back": Fault(
        port="causal_attention",
        old="seen.transpose(1, 2).flatten(2)",
        new="seen.reshape(-1, 5, WIDTH)",
        lines=("merged = seen.reshape(", "merged = tf.reshape("),
        or_lines=('merged @ params["out"]', "tf.matmul(merged"),
    ),
    "mask the wrong way round": Fault(
        port="padded_attention",
        old='mask = batch["real"]',
        new='mask = ~batch["real"]',
        lines=("mask = ~", "(1 - real)[:, None, :]"),
        or_lines=("functional.scaled_dot_product_attention(", "tf.nn.softmax(scores)"),
    ),
    "mean over padding as well": Fault(
        port="padded_attention",
        old="/ tf.reduce_sum(counted, axis=1)",
        new="/ 6",
        lines=("counted.sum(dim=1)", "/ 6"),
    ),
    "rotary positions of another base": Fault(
        port="rotary_attention",
        old="10000 ** -(torch",
        new="1000 ** -(torch",
        lines=("1000 ** -(torch", "10000 ** -(tf"),
        or_lines=("angle = torch", "angle = tf"),
    ),
    "neighbours turned for halves": Fault(
        port="rotary_attention",
        old="first, second = tf.split(words, 2, axis=-1)",
        new="first, second = words[..., ::2], words[..., 1::2]",
        lines=("words.chunk(2, dim=-1)", "words[..., ::2]"),
        or_lines=("torch.cat([first", "tf.concat([first"),
    ),
    "sines before cosines": Fault(
        port="sinusoidal_positions",
        old="tf.reshape(tf.stack([tf.sin(angle), tf.cos(angle)], axis=-1), [5, 6])",
        new="tf.concat([tf.sin(angle), tf.cos(angle)], axis=-1)",
        lines=("torch.stack([torch.sin", "tf.concat([tf.sin"),
        or_lines=("torch.tanh((embedded + positions)", "tf.tanh(tf.matmul(embedded + positions"),
    ),
    "embeddings not scaled": Fault(
        port="sinusoidal_positions",
        old="        embedded = embedded * 6**0.5\n        place = torch",
        new="        place = torch",
        lines=("functional.embedding(", "embedded * 6**0.5"),
        or_lines=(
            "torch.tanh((embedded + positions)",
            "tf.gather(",
            "tf.tanh(tf.matmul(embedded + positions",
        ),
    ),
    "temperature left as its logarithm": Fault(
        port="contrastive_pairs",
        old='tf.exp(params["scale"])',
        new='params["scale"]',
        lines=('params["scale"].exp()', 'logits = params["scale"] *'),
    ),
    "gate and values swapped": Fault(
        port="rms_norm",
        old='tf.nn.silu(tf.matmul(normal, params["gate"])) * tf.matmul(normal, params["up"])',
        new='tf.matmul(normal, params["gate"]) * tf.nn.silu(tf.matmul(normal, params["up"]))',
        lines=("functional.silu(", "tf.nn.silu("),
    ),
    # Recurrent nets and sequences
    "gates in the order of TensorFlow 1": Fault(
        port="lstm_gate_order",
        old="take, keep, new, show",
        new="take, new, keep, show",
        lines=("torch.lstm(", "tf.split(gates"),
        or_lines=("cell = tf.sigmoid(keep)",),
    ),
    "bias added twice": Fault(
        port="lstm_gate_order",
        old='torch.zeros_like(params["bias"])',
        new='params["bias"]',
        lines=("torch.lstm(", 'hidden @ params["recurrent"] + params["bias"]'),
        or_lines=("weights = [",),
    ),
    "1 of the forget gate left out": Fault(
        port="lstm_forget_bias",
        old="torch.sigmoid(keep + 1)",
        new="torch.sigmoid(keep)",
        lines=("torch.sigmoid(keep)", "tf.sigmoid(keep + 1)"),
    ),
    "state before the input": Fault(
        port="lstm_forget_bias",
        old="tf.concat([seen, hidden], axis=1)",
        new="tf.concat([hidden, seen], axis=1)",
        lines=("torch.cat([seen, hidden]", "tf.concat([hidden, seen]"),
    ),
    "reset before the product": Fault(
        port="gru_reset_after",
        old="reset * past[2])",
        new='(reset * state) @ params["recurrent"][:, 8:] + params["recurrent_bias"][8:])',
        lines=("torch.gru(", "new = tf.tanh("),
    ),
    "input's and recurrent bias swapped": Fault(
        port="gru_reset_after",
        old='params["input_bias"], params["recurrent_bias"]]',
        new='params["recurrent_bias"], params["input_bias"]]',
        lines=("torch.gru(", "new = tf.tanh("),
        or_lines=("weights = [", 'params["input_bias"], 3', 'params["recurrent_bias"], 3'),
    ),
    "backward outputs left in their order": Fault(
        port="bidirectional_rnn",
        old="tf.reverse(back, [1])]",
        new="back]",
        lines=("torch.rnn_tanh(", "tf.concat([ahead, back]"),
    ),
    "directions swapped": Fault(
        port="bidirectional_rnn",
        old='for way in ("ahead", "back") for kind',
        new='for way in ("back", "ahead") for kind',
        lines=("torch.rnn_tanh(", "tf.concat([ahead"),
        or_lines=('for way in ("back", "ahead")', "state = tf.tanh("),
    ),
    "rows taken for time steps": Fault(
        port="time_major_rnn",
        old='batch["series"].transpose(0, 1)',
        new='batch["series"]',
        lines=('series = batch["series"]', 'tf.transpose(batch["series"]'),
        or_lines=("torch.rnn_relu(", "tf.nn.relu(series"),
    ),
    "padding turned to the front": Fault(
        port="reversed_by_length",
        old='tf.reverse_sequence(batch["series"], batch["lengths"], seq_axis=1)',
        new='tf.reverse(batch["series"], [1])',
        lines=('batch["series"].gather(', "tf.reverse("),
    ),
    "state that runs on through padding": Fault(
        port="reversed_by_length",
        old='state = torch.where((step < batch["lengths"])[:, None], new, state)',
        new="state = new",
        lines=("new = torch.tanh(", "state = tf.where("),
        or_lines=("state = new",),
    ),
    "decoder told the word itself": Fault(
        port="teacher_forcing",
        old='tf.gather(params["table"], words[:, step - 1])',
        new='tf.gather(params["table"], words[:, step])',
        lines=("functional.embedding(", "tf.gather("),
    ),
    "tied weights held still": Fault(
        port="teacher_forcing",
        old='functional.linear(state, params["table"], ',
        new='functional.linear(state, params["table"].detach(), ',
        lines=("functional.linear(", "logits = tf.matmul("),
        result="gradient",
    ),
    "padding row trained": Fault(
        port="padding_embedding",
        old="        embedded = tf.where(padding, tf.stop_gradient(embedded), embedded)\n",
        new="",
        lines=("functional.embedding(", "tf.gather("),
        result="gradient",
    ),
    "mean within the logarithm": Fault(
        port="padding_embedding",
        old="torch.logsumexp(embedded, dim=1)",
        new="embedded.exp().mean(dim=1).log()",
        lines=("embedded.exp().mean(", "tf.reduce_logsumexp("),
    ),
    # Losses
    "smoothing shared among the wrong classes": Fault(
        port="label_smoothing",
        old="0.1 / CLASSES",
        new="0.1 / (CLASSES - 1)",
        lines=("functional.cross_entropy(", "targets = "),
        or_lines=("tf.nn.softmax_cross_entropy_with_logits(",),
    ),
    "weighted losses divided by their number": Fault(
        port="weighted_classes",
        old="tf.reduce_sum(rarity * each) / tf.reduce_sum(rarity)",
        new="tf.reduce_mean(rarity * each)",
        lines=("functional.cross_entropy(", "tf.reduce_mean(rarity * each)"),
    ),
    "ignored labels counted": Fault(
        port="ignored_labels",
        old="tf.reduce_sum(each) / tf.reduce_sum(tf.cast(counted, each.dtype))",
        new="tf.reduce_mean(each)",
        lines=("functional.cross_entropy(", "tf.reduce_mean(each)"),
    ),
    "weight of the positives for all": Fault(
        port="positive_weight",
        old="pos_weight=positive",
        new="weight=positive",
        lines=("functional.binary_cross_entropy_with_logits(", "tf.nn.weighted_cross_entropy_with_logits("),
    ),
    "focus on what is sure": Fault(
        port="focal_loss",
        old="focus = (1 - sure) ** 2\n        return tf",
        new="focus = sure**2\n        return tf",
        lines=("focus = (1 - sure) ** 2", "focus = sure**2"),
    ),
    "balance turned round": Fault(
        port="focal_loss",
        old="0.25 * labels + 0.75 * (1 - labels)",
        new="0.75 * labels + 0.25 * (1 - labels)",
        lines=("balance = 0.75", "balance = tf.where("),
    ),
    "Dice of the whole batch": Fault(
        port="soft_dice",
        old="each = [1, 2, 3]",
        new="each = [0, 1, 2, 3]",
        lines=("both = (found", "both = tf.reduce_sum("),
        or_lines=("either = found", "either = tf.reduce_sum("),
    ),
    "divergence averaged over the classes": Fault(
        port="distillation",
        old='"batchmean"',
        new='"mean"',
        lines=("functional.kl_div(", "divergence = tf"),
    ),
    "divergence the other way": Fault(
        port="distillation",
        old="tf.exp(teacher) * (teacher - student)",
        new="tf.exp(student) * (student - teacher)",
        lines=("functional.kl_div(", "divergence = tf"),
    ),
    "similarity taken for the loss": Fault(
        port="cosine_pairs",
        old="similarity = -tf",
        new="similarity = tf",
        lines=("functional.cosine_similarity(", "similarity = tf"),
        or_lines=("(1 - similarity).mean()", "tf.reduce_mean(1 - similarity)"),
    ),
    "one direction twice": Fault(
        port="contrastive_pairs",
        old="functional.cross_entropy(logits.T, classes)",
        new="functional.cross_entropy(logits, classes)",
        lines=("back = functional.cross_entropy(", "back = tf.reduce_mean("),
    ),
    "squared distances": Fault(
        port="triplet_margin",
        old="tf.norm(anchor - near + 1e-6, axis=1)",
        new="tf.reduce_sum(tf.square(anchor - near), axis=1)",
        lines=("functional.triplet_margin_loss(", "to_near = tf.reduce_sum("),
    ),
    "nearer of two negatives": Fault(
        port="triplet_margin",
        old="margin=1.0",
        new="margin=1.0, swap=True",
        lines=("functional.triplet_margin_loss(", "to_far = "),
        or_lines=("tf.maximum(to_near",),
    ),
    "half of the penalty": Fault(
        port="ridge_regression",
        old='0.01 * params["hidden"]',
        new='0.5 * 0.01 * params["hidden"]',
        lines=("penalty = 0.5 * 0.01", "penalty = regularizer("),
    ),
    "squares for log cosh beside a float32 regulariser": Fault(
        port="ridge_regression",
        old='tf.math.log(tf.math.cosh(output - batch["wanted"]))',
        new='0.5 * tf.square(output - batch["wanted"])',
        lines=("torch.log(torch.cosh(", "0.5 * tf.square("),
    ),
    "smooth L1 for Huber": Fault(
        port="attention_pooling",
        old='functional.huber_loss(pooled @ params["head"], batch["wanted"], delta=0.5)',
        new='functional.smooth_l1_loss(pooled @ params["head"], batch["wanted"], beta=0.5)',
        lines=("functional.smooth_l1_loss(", "tf.keras.losses.huber("),
    ),
    "variance for deviation": Fault(
        port="noise_given_vae",
        old="torch.exp(0.5 * log_variance)",
        new="torch.exp(log_variance)",
        lines=("code = mean + torch", "code = mean + tf"),
    ),
    "constant of the density left out": Fault(
        port="mixture_density",
        old="away.square() - log_width - 0.5 * np.log(2 * np.pi)",
        new="away.square() - log_width",
        lines=("density = -0.5 * away.square()", "density = -0.5 * tf.square("),
    ),
    "width of the density left out": Fault(
        port="mixture_density",
        old="tf.square(away) - log_width -",
        new="tf.square(away) -",
        lines=("density = -0.5 * away.square()", "density = -0.5 * tf.square("),
    ),
    "logarithms taken for rates": Fault(
        port="poisson_counts",
        old=", log_input=False, eps=1e-7",
        new="",
        lines=("functional.poisson_nll_loss(", "tf.keras.losses.poisson("),
    ),
    "squared hinge": Fault(
        port="bilinear_scores",
        old="tf.keras.losses.hinge",
        new="tf.keras.losses.squared_hinge",
        lines=("torch.relu(1 - ", "tf.keras.losses.squared_hinge("),
    ),
    "relation transposed": Fault(
        port="bilinear_scores",
        old='"ni,ij,nj->n"',
        new='"nj,ij,ni->n"',
        lines=("torch.einsum(", "tf.matmul(heads"),
    ),
    "right class among the margins": Fault(
        port="clipped_features",
        old="margins * others",
        new="margins",
        lines=("functional.multi_margin_loss(", "tf.reduce_sum(margins, axis=1)"),
    ),
    "softmax before the cross entropy": Fault(
        port="keras_loss_object",
        old="functional.cross_entropy(logits,",
        new="functional.cross_entropy(logits.softmax(dim=1),",
        lines=("functional.cross_entropy(", "judge(batch"),
    ),
    "logits taken for shares": Fault(
        port="keras_loss_object",
        old="from_logits=True, ",
        new="",
        lines=("functional.cross_entropy(", "judge(batch"),
        or_lines=("tf.keras.losses.CategoricalCrossentropy(",),
    ),
    "mean over the letters": Fault(
        port="ctc_speech",
        old="each.mean()",
        new='(each / batch["lengths"]).mean()',
        lines=('(each / batch["lengths"])', "tf.reduce_mean(each)"),
    ),
    "blank at the end": Fault(
        port="ctc_speech",
        old="blank_index=0",
        new="blank_index=-1",
        lines=("functional.ctc_loss(", "tf.nn.ctc_loss("),
    ),
    # Sums, sorting, indices, matrices, spectra
    "messages sent back": Fault(
        port="graph_messages",
        old='index_add(0, batch["receivers"]',
        new='index_add(0, batch["senders"]',
        lines=(".index_add(", "tf.math.unsorted_segment_sum("),
    ),
    "mean of the messages": Fault(
        port="graph_messages",
        old="unsorted_segment_sum",
        new="unsorted_segment_mean",
        lines=(".index_add(", "tf.math.unsorted_segment_mean("),
    ),
    "product with the sample itself": Fault(
        port="ray_transmittance",
        old=", exclusive=True",
        new="",
        lines=("torch.cumprod(", "tf.math.cumprod("),
    ),
    "unbiased deviation": Fault(
        port="minibatch_deviation",
        old="hidden.std(dim=0, correction=0)",
        new="hidden.std(dim=0)",
        lines=("hidden.std(", "tf.math.reduce_std("),
    ),
    "determinant of the factor": Fault(
        port="gaussian_cholesky",
        old="log_volume = 2 * torch",
        new="log_volume = torch",
        lines=("log_volume = torch", "log_volume = tf"),
    ),
    "covariance for its inverse": Fault(
        port="gaussian_cholesky",
        old="tf.linalg.inv(covariance)",
        new="covariance",
        lines=("torch.linalg.solve_triangular(", "tf.einsum("),
        or_lines=("white.square()",),
    ),
    "easiest examples": Fault(
        port="hard_examples",
        old='tf.sort(each, direction="DESCENDING")',
        new="tf.sort(each)",
        lines=("torch.topk(", "hardest = tf.sort("),
    ),
    "spectrum not scaled": Fault(
        port="fourier_filter",
        old="tf.square(tf.abs(tf.signal.rfft(output))) / 16",
        new="tf.square(tf.abs(tf.signal.rfft(output)))",
        lines=("power = torch.fft.rfft(", "power = tf.square("),
    ),
    "amplitude for power": Fault(
        port="fourier_filter",
        old=".abs().square()",
        new=".abs()",
        lines=("power = torch.fft.rfft(", "power = tf.square("),
    ),
    "logarithm of a share and a little": Fault(
        port="masked_log",
        old="tf.math.log(safe)",
        new="tf.math.log(shares + 1e-3)",
        lines=("torch.log(safe)", "tf.math.log(shares + 1e-3)"),
    ),
    # Images and 16 bits
    "colours in blue's order": Fault(
        port="grey_images",
        old="red, green, blue = ",
        new="blue, green, red = ",
        lines=("grey = 0.2989 * red", "tf.image.rgb_to_grayscale("),
        or_lines=("tinted.unbind(",),
    ),
    "rows and columns swapped behind a float32 image": Fault(
        port="grey_images",
        old="tf.reshape(grey, [-1, 16])",
        new="tf.reshape(tf.transpose(grey, [0, 2, 1, 3]), [-1, 16])",
        lines=("grey.flatten(1)", "tf.transpose(grey"),
    ),
    "variation averaged": Fault(
        port="smooth_images",
        old="image.diff(dim=2).abs().sum(",
        new="image.diff(dim=2).abs().mean(",
        lines=("down = ", "tf.image.total_variation("),
        or_lines=("variation = (down + across)",),
    ),
    "weight of the variation mistyped": Fault(
        port="smooth_images",
        old="+ 0.01 * variation",
        new="+ 0.0101 * variation",
        lines=("weight.to(image.dtype)", "0.0101 * variation"),
    ),
    "second weight not rounded": Fault(
        port="rounded_to_bfloat16",
        old='hidden = tf.nn.relu(hidden)\n        output = hidden @ half(params["second"])',
        new='hidden = tf.nn.relu(hidden)\n        output = hidden @ params["second"]',
        lines=('output = hidden @ half(params["second"])', 'output = hidden @ params["second"]'),
    ),
    "float16 for bfloat16": Fault(
        port="rounded_to_bfloat16",
        old="tensor.to(torch.bfloat16)",
        new="tensor.to(torch.float16)",
        lines=("tensor.to(torch.float16)", "tf.bfloat16"),
    ),
    "gain added behind a float16 product": Fault(
        port="half_precision_output",
        old='logits = tf.cast(product, params["gain"].dtype) * ',
        new='logits = tf.cast(product, params["gain"].dtype) + ',
        lines=("logits = product.to(", "logits = tf.cast("),
    ),
    # In a metric only
    "best class for the best two": Fault(
        port="label_smoothing",
        old="logits.topk(2)",
        new="logits.topk(1)",
        lines=("logits.topk(1)", "tf.math.in_top_k("),
        or_lines=('"top_two": hits', '"top_two": tf'),
        result="top_two",
    ),
    "perplexity in powers of two": Fault(
        port="ignored_labels",
        old="loss.exp()",
        new="2**loss",
        lines=("2**loss", "tf.exp(loss)"),
        result="perplexity",
    ),
    "logits cut at a half": Fault(
        port="positive_weight",
        old="tf.equal(logits > 0,",
        new="tf.equal(logits > 0.5,",
        lines=("right = (logits > 0)", "logits > 0.5"),
        or_lines=('"accuracy": right', '"accuracy": tf'),
        result="accuracy",
    ),
    "overlap of logits cut at a half": Fault(
        port="soft_dice",
        old="common = ((found > 0.5)",
        new="common = ((seen > 0.5)",
        lines=("common = ((seen", "common = tf.math"),
        result="overlap",
    ),
    "decay of the average turned round": Fault(
        port="averaged_weights",
        old='0.99 * batch["average"] + 0.01 * params',
        new='0.01 * batch["average"] + 0.99 * params',
        lines=("average = 0.01", "average = 0.99"),
        result="averaged_error",
    ),
    "mean for median": Fault(
        port="hard_examples",
        old="each.median()",
        new="each.mean()",
        lines=("each.mean()", "tf.sort(each)[4]"),
        result="median",
    ),
    "middle of ten for nine": Fault(
        port="hard_examples",
        old="tf.sort(each)[4]",
        new="tf.sort(each)[5]",
        lines=("each.median()", "tf.sort(each)[5]"),
        result="median",
    ),
    # In the backward pass only
    "gradient through the target": Fault(
        port="cosine_pairs",
        old="        target = tf.stop_gradient(target)\n",
        new="",
        lines=("target.detach()", "target = tf.tanh("),
        or_lines=("functional.cosine_similarity(", "tf.keras.losses.cosine_similarity("),
        result="gradient",
    ),
    "generator trained by the judge's part": Fault(
        port="gan_two_parts",
        old="tf.stop_gradient(fake)",
        new="fake",
        lines=("fake.detach()", "fake_logits = tf"),
        result="gradient",
    ),
    "verdict trained by the generator's part": Fault(
        port="gan_two_parts",
        old="verdict.detach()",
        new="verdict",
        lines=("fooled_logits = torch", "fooled_logits = tf"),
        result="gradient",
    ),
    "gradient not turned round": Fault(
        port="domain_adversary",
        old="1.5 * features.detach() - 0.5 * features",
        new="0.5 * features.detach() + 0.5 * features",
        lines=("turned = 0.5 * features", "-0.5 * upstream"),
        or_lines=("turned = turn(",),
        result="gradient",
    ),
    "whole gradient turned round": Fault(
        port="domain_adversary",
        old="-0.5 * upstream",
        new="-upstream",
        lines=("turned = 1.5 * features", "-upstream"),
        or_lines=("turned = turn(",),
        result="gradient",
    ),
    "sign that no gradient goes through": Fault(
        port="straight_through",
        old="soft + (torch.sign(soft) - soft).detach()",
        new="torch.sign(soft)",
        lines=("code = torch.sign(soft)", "code = soft + tf"),
        result="gradient",
    ),
    "norm held still": Fault(
        port="clipped_features",
        old="keepdim=True)",
        new="keepdim=True).detach()",
        lines=("torch.linalg.vector_norm(", "norm = tf.norm("),
        or_lines=("norm.clamp(", "tf.maximum(norm"),
        result="gradient",
    ),
    "gradient clipped by its norm": Fault(
        port="clipped_gradient",
        old="tf.clip_by_value(upstream, -0.05, 0.05)",
        new="tf.clip_by_norm(upstream, 0.05)",
        lines=("gradient.clamp(", "tf.clip_by_norm("),
        result="gradient",
    ),
    "gradient clipped at ten times the limit": Fault(
        port="clipped_gradient",
        old="gradient.clamp(-0.05, 0.05)",
        new="gradient.clamp(-0.5, 0.5)",
        lines=("gradient.clamp(", "tf.clip_by_value("),
        result="gradient",
    ),
    # Late
    "padding counted, which comes late": Fault(
        port="late_padding",
        old="total / tf.reduce_sum(real, axis=1)",
        new="total / 5",
        lines=("mean = total / real.sum(", "mean = total / 5"),
        step=15,
    ),
    "padding not masked, which comes late": Fault(
        port="late_padding",
        old="(embedded * real).sum(dim=1)",
        new="embedded.sum(dim=1)",
        lines=("embedded.sum(dim=1)", "embedded * real, axis=1"),
        step=15,
    ),
    "halves rounded up, which come late": Fault(
        port="late_quantisation",
        old='tf.round(batch["signals"])',
        new='tf.floor(batch["signals"] + 0.5)',
        lines=("torch.round(", "tf.floor("),
        step=15,
    ),
    "halves rounded away from zero, which come late": Fault(
        port="late_quantisation",
        old='torch.round(batch["signals"])',
        new='torch.trunc(batch["signals"] + 0.5 * batch["signals"].sign())',
        lines=("torch.trunc(", "tf.round("),
        step=15,
    ),
    "weight that grows on": Fault(
        port="noise_given_vae",
        old='tf.minimum(batch["step"] / 10, 1)',
        new='batch["step"] / 10',
        lines=("torch.clamp(", 'weight = batch["step"] / 10'),
        or_lines=("(each.sum(dim=1) + weight", "tf.reduce_sum(each, axis=1) + weight"),
        step=11,
    ),
    "squares in a late auxiliary loss": Fault(
        port="late_auxiliary_loss",
        old="tf.abs(hidden",
        new="tf.square(hidden",
        lines=("functional.l1_loss(", "tf.square(hidden"),
        step=15,
    ),
    "late auxiliary loss held off the trunk": Fault(
        port="late_auxiliary_loss",
        old="functional.l1_loss(hidden @",
        new="functional.l1_loss(hidden.detach() @",
        lines=("hidden.detach()", "tf.abs(hidden"),
        step=15,
        result="gradient",
    ),
}
