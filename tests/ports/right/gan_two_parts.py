"""A generator and a discriminator in one step: each is trained by its own part of the loss alone."""

STEPS = 10
OPTIMIZER = "rmsprop"
LEARNING_RATE = 0.003


def parameters(rng):
    return {
        "generator": rng.normal(0, 0.7, (3, 4)),
        "judge": rng.normal(0, 0.5, (4, 5)),
        "verdict": rng.normal(0, 0.5, (5, 1)),
    }


def batches(rng):
    while True:
        yield {"real": rng.normal(1, 0.5, (8, 4)), "noise": rng.normal(size=(8, 3))}


def torch_loss():
    import torch
    from torch.nn import functional

    def net(params, batch):
        judge, verdict = params["judge"], params["verdict"]
        fake = torch.tanh(batch["noise"] @ params["generator"])
        real_logits = torch.relu(batch["real"] @ judge) @ verdict
        fake_logits = torch.relu(fake.detach() @ judge) @ verdict
        fooled_logits = torch.relu(fake @ judge.detach()) @ verdict.detach()
        judged = functional.softplus(-real_logits).mean() + functional.softplus(fake_logits).mean()
        made = functional.softplus(-fooled_logits).mean()
        return {"loss": judged + made, "generator_loss": made}

    return net


def tensorflow_loss():
    import tensorflow as tf

    def net(params, batch):
        judge, verdict = params["judge"], params["verdict"]
        fake = tf.tanh(batch["noise"] @ params["generator"])
        real_logits = tf.nn.relu(batch["real"] @ judge) @ verdict
        fake_logits = tf.nn.relu(tf.stop_gradient(fake) @ judge) @ verdict
        fooled_logits = tf.nn.relu(fake @ tf.stop_gradient(judge)) @ tf.stop_gradient(verdict)
        judged = tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits))
        made = tf.reduce_mean(tf.nn.softplus(-fooled_logits))
        return {"loss": judged + made, "generator_loss": made}

    return net
