"""Big Transfer's convolution, whose kernels are standardised before they are used."""

STEPS = 10
OPTIMIZER = "momentum"
LEARNING_RATE = 0.02


def parameters(rng):
    return {
        "kernel": rng.normal(0.2, 0.3, (3, 3, 2, 4)),
        "gain": rng.uniform(0.5, 1, 4),
        "head": rng.normal(0, 0.3, (4, 2)),
    }


def batches(rng):
    while True:
        yield {"images": rng.normal(size=(4, 6, 6, 2)), "wanted": rng.normal(size=(4, 2))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        kernel = params["kernel"].permute(3, 2, 0, 1)
        variance, mean = torch.var_mean(kernel, dim=(1, 2, 3), correction=0, keepdim=True)
        kernel = (kernel - mean) / torch.sqrt(variance + 1e-4)
        kernel = kernel * params["gain"].view(-1, 1, 1, 1)
        seen = functional.conv2d(batch["images"].permute(0, 3, 1, 2), kernel, stride=3)
        output = torch.relu(seen).mean(dim=(2, 3)) @ params["head"]
        return functional.mse_loss(output, batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        kernel = params["kernel"]
        mean, variance = tf.nn.moments(kernel, axes=[0, 1, 2])
        kernel = (kernel - mean) / tf.sqrt(variance + 1e-4)
        kernel = kernel * params["gain"]
        seen = tf.nn.conv2d(batch["images"], kernel, strides=3, padding="VALID")
        output = tf.reduce_mean(tf.nn.relu(seen), axis=[1, 2]) @ params["head"]
        return tf.reduce_mean(tf.math.squared_difference(output, batch["wanted"]))

    return net
