"""MobileNet's block: a depthwise convolution of multiplier 2, then one of 1 by 1 that is a matrix product."""

STEPS = 10
OPTIMIZER = "rmsprop"
LEARNING_RATE = 0.005


def parameters(rng):
    return {
        "depthwise": rng.normal(0, 0.3, (3, 3, 4, 2)),
        "pointwise": rng.normal(0, 0.3, (8, 5)),
        "head": rng.normal(0, 0.3, (5, 3)),
    }


def batches(rng):
    while True:
        yield {"images": rng.normal(size=(4, 6, 6, 4)), "wanted": rng.normal(size=(4, 3))}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        images = batch["images"].permute(0, 3, 1, 2)
        kernel = params["depthwise"].permute(2, 3, 0, 1).reshape(8, 1, 3, 3)
        seen = functional.conv2d(images, kernel, padding=1, groups=4)
        seen = functional.relu6(seen)
        seen = functional.conv2d(seen, params["pointwise"].T[:, :, None, None])
        pooled = functional.adaptive_avg_pool2d(seen, 1).flatten(1)
        return functional.mse_loss(pooled @ params["head"], batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        seen = tf.nn.depthwise_conv2d(batch["images"], params["depthwise"], [1, 1, 1, 1], "SAME")
        seen = tf.nn.relu6(seen)
        seen = tf.tensordot(seen, params["pointwise"], axes=1)
        pooled = tf.reduce_mean(seen, axis=[1, 2])
        return tf.reduce_mean(tf.math.squared_difference(pooled @ params["head"], batch["wanted"]))

    return net
