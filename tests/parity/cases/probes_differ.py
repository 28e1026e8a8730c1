"""The losses agree while the gradients do not: the learning rate is tiny."""

STEPS, OPTIMIZER, LEARNING_RATE = 60, "sgd", 1e-9


def parameters(rng):
    return {"w": rng.standard_normal((8, 4)), "u": rng.standard_normal((4, 1))}


def batches(rng):
    while True:
        x = rng.standard_normal((16, 8))
        yield {"x": x, "y": x[:, :1]}


def torch_loss():
    def loss(p, b):
        return (((b["x"] @ p["w"]).tanh() @ p["u"] - b["y"]) ** 2).mean()

    return loss


def tensorflow_loss():
    import tensorflow as tf

    def loss(p, b):
        return tf.reduce_mean((tf.stop_gradient(tf.tanh(b["x"] @ p["w"])) @ p["u"] - b["y"]) ** 2)

    return loss
