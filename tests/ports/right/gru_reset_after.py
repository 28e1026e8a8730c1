"""A GRU that resets after the recurrent product, as PyTorch's op does it and Keras's `reset_after=True`."""

STEPS = 10
OPTIMIZER = "momentum"
LEARNING_RATE = 0.05


def parameters(rng):
    return {
        "input": rng.normal(0, 0.6, (3, 12)),
        "recurrent": rng.normal(0, 0.6, (4, 12)),
        "input_bias": rng.normal(0, 0.3, 12),
        "recurrent_bias": rng.normal(0, 0.3, 12),
    }


def batches(rng):
    while True:
        yield {"series": rng.normal(size=(6, 5, 3)), "wanted": rng.uniform(-1, 1, (6, 5, 4))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        state = params["input"].new_zeros(1, 6, 4)
        weights = [params["input"].T, params["recurrent"].T, params["input_bias"], params["recurrent_bias"]]
        outputs, _ = torch.gru(batch["series"], state, weights, True, 1, 0.0, True, False, True)
        return functional.mse_loss(outputs, batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        state = tf.zeros([6, 4], params["input"].dtype)
        outputs = []
        for step in range(5):
            seen = tf.split(batch["series"][:, step] @ params["input"] + params["input_bias"], 3, axis=1)
            past = tf.split(state @ params["recurrent"] + params["recurrent_bias"], 3, axis=1)
            reset = tf.sigmoid(seen[0] + past[0])
            update = tf.sigmoid(seen[1] + past[1])
            new = tf.tanh(seen[2] + reset * past[2])
            state = update * state + (1 - update) * new
            outputs.append(state)
        return tf.reduce_mean(tf.math.squared_difference(tf.stack(outputs, axis=1), batch["wanted"]))

    return net
