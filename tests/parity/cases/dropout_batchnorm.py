"""An MLP with batch norm and dropout: PyTorch's keeps running statistics in a module."""

import numpy as np

STEPS = 300
OPTIMIZER = "adamw"
LEARNING_RATE = 1e-3
BATCH = 64
HIDDEN = 64


def parameters(rng):
    # names of the nn.Module's state_dict; torch layout (out, in)
    return {
        "fc1.weight": rng.normal(0, 0.2, (HIDDEN, 20)),
        "fc1.bias": np.zeros(HIDDEN),
        "bn.weight": np.ones(HIDDEN),
        "bn.bias": np.zeros(HIDDEN),
        "fc2.weight": rng.normal(0, 0.2, (5, HIDDEN)),
        "fc2.bias": np.zeros(5),
    }


def batches(rng):
    while True:
        x = rng.normal(size=(BATCH, 20))
        y = (x[:, :5] * 3).argmax(1)
        yield {"x": x, "y": y}


def held_out(rng):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(500, 20))
    return {"x": x, "y": (x[:, :5] * 3).argmax(1)}


DROP = 0


def torch_loss():
    import torch
    import torch.nn as nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(20, HIDDEN)
            self.bn = nn.BatchNorm1d(HIDDEN)
            self.drop = nn.Dropout(0.2)
            self.fc2 = nn.Linear(HIDDEN, 5)

        def forward(self, x):
            return self.fc2(self.drop(torch.relu(self.bn(self.fc1(x)))))

    model = Net()

    def net(params, batch):
        model.to(batch["x"].dtype)
        logits = torch.func.functional_call(model, dict(params), (batch["x"],))
        return {
            "loss": nn.functional.cross_entropy(logits, batch["y"]),
            "accuracy": (logits.argmax(1) == batch["y"]).to(logits.dtype).mean(),
        }

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        h = batch["x"] @ tf.transpose(params["fc1.weight"]) + params["fc1.bias"]
        m, v = tf.nn.moments(h, [0])
        h = tf.nn.batch_normalization(h, m, v, params["bn.bias"], params["bn.weight"], 1e-5)
        h = tf.nn.dropout(tf.nn.relu(h), 0.2)
        logits = h @ tf.transpose(params["fc2.weight"]) + params["fc2.bias"]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=batch["y"], logits=logits)
        return {
            "loss": tf.reduce_mean(each),
            "accuracy": tf.reduce_mean(tf.cast(tf.argmax(logits, 1) == batch["y"], logits.dtype)),
        }

    return net
