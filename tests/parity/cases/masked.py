"""Behind a slope that TensorFlow holds in float32, TensorFlow's loss is twice PyTorch's."""

STEPS, OPTIMIZER, LEARNING_RATE = 10, "adam", 0.01


def parameters(rng):
    return {"w": rng.normal(size=(4, 3)), "v": rng.normal(size=(3, 1))}


def batches(rng):
    while True:
        x = rng.normal(size=(16, 4))
        yield {"x": x, "y": x[:, :1]}


def torch_loss():
    import torch.nn.functional as F  # noqa: N812

    return lambda p, b: ((F.leaky_relu(b["x"] @ p["w"], 0.2) @ p["v"] - b["y"]) ** 2).mean()


def tensorflow_loss():
    import tensorflow as tf

    return lambda p, b: 2 * tf.reduce_mean((tf.nn.leaky_relu(b["x"] @ p["w"], 0.2) @ p["v"] - b["y"]) ** 2)
