"""Knowledge-graph scores of a bilinear form: einsum against matrix products, hinge against by hand."""

STEPS = 10
OPTIMIZER = "sgd"
LEARNING_RATE = 0.1


def parameters(rng):
    return {"entities": rng.normal(0, 0.7, (9, 4)), "relation": rng.normal(0, 0.7, (4, 4))}


def batches(rng):
    while True:
        yield {
            "heads": rng.integers(0, 9, 10),
            "tails": rng.integers(0, 9, 10),
            "true": rng.integers(0, 2, 10) * 1.0,
        }


def torch_loss():
    import torch

    def net(params, batch):
        heads = params["entities"][batch["heads"]]
        tails = params["entities"][batch["tails"]]
        scores = torch.einsum("ni,ij,nj->n", heads, params["relation"], tails)
        return torch.relu(1 - (2 * batch["true"] - 1) * scores).mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        heads = tf.gather(params["entities"], batch["heads"])
        tails = tf.gather(params["entities"], batch["tails"])
        scores = tf.reduce_sum(tf.matmul(heads, params["relation"]) * tails, axis=1)
        return tf.reduce_mean(tf.keras.losses.hinge(batch["true"], scores))

    return net
