"""A dense layer on flattened feature maps, whose rows are in the order of height, width, channel."""

STEPS = 15
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "kernel": rng.normal(0, 0.3, (3, 3, 1, 3)),
        "dense": rng.normal(0, 0.2, (48, 4)),
        "bias": rng.normal(0, 0.1, 4),
    }


def batches(rng):
    while True:
        yield {"images": rng.normal(size=(9, 8, 8, 1)), "classes": rng.integers(0, 4, 9)}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        seen = functional.conv2d(
            batch["images"].permute(0, 3, 1, 2), params["kernel"].permute(3, 2, 0, 1), padding=1
        )
        seen = torch.relu(seen)
        seen = functional.max_pool2d(seen, 2)
        flat = seen.permute(0, 2, 3, 1).flatten(1)
        logits = torch.addmm(params["bias"], flat, params["dense"])
        right = logits.argmax(dim=1) == batch["classes"]
        return {
            "loss": functional.cross_entropy(logits, batch["classes"]),
            "accuracy": right.to(logits.dtype).mean(),
        }

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        seen = tf.nn.conv2d(batch["images"], params["kernel"], strides=1, padding="SAME")
        seen = tf.nn.relu(seen)
        seen = tf.nn.max_pool2d(seen, 2, 2, "VALID")
        flat = tf.reshape(seen, [-1, 48])
        logits = flat @ params["dense"] + params["bias"]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=batch["classes"], logits=logits)
        right = tf.argmax(logits, axis=1) == batch["classes"]
        return {
            "loss": tf.reduce_mean(each),
            "accuracy": tf.reduce_mean(tf.cast(right, logits.dtype)),
        }

    return net
