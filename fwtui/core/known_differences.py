"""What the frameworks' own layers do differently however right a port is, by name."""

from __future__ import annotations

BATCHNORM_VARIANCE = "batchnorm-variance"
ADDED_BIAS = "lstm-bias"

KNOWN_DIFFERENCES = {
    BATCHNORM_VARIANCE: "PyTorch's running variance is the unbiased one, n/(n−1) times Keras's, for n values "
    "of a channel in a batch; evaluation differs, training does not",
    ADDED_BIAS: "PyTorch's recurrent layers add two trained biases, which together move twice as far as "
    "Keras's one",
}
