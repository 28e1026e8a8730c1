"""What comes through a process's pipes, in whatever pieces it comes."""

import os
import random
import threading

import pytest

from fwtui.core.codec import NotAMessageError
from fwtui.core.records import Alive, LogLine, Steps
from fwtui.lane.messages import from_lane
from fwtui.lane.wire import Frames, framed
from fwtui.race.processes.inbox import LOG_LINE_MAX, LOG_LINES_MAX, Inbox, clean


def sent_as(record):
    return b"".join(framed(record))


@pytest.fixture
def pipes():
    (records, records_in), (log, log_in) = os.pipe(), os.pipe()
    inbox = Inbox(records, log, Frames(from_lane()))
    yield inbox, records_in, log_in
    inbox.close()
    for fd in (records_in, log_in):
        try:
            os.close(fd)
        except OSError:
            continue


def test_records_arrive_whole_in_whatever_pieces_they_come(pipes):
    inbox, records_in, _ = pipes
    random.seed(0)
    sent = [Steps(n, os.urandom(8 * n), os.urandom(8 * n), ()) for n in range(60)]
    stream, came = b"".join(map(sent_as, sent)), []
    while stream:
        size = random.randint(1, 3000)
        os.write(records_in, stream[:size])
        stream = stream[size:]
        came += inbox.read(1)
    assert came == sent
    assert inbox.open
    os.close(records_in)
    assert inbox.read(1) == []
    assert not inbox.open


def test_a_record_that_stops_in_the_middle_is_not_waited_for(pipes):
    inbox, records_in, _ = pipes
    os.write(records_in, sent_as(Alive(1, 2))[:-1])
    quiet_since = inbox.heard_at
    assert inbox.read(1) == []
    assert inbox.heard_at > quiet_since, "a piece is an answer"
    heard_at = inbox.heard_at
    assert inbox.read(0.01) == []
    assert inbox.heard_at == heard_at


@pytest.mark.parametrize("garbage", [b"hello from sitecustomize\n", b"\x00\x00\x00\x04abcd"])
def test_what_is_no_record(pipes, garbage):
    inbox, records_in, _ = pipes
    os.write(records_in, garbage)
    with pytest.raises(NotAMessageError):
        inbox.read(1)


def test_log_lines_are_whole_short_and_clean(pipes):
    inbox, _, log_in = pipes
    os.write(log_in, b"one\ntw")
    assert inbox.read(1) == [LogLine("one")]
    os.write(log_in, "o \x1b[1;31mred\x1b[0m\x07 \x1b]0;title\x07\tü\x9b\r\n\nlast".encode())
    assert inbox.read(1) == [LogLine("two red         ü"), LogLine("")]
    os.close(log_in)
    assert inbox.read(1) == [LogLine("last")]
    assert inbox.open


def test_a_line_without_end_comes_in_pieces(pipes):
    inbox, _, log_in = pipes
    os.write(log_in, b"x" * (3 * LOG_LINE_MAX + 5))
    assert [len(line.text) for line in inbox.read(1)] == [LOG_LINE_MAX] * 3 + [5]


def test_of_a_flood_the_last_lines_come_and_the_others_are_counted(pipes):
    inbox, _, log_in = pipes
    text = b"".join(b"line %d\n" % n for n in range(100_000))

    def flood():
        rest = text
        while rest:
            rest = rest[os.write(log_in, rest) :]
        os.close(log_in)

    writer = threading.Thread(target=flood)
    writer.start()
    came = []
    while len(came) < 2 or came[-1].text != "line 99999":
        came += inbox.read(1)
    writer.join()
    numbers = [int(line.text.split()[1]) for line in came if line.text.startswith("line")]
    left_out = [int(line.text.split()[1].replace(",", "")) for line in came if line.text.startswith("…")]
    assert numbers == sorted(numbers)
    assert numbers[-LOG_LINES_MAX // 2 :] == list(range(100_000 - LOG_LINES_MAX // 2, 100_000))
    assert sum(left_out) + len(numbers) == 100_000
    assert left_out


def test_the_log_comes_before_the_records_of_the_same_moment(pipes):
    inbox, records_in, log_in = pipes
    os.write(records_in, sent_as(Alive(1, 2)))
    os.write(log_in, b"why\n")
    assert inbox.read(1) == [LogLine("why"), Alive(1, 2)]


def test_what_is_left_is_read_without_waiting_for_others_that_hold_the_pipe(pipes):
    inbox, records_in, log_in = pipes
    os.close(records_in)
    os.write(log_in, b"the last\n")
    assert inbox.rest(0.1) == [LogLine("the last")]


def test_after_what_is_no_record_the_log_is_still_read(pipes):
    inbox, records_in, log_in = pipes
    os.write(records_in, b"hello from sitecustomize\n" * 10)
    with pytest.raises(NotAMessageError):
        inbox.read(1)
    os.write(records_in, b"and more of it\n" * 10)
    os.write(log_in, b"the last\n")
    assert inbox.rest(0.1) == [LogLine("the last")]


def test_nothing_that_a_terminal_heeds_is_left():
    assert clean("".join(map(chr, range(256)))).isprintable() is False  # the tab and no-break space stay
    kept = set(clean("".join(map(chr, range(256)))))
    assert not kept & {chr(n) for n in [*range(9), *range(11, 32), *range(127, 160)]}
