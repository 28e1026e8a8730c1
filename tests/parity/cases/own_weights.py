"""Each side has a model with weights of its own, as somebody begins who has two models."""

STEPS = 10


def parameters(rng):
    return {"w": rng.normal(size=(5, 3))}


def batches(rng):
    while True:
        x = rng.normal(size=(16, 5))
        yield {"x": x, "y": x[:, :3]}


def torch_loss():
    import torch

    model = torch.nn.Linear(5, 3, bias=False)

    def net(p, b):
        model.load_state_dict({"weight": p["w"].T})
        return ((model(b["x"]) - b["y"]) ** 2).mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    layer = tf.keras.layers.Dense(3, use_bias=False)
    layer.build((None, 5))

    def net(p, b):
        layer.kernel.assign(p["w"])
        return tf.reduce_mean((layer(b["x"]) - b["y"]) ** 2)

    return net
