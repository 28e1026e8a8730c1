"""A spectrum in which the two differ: PyTorch's transform is normalised."""

STEPS = 5


def parameters(rng):
    return {"w": rng.normal(size=(8,))}


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(4, 8))}


def torch_loss():
    import torch

    return lambda p, b: (torch.fft.rfft(b["x"] * p["w"], norm="ortho").abs() ** 2).mean()


def tensorflow_loss():
    import tensorflow as tf

    return lambda p, b: tf.reduce_mean(tf.abs(tf.signal.rfft(b["x"] * p["w"])) ** 2)
