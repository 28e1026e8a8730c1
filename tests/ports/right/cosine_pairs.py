"""Two views pulled together, one of them held still; Keras's cosine loss is the negative similarity."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"encoder": rng.normal(0, 0.5, (6, 4)), "predictor": rng.normal(0, 0.5, (4, 4))}


def batches(rng):
    while True:
        points = rng.normal(size=(8, 6))
        yield {"one": points, "other": points + rng.normal(0, 0.5, (8, 6))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        guess = torch.tanh(batch["one"] @ params["encoder"]) @ params["predictor"]
        target = torch.tanh(batch["other"] @ params["encoder"])
        target = target.detach()
        similarity = functional.cosine_similarity(guess, target, dim=1)
        return (1 - similarity).mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        guess = tf.tanh(batch["one"] @ params["encoder"]) @ params["predictor"]
        target = tf.tanh(batch["other"] @ params["encoder"])
        target = tf.stop_gradient(target)
        similarity = -tf.keras.losses.cosine_similarity(target, guess)
        return tf.reduce_mean(1 - similarity)

    return net
