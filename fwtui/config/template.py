"""The configuration file to begin with: every kind of setting, commented out."""

TEMPLATE = """\
# The configuration of fwtui. What is typed comes first, then environment variables such as FWTUI_SEED, then
# this file. `fwtui config` shows what holds.

[defaults]
# Options, for every command that has them.
# seed = 1
# lanes = ["tf.function", "torch.eager", "torch.compile"]
# size = {hidden = 512}

# Of one command alone; `live` is plain `fwtui`.
# [defaults.live]
# theme = "fwtui-light"
# fps = 4
# [defaults.bench]
# steps = 2000

[interpreters]
# In which environment each framework's lanes run; without a line, in fwtui's own.
# torch = "~/envs/torch"
# tensorflow = "~/envs/tensorflow"

# A host for lanes, as in --lane 'torch.eager ssh=gpu1'. `ssh` is what OpenSSH's client knows it by.
# [hosts.gpu1]
# ssh = "me@gpu1.example"
# python = "/opt/python/bin/python3"
# torch = "/opt/torch/bin/python"

[keys]
# Other keys for the screen's actions; `fwtui config --json` lists all actions.
# pause = "space,P"
"""
