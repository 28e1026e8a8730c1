"""A strided convolution with TensorFlow's `SAME` padding, which is uneven at stride 2."""

STEPS = 12
OPTIMIZER = "momentum"
LEARNING_RATE = 0.02


def parameters(rng):
    return {"kernel": rng.normal(0, 0.3, (3, 3, 2, 4)), "head": rng.normal(0, 0.3, (4, 3))}


def batches(rng):
    while True:
        yield {"images": rng.normal(size=(5, 8, 8, 2)), "classes": rng.integers(0, 3, 5)}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        images = batch["images"].permute(0, 3, 1, 2)
        kernel = params["kernel"].permute(3, 2, 0, 1)
        seen = functional.conv2d(functional.pad(images, (0, 1, 0, 1)), kernel, stride=2)
        seen = torch.relu(seen)
        logits = seen.mean(dim=(2, 3)) @ params["head"]
        return functional.cross_entropy(logits, batch["classes"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        seen = tf.nn.conv2d(batch["images"], params["kernel"], strides=2, padding="SAME")
        seen = tf.nn.relu(seen)
        logits = tf.reduce_mean(seen, axis=[1, 2]) @ params["head"]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=batch["classes"], logits=logits)
        return tf.reduce_mean(each)

    return net
