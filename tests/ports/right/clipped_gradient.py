"""A recurrent net whose gradient is clipped on its way back, by a hook and by a custom gradient."""

STEPS = 10
OPTIMIZER = "sgd"
LEARNING_RATE = 0.1


def parameters(rng):
    return {
        "input": rng.normal(0, 1, (2, 4)),
        "recurrent": rng.normal(0, 1, (4, 4)),
        "head": rng.normal(0, 1, (4, 1)),
    }


def batches(rng):
    while True:
        series = rng.normal(size=(4, 5, 2))
        yield {"series": series, "wanted": series.sum(axis=(1, 2))[:, None]}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        state = params["input"].new_zeros(4, 4)
        for seen in batch["series"].unbind(dim=1):
            state = torch.tanh(seen @ params["input"] + state @ params["recurrent"])
            state.register_hook(lambda gradient: gradient.clamp(-0.05, 0.05))
        return functional.mse_loss(state @ params["head"], batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    @tf.custom_gradient
    def clipped(state):
        return tf.identity(state), lambda upstream: tf.clip_by_value(upstream, -0.05, 0.05)

    def net(params, batch):
        state = tf.zeros([4, 4], params["input"].dtype)
        for seen in tf.unstack(batch["series"], axis=1):
            state = clipped(tf.tanh(seen @ params["input"] + state @ params["recurrent"]))
        return tf.reduce_mean(tf.math.squared_difference(state @ params["head"], batch["wanted"]))

    return net
