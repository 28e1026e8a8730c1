"""`--data`: whatever lies there, one line names it and says what is wrong, and nothing is waited for."""

import os
import re
import socket
import struct
import zipfile

import numpy as np
import pytest

from fwtui.core.inputs import SpecError
from fwtui.workloads.user import data as own_data

ESCAPES = "x\x1b]52;c;aGk=\x07"


def refused(path, read=own_data.check):
    with pytest.raises(SpecError) as error:
        read(str(path))
    line = str(error.value)
    assert line.isprintable()
    assert len(line) < 400
    assert line.startswith("--data: got '")
    assert path.name[-40:] in line or line.count("?")
    return re.search(r"\((.*)\)$", line)[1]


def npy(shape=(3,), descr="<f8", data=b"\0" * 24, version=b"\x01\x00"):
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}\n".encode()
    return b"\x93NUMPY" + version + struct.pack("<H", len(header)) + header + data


def zipped(path, packed=zipfile.ZIP_STORED, **members):
    with zipfile.ZipFile(path, "w", packed) as file:
        for name, data in members.items():
            file.writestr(f"{name}.npy", data)
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data.npz"


def test_arrays_of_numbers_are_read_as_numpy_does(path):
    given = {
        "a": np.arange(6.0).reshape(2, 3),
        "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "none": np.zeros((0, 3), np.int32),
        "scalar": np.array(1.5),
        "flags": np.array([True, False]),
        "waves": np.array([1 + 2j]),
    }
    for save in (np.savez, np.savez_compressed):
        save(path, **given)
        own_data.check(str(path))
        read = own_data.read(str(path))
        assert list(read) == list(given)
        for name, array in given.items():
            np.testing.assert_array_equal(read[name], array)
            assert read[name].dtype == array.dtype
            assert not read[name].flags.writeable


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing(path, packed):
    assert own_data.read(str(zipped(path, packed, x=npy())))["x"].tolist() == [0, 0, 0]


def test_what_is_no_file(path):
    os.mkfifo(path)
    assert refused(path) == refused(path, own_data.read) == "it is a pipe"
    path.unlink()
    path.symlink_to("/dev/zero")
    assert refused(path).endswith("it is a device")
    path.unlink()
    path.mkdir()
    assert refused(path).endswith("it is a folder")
    path.rmdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        refused(path)


NO_ARCHIVES = {
    "nothing": b"",
    "two letters": b"PK",
    "text": b"no arrays",
    "an end alone": b"PK\x05\x06" + b"\xff" * 18,
    "noise": np.random.default_rng(0).bytes(1000),
}


@pytest.mark.parametrize("data", NO_ARCHIVES.values(), ids=NO_ARCHIVES)
def test_what_is_no_archive(path, data):
    path.write_bytes(data)
    assert refused(path) == "it is none"


def test_what_is_no_archive_of_arrays(path):
    assert refused(zipped(path)) == "it holds no array"
    assert refused(zipped(path, notes=b"no array")).startswith("'notes' is no array that can be read")
    assert (
        refused(zipped(path, x=npy(), **{"fields": npy(version=b"\x03\x00")}))
        == "'fields' is no array of numbers"
    )
    zipped(path, x=npy())
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("x.npy", npy())
    assert refused(path) == "it holds 'x' 2 times"


@pytest.mark.parametrize("descr", ["|O", "<U5", "|S3", "<M8[s]", [("a", "<f8")]])
def test_what_are_no_numbers(path, descr):
    assert refused(zipped(path, x=npy(descr=descr))).endswith("which are no numbers")


OTHER_SIZES = {
    "far too many": npy(shape=(2**70,)),
    "digits": npy(shape=(10**4000,)),
    "fewer than none": npy(shape=(-3,)),
    "one byte short": npy(data=b"\0" * 23),
    "one byte left": npy(data=b"\0" * 25),
    "nothing behind": npy(shape=(2**62, 8), data=b""),
}


@pytest.mark.parametrize("array", OTHER_SIZES.values(), ids=OTHER_SIZES)
def test_a_header_that_says_another_size_than_there_is(path, array):
    assert re.match(r"'x' says that it is .*, and holds [\d,]+ bytes$", refused(zipped(path, x=array)))


NO_HEADERS = {
    "a call": b"{'descr': __import__('os')}",
    "too deep": b"(" * 5000,
    "empty": b"{}",
    "no text": b"\xff\xff",
}


@pytest.mark.parametrize("header", NO_HEADERS.values(), ids=NO_HEADERS)
def test_a_header_that_is_none(path, header):
    array = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    assert refused(zipped(path, x=array)).startswith("'x' is no array that can be read")


def test_what_does_not_fit_into_memory_is_not_unpacked(path, monkeypatch):
    zipped(
        path, zipfile.ZIP_DEFLATED, x=npy((2**20,), "|i1", bytes(2**20)), y=npy((2**20,), "|i1", bytes(2**20))
    )
    monkeypatch.setattr(own_data, "free_bytes", lambda: 2**21)
    own_data.check(str(path))
    monkeypatch.setattr(own_data, "free_bytes", lambda: 2**21 - 1)
    monkeypatch.setattr(np.lib.format, "read_array", None)
    assert refused(path) == refused(path, own_data.read) == "its arrays take 0.0 GB, and 0.0 GB are free"


def changed(path, at, value, of=b"PK\x01\x02", besides=b"PK\x03\x04"):
    """Two bytes of the member's entry in the archive's list, and of the one before its data, changed."""
    data = bytearray(path.read_bytes())
    for mark, offset in ((of, at), (besides, at - 2)):
        place = data.index(mark) + offset
        data[place : place + 2] = struct.pack("<H", value)
    path.write_bytes(data)
    return path


def test_a_member_that_is_encrypted_or_packed_in_an_unknown_way(path):
    assert "encrypted" in refused(changed(zipped(path, x=npy()), 8, 1))
    assert "'x' is no array that can be read" in refused(changed(zipped(path, x=npy()), 10, 77))


def test_a_member_that_is_damaged_behind_its_header(path):
    zipped(path, zipfile.ZIP_DEFLATED, x=npy((4000,), "<f8", np.random.default_rng(0).bytes(32_000)))
    data = bytearray(path.read_bytes())
    data[20_000:20_100] = bytes(100)
    path.write_bytes(data)
    own_data.check(str(path))
    assert refused(path, own_data.read).startswith("'x' cannot be read: ")


def test_a_members_name_does_not_reach_the_terminal(path):
    assert "\x1b" not in refused(zipped(path, **{ESCAPES: b"no array"}))
