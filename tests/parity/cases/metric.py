"""A metric is 50 % off at step 0; one network cannot run in float64."""

STEPS = 10


def parameters(rng):
    return {"w": rng.normal(size=(4, 1))}


def batches(rng):
    while True:
        x = rng.normal(size=(16, 4))
        yield {"x": x, "y": x[:, :1]}


def torch_loss():
    def net(p, b):
        loss = ((b["x"] @ p["w"] - b["y"]) ** 2).mean()
        return {"loss": loss, "judged": loss.detach()}

    return net


def tensorflow_loss():
    import tensorflow as tf

    one = tf.constant(1.0)  # float32: in float64 this net fails

    def net(p, b):
        loss = one * tf.reduce_mean((b["x"] @ p["w"] - b["y"]) ** 2)
        return {"loss": loss, "judged": loss / 2}

    return net
