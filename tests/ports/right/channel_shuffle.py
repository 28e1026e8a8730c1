"""ShuffleNet's grouped convolution and channel shuffle, with the groups split by hand in TensorFlow."""

STEPS = 10
OPTIMIZER = "sgd"
LEARNING_RATE = 0.05


def parameters(rng):
    return {
        "first": rng.normal(0, 0.3, (3, 3, 2, 6)),
        "second": rng.normal(0, 0.3, (3, 3, 3, 4)),
        "head": rng.normal(0, 0.5, (4, 2)),
    }


def batches(rng):
    while True:
        yield {"images": rng.normal(size=(4, 5, 5, 4)), "classes": rng.integers(0, 2, 4)}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        images = batch["images"].permute(0, 3, 1, 2)
        seen = functional.conv2d(images, params["first"].permute(3, 2, 0, 1), padding=1, groups=2)
        seen = functional.silu(seen)
        seen = seen.reshape(-1, 2, 3, 5, 5).transpose(1, 2).reshape(-1, 6, 5, 5)
        seen = functional.conv2d(seen, params["second"].permute(3, 2, 0, 1), padding=1, groups=2)
        logits = seen.amax(dim=(2, 3)) @ params["head"]
        return functional.cross_entropy(logits, batch["classes"])

    return net


def tensorflow_loss():
    import tensorflow as tf

    def grouped(images, kernel):
        halves = zip(tf.split(images, 2, axis=3), tf.split(kernel, 2, axis=3), strict=True)
        return tf.concat([tf.nn.conv2d(x, k, strides=1, padding="SAME") for x, k in halves], axis=3)

    def net(params, batch):
        seen = grouped(batch["images"], params["first"])
        seen = tf.nn.silu(seen)
        seen = tf.reshape(tf.einsum("nhwgc->nhwcg", tf.reshape(seen, [-1, 5, 5, 2, 3])), [-1, 5, 5, 6])
        seen = grouped(seen, params["second"])
        logits = tf.reduce_max(seen, axis=[1, 2]) @ params["head"]
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=batch["classes"], logits=logits)
        return tf.reduce_mean(each)

    return net
