"""What the frameworks' own layers do differently however right a port is, by name."""

from __future__ import annotations

BATCHNORM_VARIANCE = "batchnorm-variance"
ADDED_BIAS = "lstm-bias"
ADAM_EPSILON = "adam-epsilon"

KNOWN_DIFFERENCES = {
    BATCHNORM_VARIANCE: "PyTorch's running variance is the unbiased one, n/(n−1) times Keras's, for n values "
    "of a channel in a batch; evaluation differs, training does not",
    ADDED_BIAS: "PyTorch's recurrent layers add two trained biases, which together move twice as far as "
    "Keras's one",
    ADAM_EPSILON: "PyTorch's Adam adds ε to the corrected second moment's root, Keras's to the one before "
    "the correction, so that its ε is larger in the first updates, and rounds β to float32 in the correction",
}
