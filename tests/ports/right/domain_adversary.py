"""Domain-adversarial training: a gradient that is turned round on its way back."""

STEPS = 10
OPTIMIZER = "sgd"
LEARNING_RATE = 0.1


def parameters(rng):
    return {
        "features": rng.normal(0, 0.5, (4, 5)),
        "task": rng.normal(0, 0.5, (5, 3)),
        "domain": rng.normal(0, 0.5, (5, 1)),
    }


def batches(rng):
    while True:
        yield {
            "points": rng.normal(size=(10, 4)),
            "classes": rng.integers(0, 3, 10),
            "domains": rng.integers(0, 2, (10, 1)) * 1.0,
        }


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        features = torch.tanh(batch["points"] @ params["features"])
        turned = 1.5 * features.detach() - 0.5 * features
        task = functional.cross_entropy(features @ params["task"], batch["classes"])
        domain = functional.binary_cross_entropy_with_logits(turned @ params["domain"], batch["domains"])
        return task + domain

    return net


def tensorflow_loss():
    import tensorflow as tf

    @tf.custom_gradient
    def turn(features):
        return tf.identity(features), lambda upstream: -0.5 * upstream

    def net(params, batch):
        features = tf.tanh(batch["points"] @ params["features"])
        turned = turn(features)
        logits = features @ params["task"]
        task = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(batch["classes"], logits))
        guess = turned @ params["domain"]
        domain = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(batch["domains"], guess))
        return task + domain

    return net
