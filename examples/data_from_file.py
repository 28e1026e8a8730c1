"""A logistic regression on data from a file: each batch is BATCH rows of every array in it.

The file of data is an `.npz`, as `numpy.savez` writes it. Run as a script, this file writes one:

    python examples/data_from_file.py patients.npz
    fwtui --workload examples/data_from_file.py --data patients.npz
    fwtui parity --workload examples/data_from_file.py --data patients.npz

There is no `batches` here, so fwtui draws the minibatches, in a new order each epoch. Parity answers *yes*.
"""

import sys

import numpy as np

FEATURES = 4

STEPS = 200
OPTIMIZER = "sgd"
LEARNING_RATE = 0.5


def parameters(rng):
    return {"weights": np.zeros(FEATURES), "bias": np.zeros(())}


def torch_loss():
    import torch.nn.functional as F

    def net(params, batch):
        logits = batch["measures"] @ params["weights"] + params["bias"]
        return F.binary_cross_entropy_with_logits(logits, batch["ill"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        logits = tf.linalg.matvec(batch["measures"], params["weights"]) + params["bias"]
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=batch["ill"], logits=logits))

    return net


def write(path, rows=1000):
    """Writes `measures` (rows, FEATURES) and `ill` (rows,), 0.0 or 1.0, to `path`."""
    rng = np.random.default_rng(0)
    measures = rng.normal(size=(rows, FEATURES))
    chance = 1 / (1 + np.exp(-measures @ [3.0, -2.0, 1.0, 0.0]))
    np.savez(path, measures=measures, ill=(rng.uniform(size=rows) < chance).astype(float))


if __name__ == "__main__":
    write(sys.argv[1])
