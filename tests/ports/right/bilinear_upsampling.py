"""A feature pyramid's bilinear upsampling; `tf.image.resize` gives float32 whatever it takes."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "coarse": rng.normal(0, 0.5, (3, 4)),
        "fine": rng.normal(0, 0.5, (2, 4)),
        "head": rng.normal(0, 0.5, (4, 1)),
    }


def batches(rng):
    while True:
        coarse = rng.normal(size=(2, 4, 4, 3))
        yield {
            "coarse": coarse,
            "fine": rng.normal(size=(2, 8, 8, 2)),
            "masks": rng.integers(0, 2, (2, 8, 8)) * 1.0,
        }


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        coarse = (batch["coarse"] @ params["coarse"]).permute(0, 3, 1, 2)
        raised = functional.interpolate(coarse, scale_factor=2, mode="bilinear", align_corners=False)
        merged = raised.permute(0, 2, 3, 1) + batch["fine"] @ params["fine"]
        logits = (torch.tanh(merged) @ params["head"]).squeeze(-1)
        return functional.binary_cross_entropy_with_logits(logits, batch["masks"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        coarse = tf.matmul(batch["coarse"], params["coarse"])
        raised = tf.cast(tf.image.resize(coarse, (8, 8)), coarse.dtype)
        merged = raised + tf.matmul(batch["fine"], params["fine"])
        logits = tf.squeeze(tf.matmul(tf.tanh(merged), params["head"]), axis=-1)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=batch["masks"], logits=logits))

    return net
