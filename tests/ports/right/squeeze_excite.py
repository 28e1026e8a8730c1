"""A squeeze-and-excitation block: channels weighted by what their averages say."""

STEPS = 12
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "squeeze": rng.normal(0.3, 0.5, (6, 3)),
        "excite": rng.normal(0, 1, (3, 6)),
        "head": rng.normal(0, 0.5, (6, 2)),
    }


def batches(rng):
    while True:
        yield {"maps": rng.normal(1, 1, (4, 5, 5, 6)), "classes": rng.integers(0, 2, 4)}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        maps = batch["maps"].permute(0, 3, 1, 2)
        average = maps.mean(dim=(2, 3))
        hidden = torch.relu(average @ params["squeeze"])
        scale = torch.sigmoid(hidden @ params["excite"])
        scaled = maps * scale[:, :, None, None]
        logits = scaled.amax(dim=(2, 3)) @ params["head"]
        return functional.cross_entropy(logits, batch["classes"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        average = tf.reduce_mean(batch["maps"], axis=[1, 2])
        hidden = tf.nn.relu(average @ params["squeeze"])
        scale = tf.sigmoid(hidden @ params["excite"])
        scaled = batch["maps"] * scale[:, None, None, :]
        logits = tf.reduce_max(scaled, axis=[1, 2]) @ params["head"]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=batch["classes"], logits=logits)
        return tf.reduce_mean(each)

    return net
