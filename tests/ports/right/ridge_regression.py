"""A regression with Keras's L2 regulariser, whose factor is a float32 number."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.02


def parameters(rng):
    return {"hidden": rng.normal(0, 0.6, (4, 6)), "head": rng.normal(0, 0.6, (6, 1))}


def batches(rng):
    while True:
        points = rng.normal(size=(12, 4))
        yield {"points": points, "wanted": points[:, :1] - points[:, 1:2]}


def torch_loss():
    import torch

    def net(params, batch):
        penalty = 0.01 * params["hidden"].square().sum()
        hidden = torch.sigmoid(batch["points"] @ params["hidden"])
        output = hidden @ params["head"]
        error = torch.log(torch.cosh(output - batch["wanted"])).mean()
        return error + penalty

    return net


def tensorflow_loss():
    import tensorflow as tf

    regularizer = tf.keras.regularizers.L2(0.01)

    def net(params, batch):
        penalty = regularizer(params["hidden"])
        hidden = tf.sigmoid(batch["points"] @ params["hidden"])
        output = hidden @ params["head"]
        error = tf.reduce_mean(tf.math.log(tf.math.cosh(output - batch["wanted"])))
        return error + penalty

    return net
