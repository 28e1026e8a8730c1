"""A bidirectional tagger: PyTorch's op against two loops, the second's outputs turned back into order."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    weights = {}
    for way in ("ahead", "back"):
        weights[f"{way}_input"] = rng.normal(0, 0.6, (3, 4))
        weights[f"{way}_recurrent"] = rng.normal(0, 0.6, (4, 4))
    return weights | {"head": rng.normal(0, 0.5, (8, 3))}


def batches(rng):
    while True:
        yield {"series": rng.normal(size=(4, 6, 3)), "tags": rng.integers(0, 3, (4, 6))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        weights = [params[f"{way}_{kind}"].T for way in ("ahead", "back") for kind in ("input", "recurrent")]
        state = params["head"].new_zeros(2, 4, 4)
        seen, _ = torch.rnn_tanh(batch["series"], state, weights, False, 1, 0.0, True, True, True)
        logits = seen @ params["head"]
        return functional.cross_entropy(logits.flatten(0, 1), batch["tags"].flatten())

    return net


def tensorflow_loss():
    import tensorflow as tf

    def run(series, inputs, recurrent):
        state = tf.zeros([4, 4], series.dtype)
        states = []
        for seen in tf.unstack(series, axis=1):
            state = tf.tanh(seen @ inputs + state @ recurrent)
            states.append(state)
        return tf.stack(states, axis=1)

    def net(params, batch):
        ahead = run(batch["series"], params["ahead_input"], params["ahead_recurrent"])
        back = run(tf.reverse(batch["series"], [1]), params["back_input"], params["back_recurrent"])
        seen = tf.concat([ahead, tf.reverse(back, [1])], axis=2)
        logits = tf.matmul(seen, params["head"])
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(batch["tags"], logits))

    return net
