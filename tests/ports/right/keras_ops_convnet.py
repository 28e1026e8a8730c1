"""A small convolutional net in Keras's operations, among them Keras's padding at stride 2."""

STEPS = 10
OPTIMIZER = "adamw"
LEARNING_RATE = 0.01


def parameters(rng):
    return {
        "first": rng.normal(0, 0.4, (3, 3, 1, 3)),
        "second": rng.normal(0, 0.4, (3, 3, 3, 4)),
        "head": rng.normal(0, 0.5, (4, 3)),
    }


def batches(rng):
    while True:
        yield {"images": rng.normal(size=(4, 8, 8, 1)), "classes": rng.integers(0, 3, 4)}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        images = functional.pad(batch["images"].permute(0, 3, 1, 2), (0, 1, 0, 1))
        seen = functional.conv2d(images, params["first"].permute(3, 2, 0, 1), stride=2)
        seen = functional.silu(seen)
        seen = functional.conv2d(seen, params["second"].permute(3, 2, 0, 1), padding="same")
        seen = functional.relu(seen)
        pooled = functional.max_pool2d(seen, 2).mean(dim=(2, 3))
        return functional.cross_entropy(pooled @ params["head"], batch["classes"])

    return net


def tensorflow_loss():
    from tensorflow.keras import ops

    def net(params, batch):
        seen = ops.conv(batch["images"], params["first"], strides=2, padding="same")
        seen = ops.silu(seen)
        seen = ops.conv(seen, params["second"], padding="same")
        seen = ops.relu(seen)
        pooled = ops.mean(ops.max_pool(seen, 2), axis=(1, 2))
        logits = ops.matmul(pooled, params["head"])
        return ops.mean(ops.sparse_categorical_crossentropy(batch["classes"], logits, from_logits=True))

    return net
