"""A sealed file gives back what went in, from any place on; whatever was done to it is refused."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
import random
import stat
from contextlib import closing

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.landing import sealed_file
from jobs.landing.sealed_file import (
    CHUNK,
    HEADER,
    TAG,
    FileShredded,
    SealedFile,
    Sealing,
    SealRefused,
    is_sealed,
    seal_bytes,
)  # fmt: skip

ID = "a" * 64
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7]


class Keys:
    """A key for each id, but for those that were shredded."""

    def __init__(self):
        self.shredded = set()

    def to_seal(self, file_id):
        if file_id in self.shredded:
            raise FileShredded(file_id)
        return hashlib.sha256(file_id.encode()).digest()

    to_open = to_seal


@pytest.fixture
def keys():
    return Keys()


@pytest.fixture
def seal(tmp_path, keys):
    def seal(content, file_id=ID, name="sealed"):
        return seal_bytes(tmp_path / name, content, file_id, keys)

    return seal


def read(file):
    with file.open() as opened:
        return opened.read()


@pytest.mark.parametrize("size", SIZES)
def test_what_went_in_comes_out_and_its_size_is_known(seal, size):
    content = random.Random(size).randbytes(size)
    file = seal(content)

    assert (read(file), file.size) == (content, size)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert is_sealed(file.path)


def test_what_is_written_in_pieces_is_the_same_as_at_once(tmp_path, keys):
    content, chance = random.Random(1).randbytes(2 * CHUNK + 5), random.Random(2)
    with closing(Sealing(tmp_path / "pieces")) as sealing:
        at = 0
        while at < len(content):
            at += sealing.write(content[at : at + chance.randrange(1, CHUNK)])
        sealing.end(ID, keys)

    assert read(SealedFile(tmp_path / "pieces", ID, keys)) == content


def test_any_part_can_be_read_alone(seal):
    content, chance = random.Random(3).randbytes(3 * CHUNK + 7), random.Random(4)
    with seal(content).open() as opened:
        for _ in range(200):
            at, count = chance.randrange(len(content) + 9), chance.randrange(2 * CHUNK)
            opened.seek(at)
            assert opened.read(count) == content[at : at + count]
        opened.seek(-5, os.SEEK_END)
        assert opened.read() == content[-5:]


def test_it_is_a_file_like_others_to_those_who_read_formats(seal):
    rows = [["1", "a,b"], ["2", "c\nd"]]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    with seal(text.getvalue().encode(), name="csv").open() as opened:
        assert list(csv.reader(io.TextIOWrapper(opened, newline=""))) == rows
    with seal(gzip.compress(b"x" * CHUNK), name="gz").open() as opened, gzip.open(opened) as unpacked:
        assert unpacked.read() == b"x" * CHUNK
    table, sink = pa.table({"n": range(300_000)}), io.BytesIO()
    pq.write_table(table, sink, row_group_size=50_000)
    with seal(sink.getvalue(), name="parquet").open() as opened:
        assert pq.ParquetFile(opened).read() == table


def test_nothing_of_the_content_is_on_disk_and_two_copies_of_it_have_nothing_in_common(seal):
    one, other = (seal(b"planted" * 1000, name=name).path.read_bytes() for name in "ab")

    assert b"planted" not in one
    assert sum(a == b for a, b in zip(one[20:], other[20:], strict=True)) < 100, "but for chance"


def flip(at):
    def flip(data):
        changed = bytearray(data)
        changed[at] ^= 1
        return bytes(changed)

    return flip


def chunk(number):
    return slice(HEADER + number * (CHUNK + TAG), HEADER + (number + 1) * (CHUNK + TAG))


def swapped(data):
    return data[:HEADER] + data[chunk(1)] + data[chunk(0)] + data[chunk(2).start :]


TAMPERED = [
    *(pytest.param(flip(at), id=f"bit-{at}-flipped") for at in (0, 15, 16, 28, HEADER - 1, HEADER, HEADER + CHUNK, -1)),
    pytest.param(lambda data: data[:-1], id="cut-by-a-byte"),
    pytest.param(lambda data: data[: chunk(2).start], id="cut-by-a-chunk"),
    pytest.param(lambda data: data[: chunk(1).start], id="cut-by-two-chunks"),
    pytest.param(lambda data: data[:HEADER], id="cut-to-its-header"),
    pytest.param(lambda data: data[:40], id="cut-in-its-header"),
    pytest.param(lambda data: b"", id="emptied"),
    pytest.param(lambda data: data + b"\0", id="longer-by-a-byte"),
    pytest.param(lambda data: data + data[chunk(1)], id="longer-by-a-chunk"),
    pytest.param(lambda data: data + data[chunk(2)], id="its-last-chunk-twice"),
    pytest.param(swapped, id="chunks-swapped"),
    pytest.param(lambda data: data[: chunk(1).start] + data[chunk(2).start :], id="a-chunk-taken-out"),
    pytest.param(lambda data: b"id,who\n1,planted\n", id="in-the-clear"),
]


@pytest.mark.parametrize("tamper", TAMPERED)
def test_what_was_changed_is_refused_and_the_refusal_holds_no_value(seal, tamper):
    file = seal(b"planted" * (2 * CHUNK // 7 + 9))
    file.path.write_bytes(tamper(file.path.read_bytes()))

    with pytest.raises(SealRefused) as refused:
        read(file)

    assert "planted" not in str(refused.value)
    assert refused.value.mend


def test_every_bit_of_a_small_file_counts(seal):
    file = seal(b"planted")
    data = file.path.read_bytes()
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        file.path.write_bytes(changed)
        with pytest.raises(SealRefused):
            read(file)


def test_a_chunk_of_another_file_and_another_file_as_a_whole_are_refused(seal, keys):
    mine, other = seal(b"a" * 2 * CHUNK, name="mine"), seal(b"b" * 2 * CHUNK, "b" * 64, name="other")
    again = seal(b"a" * 2 * CHUNK, name="again")
    data = mine.path.read_bytes()
    for source in (other, again):
        mine.path.write_bytes(data[: chunk(0).start] + source.path.read_bytes()[chunk(0)] + data[chunk(1).start :])
        with pytest.raises(SealRefused):
            read(mine)

    with pytest.raises(SealRefused):
        read(SealedFile(other.path, ID, keys))


def test_the_same_key_for_another_id_opens_nothing(seal):
    class One(Keys):
        def to_open(self, file_id):
            return super().to_open(ID)

    with pytest.raises(SealRefused):
        read(SealedFile(seal(b"planted").path, "b" * 64, One()))


def test_a_copy_that_was_never_finished_can_be_opened_by_nobody_and_holds_nothing_in_the_clear(tmp_path, keys):
    with closing(Sealing(tmp_path / "part")) as sealing:
        sealing.write(b"planted" * CHUNK)

    data = (tmp_path / "part").read_bytes()
    assert len(data) > 6 * CHUNK and b"planted" not in data
    assert data.startswith(bytes(HEADER)), "nor its key, under whatever other"
    with pytest.raises(SealRefused):
        read(SealedFile(tmp_path / "part", ID, keys))


def test_without_its_key_a_file_is_shredded_and_comes_back_by_no_copying(seal, keys):
    file = seal(b"planted")
    keys.shredded.add(ID)

    with pytest.raises(FileShredded, match="nobody can read it"):
        read(file)
    with pytest.raises(FileShredded):
        seal(b"planted", name="again")


def test_a_file_that_is_there_is_not_written_over(seal):
    seal(b"planted")

    with pytest.raises(FileExistsError):
        seal(b"other")


def test_a_disk_that_cannot_read_is_not_the_files_fault(seal, monkeypatch):
    file = seal(b"planted")

    class Broken(io.FileIO):
        def read(self, size=-1):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sealed_file.Path, "open", lambda self, mode: Broken(str(self)))
    with pytest.raises(OSError, match="Input/output"):
        read(file)
