"""Super-resolution: PyTorch's pixel shuffle keeps a channel's four pixels together, TensorFlow's apart."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"kernel": rng.normal(0, 0.3, (3, 3, 2, 8)), "bias": rng.normal(0, 0.1, 8)}


def batches(rng):
    while True:
        yield {"small": rng.uniform(size=(3, 4, 4, 2)), "large": rng.uniform(size=(3, 8, 8, 2))}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        small = batch["small"].permute(0, 3, 1, 2)
        seen = functional.conv2d(small, params["kernel"].permute(3, 2, 0, 1), params["bias"], padding=1)
        large = functional.pixel_shuffle(seen, 2)
        return functional.l1_loss(large.permute(0, 2, 3, 1), batch["large"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        seen = tf.nn.conv2d(batch["small"], params["kernel"], strides=1, padding="SAME") + params["bias"]
        large = tf.nn.depth_to_space(tf.gather(seen, [0, 4, 1, 5, 2, 6, 3, 7], axis=3), 2)
        return tf.reduce_mean(tf.abs(large - batch["large"]))

    return net
