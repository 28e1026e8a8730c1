"""A ReLU RNN over time-major data, as PyTorch's op takes it by default; as many rows as time steps."""

STEPS = 9
OPTIMIZER = "sgd"
LEARNING_RATE = 0.05


def parameters(rng):
    return {
        "input": rng.normal(0, 0.5, (2, 5)),
        "recurrent": rng.normal(0, 0.3, (5, 5)),
        "head": rng.normal(0, 0.5, (5, 1)),
    }


def batches(rng):
    while True:
        series = rng.normal(size=(6, 6, 2))
        yield {"series": series, "wanted": series[:, :, :1].mean(axis=1)}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        series = batch["series"].transpose(0, 1)
        state = params["input"].new_zeros(1, 6, 5)
        weights = [params["input"].T, params["recurrent"].T]
        seen, _ = torch.rnn_relu(series, state, weights, False, 1, 0.0, True, False, False)
        return functional.mse_loss(seen[-1] @ params["head"], batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        series = tf.transpose(batch["series"], [1, 0, 2])
        state = tf.zeros([6, 5], series.dtype)
        for step in range(6):
            state = tf.nn.relu(series[step] @ params["input"] + state @ params["recurrent"])
        return tf.reduce_mean(tf.math.squared_difference(state @ params["head"], batch["wanted"]))

    return net
