"""Message passing on a graph: rows added up by index against sums over segments."""

STEPS = 10
OPTIMIZER = "adam"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "message": rng.normal(0, 0.5, (4, 4)),
        "own": rng.normal(0, 0.5, (4, 4)),
        "head": rng.normal(0, 0.5, (4, 2)),
    }


def batches(rng):
    while True:
        yield {
            "nodes": rng.normal(size=(7, 4)),
            "senders": rng.integers(0, 7, 15),
            "receivers": rng.integers(0, 7, 15),
            "classes": rng.integers(0, 2, 7),
        }


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        sent = (batch["nodes"] @ params["message"])[batch["senders"]]
        received = torch.zeros_like(batch["nodes"]).index_add(0, batch["receivers"], sent)
        hidden = torch.relu(batch["nodes"] @ params["own"] + received)
        return functional.cross_entropy(hidden @ params["head"], batch["classes"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        sent = tf.gather(batch["nodes"] @ params["message"], batch["senders"])
        received = tf.math.unsorted_segment_sum(sent, batch["receivers"], num_segments=7)
        hidden = tf.nn.relu(batch["nodes"] @ params["own"] + received)
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(batch["classes"], hidden @ params["head"])
        return tf.reduce_mean(each)

    return net
