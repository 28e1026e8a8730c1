"""A user's own network without a bug: a convolution of stride 2, a dense layer, a normalisation, a loss."""

STEPS = 20
OPTIMIZER = "sgd"
LEARNING_RATE = 0.05
EPSILON = 1e-3


def parameters(rng):
    return {
        "kernel": rng.normal(0, 0.3, (3, 3, 3, 4)),
        "w1": rng.normal(0, 0.2, (64, 64)),
        "b1": rng.normal(0, 0.2, 64),
        "w2": rng.normal(0, 0.2, (64, 5)),
        "b2": rng.normal(0, 0.2, 5),
    }


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(6, 8, 8, 3)), "y": rng.normal(size=(6, 5))}


def torch_loss():
    import torch
    from torch.nn import functional

    def loss(params, batch):
        images = batch["x"].permute(0, 3, 1, 2)
        kernel = params["kernel"].permute(3, 2, 0, 1)
        seen = functional.conv2d(images, kernel, stride=2, padding=1)
        flat = seen.permute(0, 2, 3, 1).reshape(-1, 64)
        hidden = flat @ params["w1"]
        hidden = hidden + params["b1"]
        hidden = torch.relu(hidden)
        mean = hidden.mean(dim=1, keepdim=True)
        variance = (hidden - mean).square().mean(dim=1, keepdim=True)
        deviation = torch.sqrt(variance + EPSILON)
        normal = (hidden - mean) / deviation
        output = normal @ params["w2"] + params["b2"]
        error = output - batch["y"]
        return error.square().mean()

    return loss


def tensorflow_loss():
    import tensorflow as tf

    def loss(params, batch):
        padded = tf.pad(batch["x"], [[0, 0], [1, 1], [1, 1], [0, 0]])
        seen = tf.nn.conv2d(padded, params["kernel"], strides=2, padding="VALID")
        flat = tf.reshape(seen, [-1, 64])
        hidden = tf.matmul(flat, params["w1"])
        hidden = tf.nn.bias_add(hidden, params["b1"])
        hidden = tf.nn.relu(hidden)
        mean = tf.reduce_mean(hidden, axis=1, keepdims=True)
        variance = tf.reduce_mean(tf.square(hidden - mean), axis=1, keepdims=True)
        deviation = tf.sqrt(variance + EPSILON)
        normal = (hidden - mean) / deviation
        output = tf.matmul(normal, params["w2"]) + params["b2"]
        error = tf.subtract(output, batch["y"])
        return tf.reduce_mean(tf.square(error))

    return loss
