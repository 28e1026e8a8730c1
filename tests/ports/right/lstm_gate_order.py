"""An LSTM, PyTorch's op against a loop by hand, with the gates in PyTorch's and Keras's order."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "input": rng.normal(0, 0.5, (3, 16)),
        "recurrent": rng.normal(0, 0.5, (4, 16)),
        "bias": rng.normal(0, 0.3, 16),
        "head": rng.normal(0, 0.5, (4, 2)),
    }


def batches(rng):
    while True:
        yield {"series": rng.normal(size=(5, 6, 3)), "classes": rng.integers(0, 2, 5)}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        state = params["bias"].new_zeros(1, 5, 4)
        weights = [params["input"].T, params["recurrent"].T, params["bias"], torch.zeros_like(params["bias"])]
        outputs, _, _ = torch.lstm(batch["series"], (state, state), weights, True, 1, 0.0, True, False, True)
        logits = outputs[:, -1] @ params["head"]
        return functional.cross_entropy(logits, batch["classes"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        hidden = cell = tf.zeros([5, 4], params["bias"].dtype)
        for step in range(6):
            gates = batch["series"][:, step] @ params["input"] + hidden @ params["recurrent"] + params["bias"]
            take, keep, new, show = tf.split(gates, 4, axis=1)
            cell = tf.sigmoid(keep) * cell + tf.sigmoid(take) * tf.tanh(new)
            hidden = tf.sigmoid(show) * tf.tanh(cell)
        logits = hidden @ params["head"]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(batch["classes"], logits)
        return tf.reduce_mean(each)

    return net
