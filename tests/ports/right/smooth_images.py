"""Denoising with a total variation, which TensorFlow adds up; the weight is a float32 tensor in PyTorch."""

STEPS = 8
OPTIMIZER = "sgd"
LEARNING_RATE = 0.02


def parameters(rng):
    return {"kernel": rng.normal(0, 0.3, (3, 3, 1, 1)), "share": rng.normal(0.5, 0.1, 1)}


def batches(rng):
    while True:
        clean = rng.uniform(size=(3, 6, 6, 1))
        yield {"noisy": clean + rng.normal(0, 0.2, (3, 6, 6, 1)), "clean": clean}


def torch_loss():
    import torch
    from torch.nn import functional

    weight = torch.tensor(0.01)

    def net(params, batch):
        noisy = batch["noisy"].permute(0, 3, 1, 2)
        kernel = params["kernel"].permute(3, 2, 0, 1).contiguous()
        image = params["share"] * noisy + functional.conv2d(noisy, kernel, padding=1)
        down = image.diff(dim=2).abs().sum(dim=(1, 2, 3))
        across = image.diff(dim=3).abs().sum(dim=(1, 2, 3))
        variation = (down + across).mean()
        return (
            functional.mse_loss(image, batch["clean"].permute(0, 3, 1, 2))
            + weight.to(image.dtype) * variation
        )

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        seen = tf.nn.conv2d(batch["noisy"], params["kernel"], strides=1, padding="SAME")
        image = params["share"] * batch["noisy"] + seen
        variation = tf.reduce_mean(tf.image.total_variation(image))
        return tf.reduce_mean(tf.math.squared_difference(image, batch["clean"])) + 0.01 * variation

    return net
