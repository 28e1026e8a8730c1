"""A radiance field's weights along a ray: what passes before each sample is an exclusive product."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"density": rng.normal(0, 0.7, (3, 1)), "colour": rng.normal(0, 0.7, (3, 3))}


def batches(rng):
    while True:
        yield {"samples": rng.normal(size=(5, 6, 3)), "pixels": rng.uniform(size=(5, 3))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        density = functional.softplus(batch["samples"] @ params["density"]).squeeze(-1)
        opacity = 1 - torch.exp(-density)
        through = torch.cumprod(torch.cat([torch.ones(5, 1).to(opacity), 1 - opacity[:, :-1]], dim=1), dim=1)
        colour = torch.sigmoid(batch["samples"] @ params["colour"])
        pixels = torch.einsum("rs,rsc->rc", opacity * through, colour)
        return functional.mse_loss(pixels, batch["pixels"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        density = tf.squeeze(tf.nn.softplus(tf.matmul(batch["samples"], params["density"])), -1)
        opacity = 1 - tf.exp(-density)
        through = tf.math.cumprod(1 - opacity, axis=1, exclusive=True)
        colour = tf.sigmoid(tf.matmul(batch["samples"], params["colour"]))
        pixels = tf.reduce_sum((opacity * through)[:, :, None] * colour, axis=1)
        return tf.reduce_mean(tf.math.squared_difference(pixels, batch["pixels"]))

    return net
