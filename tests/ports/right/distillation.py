"""A student that learns a teacher's soft answers, by the divergence at a temperature of 4."""

STEPS = 10
OPTIMIZER = "sgd"
LEARNING_RATE = 0.1


def parameters(rng):
    return {"weight": rng.normal(0, 0.7, (5, 4)), "bias": rng.normal(0, 0.2, 4)}


def batches(rng):
    while True:
        points = rng.normal(size=(6, 5))
        yield {"points": points, "teacher": 3 * points[:, :4], "classes": points[:, :4].argmax(axis=1)}


def torch_loss():
    from torch.nn import functional

    def net(params, batch):
        logits = batch["points"] @ params["weight"] + params["bias"]
        student = functional.log_softmax(logits / 4, dim=1)
        teacher = functional.softmax(batch["teacher"] / 4, dim=1)
        divergence = functional.kl_div(student, teacher, reduction="batchmean")
        hard = functional.cross_entropy(logits, batch["classes"])
        return 16 * divergence + hard

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        logits = batch["points"] @ params["weight"] + params["bias"]
        student = tf.nn.log_softmax(logits / 4)
        teacher = tf.nn.log_softmax(batch["teacher"] / 4)
        divergence = tf.reduce_mean(tf.reduce_sum(tf.exp(teacher) * (teacher - student), axis=1))
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=batch["classes"], logits=logits)
        hard = tf.reduce_mean(each)
        return 16 * divergence + hard

    return net
