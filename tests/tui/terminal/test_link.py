"""Frames on a slow way to the terminal, by a terminal that answers when it has drawn what came before."""

from __future__ import annotations

import pytest

from fwtui.tui.common.frame_rate import SSH_FPS, USUAL_FPS, FrameRate, usual_fps
from fwtui.tui.terminal.link import QUERY, Link


class Terminal:
    """Draws so many bytes a second, and answers each query in its turn."""

    def __init__(self, bytes_s, latency_s=0.0, answers=True):
        self.now, self.free_at = 0.0, 0.0
        self.bytes_s, self.latency_s, self.answers = bytes_s, latency_s, answers
        self.due = []
        self.link = Link(self.write, lambda: self.now)
        self.link.begin()

    def write(self, text):
        self.free_at = max(self.free_at, self.now) + len(text) / self.bytes_s
        if text == QUERY and self.answers:
            self.due.append(self.free_at + self.latency_s)

    def frame(self, size):
        self.write(" " * size)
        self.link.wrote()

    def runs(self, seconds, frame_bytes):
        """Draws whenever it may; the longest that a key's paint would have waited, and how many frames."""
        frames, longest, until = 0, 0.0, self.now + seconds
        while self.now < until:
            self.now += 0.1
            while self.due and self.due[0] <= self.now:
                self.due.pop(0)
                self.link.answered()
            longest = max(longest, self.free_at - self.now)
            if self.link.takes_frame():
                self.frame(frame_bytes)
                frames += 1
        return longest, frames


def test_on_a_slow_way_no_frame_waits_for_another():
    terminal = Terminal(bytes_s=4_000)
    terminal.runs(1, 0)
    longest, frames = terminal.runs(60, 2_000)
    assert longest < 0.6
    assert 20 < frames < 70, "half of the way stays free"


def test_a_quick_way_takes_every_other_tick_at_least():
    terminal = Terminal(bytes_s=1e8)
    terminal.runs(1, 0)
    _, frames = terminal.runs(10, 5_000)
    assert frames >= 33


def test_a_long_way_is_no_slow_one():
    terminal = Terminal(bytes_s=1e8, latency_s=0.25)
    terminal.runs(2, 0)
    _, frames = terminal.runs(10, 5_000)
    assert frames >= 20


def test_a_terminal_that_does_not_answer_gets_all_frames():
    terminal = Terminal(bytes_s=1e8, answers=False)
    assert terminal.runs(10, 5_000)[1] == pytest.approx(100, abs=2)


def test_a_terminal_that_answers_no_more_gets_frames_again():
    terminal = Terminal(bytes_s=1e8)
    terminal.runs(1, 10)
    terminal.answers = False
    terminal.runs(40, 10)
    assert terminal.runs(10, 10)[1] > 50


def test_an_answer_that_nobody_asked_for_is_nothing():
    link = Link(lambda text: None, lambda: 0.0)
    link.answered()
    assert link.takes_frame()


@pytest.mark.parametrize(("fps", "every"), [(5, 2), (2.5, 4), (10, 1), (1, 10), (0.5, 20), (7, 1)])
def test_the_rate_in_ticks(fps, every):
    rate = FrameRate(fps, 0.1, lambda: True)
    due = [rate.is_due() for _ in range(60)]
    assert [at for at, one in enumerate(due) if one][:2] == [every - 1, 2 * every - 1]


def test_a_frame_that_is_not_taken_comes_as_soon_as_it_is():
    takes = False
    rate = FrameRate(5, 0.1, lambda: takes)
    assert not any(rate.is_due() for _ in range(9))
    takes = True
    assert rate.is_due()
    assert not rate.is_due()


def test_over_ssh_it_is_half():
    assert usual_fps({}) == USUAL_FPS
    assert usual_fps({"SSH_TTY": "/dev/pts/1"}) == usual_fps({"SSH_CONNECTION": "a b"}) == SSH_FPS
