import pytest

from fwtui.format.environments import environment_name


@pytest.mark.parametrize(
    ("python", "name"),
    [
        ("/home/me/envs/torch/bin/python", "torch"),
        ("/home/me/port/.venv/bin/python3.12", "port/.venv"),
        ("/usr/bin/python3", "python3"),
        ("/usr/local/bin/python3", "python3"),
        ("/bin/python3", "python3"),
        ("/opt/torch/python", "torch"),
        ("python3", "python3"),
        ("fwtui's own", "fwtui's own"),
    ],
)
def test_an_interpreters_environment(python, name):
    assert environment_name(python) == name
