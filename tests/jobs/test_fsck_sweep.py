"""One bit of one byte, anywhere in anything that is stored: `geoward fsck` says so each time. Seeded; no Spark."""

from __future__ import annotations

import random
from collections import Counter
from zlib import crc32

import pytest

from jobs.audit_witness import audit_path
from jobs.damage import Checked, TablePlace
from jobs.fsck import fsck
from jobs.fsck_table import check_table
from jobs.run_lock import give_run_lock
from jobs.witnesses import Witness
from tests.jobs.damaged import D1, D2, data, flip, table, twice_published
from tests.jobs.publisher import TABLE, publish

pytestmark = pytest.mark.long


@pytest.fixture
def place(home):
    """A table with a checkpoint, and with the checksums that Spark keeps beside a file."""
    place = twice_published(home)
    for n in range(8):
        publish(place, f"more{n}", D2)
    path = data(place)
    blocks = [path.read_bytes()[at : at + 512] for at in range(0, path.stat().st_size, 512)]
    sums = b"crc\0\0\0\2\0" + b"".join(crc32(block).to_bytes(4, "big") for block in blocks)
    path.with_name(f".{path.name}.crc").write_bytes(sums)
    yield place
    give_run_lock(home)


def found(place):
    """Return what is wrong with the table as such, without any help of audit log and catalog."""
    where = TablePlace(place.region, TABLE.name)
    return list(check_table(where, Witness(), lambda: False, Checked(), lambda text: None))


def test_a_flipped_bit_is_found_at_every_byte_of_the_newest_manifest(place):
    newest, flips = sorted(table(place).glob("_manifest/*.json"))[-1], Counter()
    for at in range(newest.stat().st_size):
        missed(place, newest, at, flips)
    assert flips.total() > 400


def test_a_flipped_bit_is_found_anywhere_in_manifests_commits_data_checksums_and_checkpoints(place):
    rng, flips = random.Random(5), Counter()
    files = sorted(path for path in table(place).rglob("*") if path.is_file())
    for path in files:
        for at in rng.sample(range(path.stat().st_size), min(80, path.stat().st_size)):
            missed(place, path, at, flips)
    assert len(flips) == len(files) and flips.total() > 2000


def missed(place, path, at, flips):
    """Flip a bit, look, flip it back; fail if nothing was found."""
    bit = (at * 7 + 3) % 8
    flip(path, at, bit)
    assert found(place), f"{path.name}, byte {at}, bit {bit}"
    flip(path, at, bit)
    flips[path] += 1


def test_no_flipped_bit_in_catalog_or_audit_log_ends_the_check(place):
    """The catalog holds no sums of its own, so not each is found; what else is damaged is found all the same."""
    rng = random.Random(6)
    flip(data(place, "one", D1), 9)
    catalog = place.region.root / "catalog.sqlite"
    audited = sorted(path for path in audit_path(place.home).rglob("*") if path.is_file())
    for path in [catalog] * 40 + rng.choices(audited, k=40):
        at = rng.randrange(path.stat().st_size)
        flip(path, at)
        kinds = {one.kind for one in fsck(place.home, tables=(TABLE.name,), checked=Checked())}
        flip(path, at)
        assert "file_changed" in kinds, f"{path.name}, byte {at}"
        if path is not catalog and "checkpoint" not in path.name:  # of those nothing is read that is not elsewhere
            assert "audit_damaged" in kinds, f"{path.name}, byte {at}"
