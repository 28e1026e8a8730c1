"""A user's own network of complex numbers without a bug: a spectrum, turned by phases, and the way back."""

STEPS = 20
OPTIMIZER = "sgd"
LEARNING_RATE = 0.05


def parameters(rng):
    return {"w": rng.normal(1, 0.3, 8), "v": rng.normal(0, 0.5, 5)}


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(4, 8)), "y": rng.normal(size=(4, 8))}


def torch_loss():
    import torch

    def loss(params, batch):
        windowed = batch["x"] * params["w"]
        spectrum = torch.fft.rfft(windowed)
        phase = torch.polar(torch.ones_like(params["v"]), params["v"])
        turned = spectrum * phase
        back = torch.fft.irfft(turned, n=8)
        power = turned.abs().square().mean()
        return power + (back - batch["y"]).square().mean()

    return loss


def tensorflow_loss():
    import tensorflow as tf

    def loss(params, batch):
        windowed = batch["x"] * params["w"]
        spectrum = tf.signal.rfft(windowed)
        cosine = tf.cos(params["v"])
        sine = tf.sin(params["v"])
        phase = tf.complex(cosine, sine)
        turned = spectrum * phase
        back = tf.signal.irfft(turned, fft_length=[8])
        power = tf.reduce_mean(tf.square(tf.abs(turned)))
        return power + tf.reduce_mean(tf.square(back - batch["y"]))

    return loss
