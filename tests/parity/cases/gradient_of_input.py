"""A right port whose loss holds the derivative with respect to the input."""

STEPS = 8
LEARNING_RATE = 0.02


def parameters(rng):
    return {"w": rng.normal(size=(5, 8)) / 2, "v": rng.normal(size=(8, 1)) / 3}


def batches(rng):
    while True:
        x = rng.normal(size=(16, 5))
        yield {"x": x, "y": x[:, :1]}


def torch_loss():
    import torch

    def net(p, b):
        x = b["x"].clone().requires_grad_()
        out = torch.tanh(x @ p["w"]) @ p["v"]
        (slope,) = torch.autograd.grad(out.sum(), x, create_graph=True)
        return ((out - b["y"]) ** 2).mean() + ((slope**2).sum(dim=1) - 1).square().mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(p, b):
        with tf.GradientTape() as tape:
            tape.watch(b["x"])
            out = tf.tanh(b["x"] @ p["w"]) @ p["v"]
        slope = tape.gradient(out, b["x"])
        penalty = tf.reduce_mean((tf.reduce_sum(slope**2, axis=1) - 1) ** 2)
        return tf.reduce_mean((out - b["y"]) ** 2) + penalty

    return net
