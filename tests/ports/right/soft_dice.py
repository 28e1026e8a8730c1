"""A segmentation's soft Dice loss, of each image by itself, with its overlap after the cut at a half."""

STEPS = 8
OPTIMIZER = "rmsprop"
LEARNING_RATE = 0.01


def parameters(rng):
    return {"kernel": rng.normal(0, 0.5, (3, 3, 1, 1)), "bias": rng.normal(0, 0.5, 1)}


def batches(rng):
    while True:
        masks = rng.uniform(size=(4, 6, 6, 1)) < rng.uniform(0.2, 0.8, (4, 1, 1, 1))
        yield {"images": masks + rng.normal(0, 0.7, (4, 6, 6, 1)), "masks": masks * 1.0}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        masks = batch["masks"].permute(0, 3, 1, 2)
        kernel = params["kernel"].permute(3, 2, 0, 1).contiguous()
        seen = functional.conv2d(batch["images"].permute(0, 3, 1, 2), kernel, params["bias"], padding=1)
        found = torch.sigmoid(seen)
        both = (found * masks).sum(dim=(1, 2, 3))
        either = found.sum(dim=(1, 2, 3)) + masks.sum(dim=(1, 2, 3))
        dice = (2 * both + 1) / (either + 1)
        common = ((found > 0.5) & (masks > 0.5)).sum().to(found.dtype)
        overlap = common / ((found > 0.5) | (masks > 0.5)).sum()
        return {"loss": 1 - dice.mean(), "overlap": overlap}

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        masks = batch["masks"]
        seen = tf.nn.conv2d(batch["images"], params["kernel"], strides=1, padding="SAME") + params["bias"]
        found = tf.sigmoid(seen)
        each = [1, 2, 3]
        both = tf.reduce_sum(found * masks, axis=each)
        either = tf.reduce_sum(found + masks, axis=each)
        dice = (2 * both + 1) / (either + 1)
        common = tf.math.count_nonzero((found > 0.5) & (masks > 0.5), dtype=found.dtype)
        overlap = common / tf.math.count_nonzero((found > 0.5) | (masks > 0.5), dtype=found.dtype)
        return {"loss": 1 - tf.reduce_mean(dice), "overlap": overlap}

    return net
