"""Online hard example mining: the mean of the three worst losses, and the loss's median as a metric."""

STEPS = 10
OPTIMIZER = "momentum"
LEARNING_RATE = 0.02


def parameters(rng):
    return {"weight": rng.normal(0, 0.5, (4, 5)), "head": rng.normal(0, 0.5, (5, 1))}


def batches(rng):
    while True:
        points = rng.normal(size=(9, 4))
        yield {"points": points, "wanted": points[:, :1] ** 2}


def torch_loss():
    import torch

    def net(params, batch):
        output = torch.sin(batch["points"] @ params["weight"]) @ params["head"]
        each = (output - batch["wanted"]).square().flatten()
        hardest = torch.topk(each, 3).values
        return {"loss": hardest.mean(), "median": each.median()}

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        output = tf.sin(batch["points"] @ params["weight"]) @ params["head"]
        each = tf.reshape(tf.math.squared_difference(output, batch["wanted"]), [-1])
        hardest = tf.sort(each, direction="DESCENDING")[:3]
        return {"loss": tf.reduce_mean(hardest), "median": tf.sort(each)[4]}

    return net
