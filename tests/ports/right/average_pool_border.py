"""Average pooling with `SAME` padding, which counts no pixel beyond the border."""

STEPS = 10
OPTIMIZER = "momentum"
LEARNING_RATE = 0.02


def parameters(rng):
    return {"mix": rng.normal(0, 0.5, (3, 4)), "head": rng.normal(0, 0.5, (4, 2))}


def batches(rng):
    while True:
        yield {"images": rng.normal(0.5, 1, (4, 5, 5, 3)), "wanted": rng.normal(size=(4, 2))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        mixed = (batch["images"] @ params["mix"]).permute(0, 3, 1, 2)
        pooled = functional.avg_pool2d(mixed, 3, stride=1, padding=1, count_include_pad=False)
        seen = torch.relu(pooled)
        output = seen.mean(dim=(2, 3)) @ params["head"]
        return functional.smooth_l1_loss(output, batch["wanted"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        mixed = tf.tensordot(batch["images"], params["mix"], axes=1)
        pooled = tf.nn.avg_pool2d(mixed, ksize=3, strides=1, padding="SAME")
        seen = tf.nn.relu(pooled)
        output = tf.reduce_mean(seen, axis=[1, 2]) @ params["head"]
        error = tf.abs(output - batch["wanted"])
        return tf.reduce_mean(tf.where(error < 1, 0.5 * tf.square(error), error - 0.5))

    return net
