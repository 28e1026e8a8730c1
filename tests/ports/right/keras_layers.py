"""Keras layers without weights of their own, which turn what they take into float32, around a convolution."""

STEPS = 12
OPTIMIZER = "momentum"
LEARNING_RATE = 0.02


def parameters(rng):
    return {"kernel": rng.normal(0, 0.4, (3, 3, 1, 4)), "head": rng.normal(0, 0.7, (4, 2))}


def batches(rng):
    while True:
        yield {"images": rng.uniform(0, 255, (5, 6, 6, 1)), "wanted": rng.normal(size=(5, 2))}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        images = (batch["images"] / 127.5 - 1).permute(0, 3, 1, 2)
        seen = functional.conv2d(images, params["kernel"].permute(3, 2, 0, 1))
        seen = functional.leaky_relu(seen, 0.3)
        pooled = seen.mean(dim=(2, 3))
        output = pooled @ params["head"]
        return functional.mse_loss(output, batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    rescale = tf.keras.layers.Rescaling(1 / 127.5, offset=-1)
    leak = tf.keras.layers.LeakyReLU()
    pool = tf.keras.layers.GlobalAveragePooling2D()

    def net(params, batch):
        images = tf.cast(rescale(batch["images"]), params["kernel"].dtype)
        seen = tf.nn.conv2d(images, params["kernel"], strides=1, padding="VALID")
        seen = leak(seen)
        pooled = pool(seen)
        output = tf.cast(pooled, params["head"].dtype) @ params["head"]
        return tf.reduce_mean(tf.math.squared_difference(output, batch["wanted"]))

    return net
