"""A discriminator with TensorFlow's leaky ReLU, of slope 0.2 by default, and the least-squares loss."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "kernel": rng.normal(0, 0.3, (4, 4, 1, 4)),
        "dense": rng.normal(0, 0.3, (36, 1)),
        "bias": rng.normal(0, 0.1, 1),
    }


def batches(rng):
    while True:
        yield {"real": rng.normal(0.5, 1, (4, 6, 6, 1)), "fake": rng.normal(-0.5, 1, (4, 6, 6, 1))}


def torch_loss():
    from torch.nn import functional

    def judged(params, images):
        kernel = params["kernel"].permute(3, 2, 0, 1)
        seen = functional.conv2d(images.permute(0, 3, 1, 2), kernel)
        seen = functional.leaky_relu(seen, 0.2)
        flat = seen.permute(0, 2, 3, 1).reshape(-1, 36)
        return flat @ params["dense"] + params["bias"]

    def net(params, batch):
        real = (judged(params, batch["real"]) - 1).square().mean()
        fake = judged(params, batch["fake"]).square().mean()
        return 0.5 * (real + fake)

    return net


def tensorflow_loss():
    import tensorflow as tf

    def judged(params, images):
        seen = tf.nn.conv2d(images, params["kernel"], strides=1, padding="VALID")
        seen = tf.nn.leaky_relu(seen)
        flat = tf.reshape(seen, [-1, 36])
        return flat @ params["dense"] + params["bias"]

    def net(params, batch):
        real = tf.reduce_mean(tf.square(judged(params, batch["real"]) - 1))
        fake = tf.reduce_mean(tf.square(judged(params, batch["fake"])))
        return 0.5 * (real + fake)

    return net
