"""Style transfer's instance norm, which takes away the convolution's bias, after reflected borders."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.005


def parameters(rng):
    return {
        "kernel": rng.normal(0, 0.4, (3, 3, 3, 4)),
        "bias": rng.normal(0, 0.4, 4),
        "back": rng.normal(0, 0.4, (4, 3)),
    }


def batches(rng):
    while True:
        yield {"images": rng.uniform(-1, 1, (2, 6, 6, 3)), "styled": rng.uniform(-1, 1, (2, 6, 6, 3))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        images = batch["images"].permute(0, 3, 1, 2)
        padded = functional.pad(images, (1, 1, 1, 1), mode="reflect")
        seen = functional.conv2d(padded, params["kernel"].permute(3, 2, 0, 1), params["bias"])
        normal = functional.instance_norm(seen, eps=1e-5)
        normal = torch.relu(normal)
        image = torch.tanh(normal.permute(0, 2, 3, 1) @ params["back"])
        return functional.mse_loss(image, batch["styled"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        padded = tf.pad(batch["images"], [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
        seen = tf.nn.conv2d(padded, params["kernel"], strides=1, padding="VALID") + params["bias"]
        mean, variance = tf.nn.moments(seen, axes=[1, 2], keepdims=True)
        normal = tf.nn.batch_normalization(seen, mean, variance, None, None, 1e-5)
        normal = tf.nn.relu(normal)
        image = tf.tanh(tf.matmul(normal, params["back"]))
        return tf.reduce_mean(tf.math.squared_difference(image, batch["styled"]))

    return net
