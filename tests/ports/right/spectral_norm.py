"""A spectral norm by one power iteration from a vector in the batch, which takes no gradient."""

STEPS = 10
OPTIMIZER = "rmsprop"
LEARNING_RATE = 0.005


def parameters(rng):
    return {"weight": rng.normal(0, 0.8, (5, 4)), "head": rng.normal(0, 0.8, (4, 1))}


def batches(rng):
    while True:
        yield {
            "points": rng.normal(size=(8, 5)),
            "start": rng.normal(size=4),
            "wanted": rng.normal(size=(8, 1)),
        }


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        weight = params["weight"]
        fixed = weight.detach()
        left = functional.normalize(fixed @ batch["start"], dim=0)
        right = functional.normalize(fixed.T @ left, dim=0)
        sigma = torch.dot(left, weight @ right)
        hidden = torch.relu(batch["points"] @ (weight / sigma))
        return functional.mse_loss(hidden @ params["head"], batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        weight = params["weight"]
        fixed = tf.stop_gradient(weight)
        left = tf.math.l2_normalize(tf.linalg.matvec(fixed, batch["start"]))
        right = tf.math.l2_normalize(tf.linalg.matvec(fixed, left, transpose_a=True))
        sigma = tf.reduce_sum(left * tf.linalg.matvec(weight, right))
        hidden = tf.nn.relu(batch["points"] @ (weight / sigma))
        return tf.reduce_mean(tf.math.squared_difference(hidden @ params["head"], batch["wanted"]))

    return net
