from dataclasses import replace

from fwtui.backends import catalogue
from fwtui.tui.dialogs.choices import backend_choices, workload_choices
from tests import scripted
from tests.tui import still
from tests.tui.still import race


def test_a_workload_without_a_net_for_a_lane_cannot_be_chosen(monkeypatch):
    torch, tensorflow = catalogue.entry("torch.eager"), catalogue.entry("tf.function")
    mine = replace(torch.framework, key="mine", title="Mine", eager="")
    model = still.still_model(race("tf.function", "torch.eager"))
    assert {choice.refusal for choice in workload_choices(model)} == {None}
    scripted.offer(monkeypatch, [tensorflow, replace(torch, framework=mine)])
    assert {choice.refusal for choice in workload_choices(model)} == {"no net for Mine"}


def test_long_names_leave_the_columns_of_backends_straight(monkeypatch):
    torch, tensorflow = catalogue.entry("torch.eager"), catalogue.entry("tf.function")
    long = replace(torch, name="torch.with_a_name_of_many_letters")
    model = still.still_model(race("tf.function", "torch.eager"))
    scripted.offer(monkeypatch, [tensorflow, torch, long])
    labels = [choice.label for choice in backend_choices(model, 0)]
    assert {min(label.find("dynamic"), label.find("static")) < 0 for label in labels} == {True}
    assert len({max(label.find("dynamic"), label.find("static")) for label in labels}) == 1
