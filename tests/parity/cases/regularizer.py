"""A right port with a Keras regularizer, whose factor is a float32 number."""

STEPS = 10


def parameters(rng):
    return {"w": rng.normal(size=(4, 3)), "v": rng.normal(size=(3, 1))}


def batches(rng):
    while True:
        x = rng.normal(size=(16, 4))
        yield {"x": x, "y": x[:, :1]}


def torch_loss():
    return lambda p, b: (
        ((b["x"] @ p["w"] @ p["v"] - b["y"]) ** 2).mean() + 0.01 * ((p["w"] ** 2).sum() + (p["v"] ** 2).sum())
    )


def tensorflow_loss():
    import tensorflow as tf

    penalty = tf.keras.regularizers.L2(0.01)
    return lambda p, b: (
        tf.reduce_mean((b["x"] @ p["w"] @ p["v"] - b["y"]) ** 2) + penalty(p["w"]) + penalty(p["v"])
    )
