"""A learned filter in the frequency domain, and a loss on the power spectrum in orthonormal scale."""

import numpy as np

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"filter": rng.normal(1, 0.3, 9), "bias": np.zeros(1)}


def batches(rng):
    while True:
        yield {"waves": rng.normal(size=(4, 16)), "wanted": rng.normal(size=(4, 16))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        spectrum = torch.fft.rfft(batch["waves"])
        filtered = spectrum * params["filter"]
        output = torch.fft.irfft(filtered, n=16) + params["bias"]
        power = torch.fft.rfft(output, norm="ortho").abs().square()
        return functional.mse_loss(output, batch["wanted"]) + power.mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        spectrum = tf.signal.rfft(batch["waves"])
        filtered = spectrum * tf.complex(params["filter"], tf.zeros_like(params["filter"]))
        output = tf.signal.irfft(filtered, fft_length=[16]) + params["bias"]
        power = tf.square(tf.abs(tf.signal.rfft(output))) / 16
        return tf.reduce_mean(tf.math.squared_difference(output, batch["wanted"])) + tf.reduce_mean(power)

    return net
