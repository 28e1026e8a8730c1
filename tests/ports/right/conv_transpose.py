"""A decoder's transposed convolution of an odd kernel, where `SAME` crops at one end only."""

STEPS = 8
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"kernel": rng.normal(0, 0.3, (3, 3, 2, 4)), "bias": rng.normal(0, 0.1, 2)}


def batches(rng):
    while True:
        yield {"codes": rng.normal(size=(4, 3, 3, 4)), "images": rng.uniform(size=(4, 6, 6, 2))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        codes = batch["codes"].permute(0, 3, 1, 2)
        kernel = params["kernel"].permute(3, 2, 0, 1)
        image = functional.conv_transpose2d(codes, kernel, stride=2)[:, :, :-1, :-1]
        image = image + params["bias"].view(1, 2, 1, 1)
        image = torch.sigmoid(image)
        return functional.mse_loss(image, batch["images"].permute(0, 3, 1, 2))

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        image = tf.nn.conv2d_transpose(batch["codes"], params["kernel"], (4, 6, 6, 2), 2, "SAME")
        image = tf.nn.bias_add(image, params["bias"])
        image = tf.sigmoid(image)
        return tf.reduce_mean(tf.math.squared_difference(image, batch["images"]))

    return net
