"""Networks that share w1, and have a layer of their own besides."""

STEPS = 50
BATCH = 64


def parameters(rng):
    return {"w1": rng.normal(size=(20, 5))}


def batches(rng):
    while True:
        yield {"x": rng.normal(size=(BATCH, 20))}


def torch_loss():
    import torch

    lin = torch.nn.Linear(5, 1)
    torch.nn.init.constant_(lin.weight, 0.5)
    torch.nn.init.constant_(lin.bias, 0.0)

    def net(params, batch):
        return (lin((batch["x"] @ params["w1"]).float()) ** 2).mean()

    return net


def tensorflow_loss():
    import tensorflow as tf

    lin = tf.keras.layers.Dense(1, kernel_initializer=tf.keras.initializers.Constant(0.5))

    def net(params, batch):
        return tf.reduce_mean(lin(batch["x"] @ params["w1"]) ** 2)

    return net
