"""The triplet loss: PyTorch adds 1e-6 to the differences before it takes their norm."""

STEPS = 10
OPTIMIZER = "momentum"
LEARNING_RATE = 0.02


def parameters(rng):
    return {"weight": rng.normal(0, 0.7, (5, 3))}


def batches(rng):
    while True:
        anchors = rng.normal(size=(8, 5))
        yield {
            "anchors": anchors,
            "near": anchors + rng.normal(0, 0.4, (8, 5)),
            "far": rng.normal(size=(8, 5)),
        }


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        anchor = batch["anchors"] @ params["weight"]
        near = batch["near"] @ params["weight"]
        far = batch["far"] @ params["weight"]
        return functional.triplet_margin_loss(anchor, near, far, margin=1.0)

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        anchor = batch["anchors"] @ params["weight"]
        near = batch["near"] @ params["weight"]
        far = batch["far"] @ params["weight"]
        to_near = tf.norm(anchor - near + 1e-6, axis=1)
        to_far = tf.norm(anchor - far + 1e-6, axis=1)
        return tf.reduce_mean(tf.maximum(to_near - to_far + 1.0, 0))

    return net
