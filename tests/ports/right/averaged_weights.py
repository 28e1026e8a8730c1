"""A linear model with a moving average of its weights, told as metrics, and a dropout of rate 0."""

import numpy as np

STEPS = 15
OPTIMIZER = "adamw"
LEARNING_RATE = 0.02


def parameters(rng):
    return {"weight": rng.normal(0, 0.5, (4, 2)), "bias": np.full(2, 0.1)}


def batches(rng):
    average = rng.normal(0, 0.5, (4, 2))
    while True:
        points = rng.normal(size=(8, 4))
        yield {"points": points, "wanted": points[:, 1:3], "average": average}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        points = functional.dropout(batch["points"], 0.0, training=False)
        output = points @ params["weight"] + params["bias"]
        average = 0.99 * batch["average"] + 0.01 * params["weight"].detach()
        error = (points @ average - batch["wanted"]).square().mean()
        return {"loss": functional.mse_loss(output, batch["wanted"]), "averaged_error": error}

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        points = tf.nn.dropout(batch["points"], rate=0)
        output = points @ params["weight"] + params["bias"]
        average = 0.99 * batch["average"] + 0.01 * tf.stop_gradient(params["weight"])
        error = tf.reduce_mean(tf.square(points @ average - batch["wanted"]))
        return {"loss": tf.reduce_mean(tf.square(output - batch["wanted"])), "averaged_error": error}

    return net
