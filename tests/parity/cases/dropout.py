"""A right port with dropout, whose random numbers are each framework's own."""

STEPS = 10


def parameters(rng):
    return {"w": rng.normal(size=(40, 1))}


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(16, 40))}


def torch_loss():
    import torch.nn.functional as F  # noqa: N812

    return lambda p, b: ((F.dropout(b["x"], 0.5) @ p["w"]) ** 2).mean()


def tensorflow_loss():
    import tensorflow as tf

    return lambda p, b: tf.reduce_mean((tf.nn.dropout(b["x"], 0.5) @ p["w"]) ** 2)
