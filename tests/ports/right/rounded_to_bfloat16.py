"""Mixed precision by hand: inputs and weights rounded to bfloat16, products in the full type."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"first": rng.normal(0, 0.5, (6, 8)), "second": rng.normal(0, 0.5, (8, 2))}


def batches(rng):
    while True:
        points = rng.normal(size=(10, 6))
        yield {"points": points, "wanted": points[:, :2] * points[:, 2:4]}


def torch_loss():
    import torch
    from torch.nn import functional

    def half(tensor):
        return tensor.to(torch.bfloat16).to(tensor.dtype)

    def net(params, batch):
        hidden = half(batch["points"]) @ half(params["first"])
        hidden = torch.relu(hidden)
        output = hidden @ half(params["second"])
        return functional.mse_loss(output, batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def half(tensor):
        return tf.cast(tf.cast(tensor, tf.bfloat16), tensor.dtype)

    def net(params, batch):
        hidden = half(batch["points"]) @ half(params["first"])
        hidden = tf.nn.relu(hidden)
        output = hidden @ half(params["second"])
        return tf.reduce_mean(tf.math.squared_difference(output, batch["wanted"]))

    return net
