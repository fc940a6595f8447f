"""What the first night's tables and files may not give away, judged by what the sample planted."""

from __future__ import annotations

import csv
import gzip
import re
import sqlite3
import stat
from collections import defaultdict
from datetime import timedelta

import h3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.secrets import content, forms, found_in, secrets_of

pytestmark = [pytest.mark.e2e, pytest.mark.spark]

FAKE_DEVICES = 3

CONTACT = re.compile(r"[\w.]+@example\.(?:com|org|net)|\+1-\d{3}-555-01\d\d|\+44 7700 900\d{3}")


def test_fakes_around_a_victim_open_no_cell(night):
    victim, fakes, home_cell = _planted(night)
    present = _accounts_by_cell_and_hour(night)
    attacked = [
        found for (cell, _), found in present.items() if cell == home_cell and victim in found and fakes <= found
    ]
    assert attacked, "the attack was planted: with the fakes, accounts alone would reach k"

    for row in (row for row in night.rows("curated.mobility") if row["status"] == "published"):
        inside = set().union(*(found for (cell, at), found in present.items() if _covers(row, cell, at)))
        honest = inside - fakes
        assert row["persons"] >= row["k"]
        assert len(honest) >= row["k"] - FAKE_DEVICES
        assert row["persons"] <= len(honest) + FAKE_DEVICES


def test_the_victims_home_is_not_published_in_any_hour(night):
    _, _, home_cell = _planted(night)

    around = [row for row in night.rows("curated.mobility") if _covers(row, home_cell)]

    assert around
    assert {(row["status"], row["persons"]) for row in around} == {("suppressed", None)}


def test_every_secret_is_where_it_is_kept_and_in_no_other_file(night):
    secrets = secrets_of(night.home)
    holding = {kind: found_in(night.home.path, values) for kind, values in secrets.items()}

    assert len(secrets["data keys of subjects"]) > 80 and len(secrets["tokens of subjects"]) > 80
    assert holding == {
        "the key-encryption key": {"keys/kek"},
        "keys of the keyset": set(),
        "tokens of subjects": {"vault/us.sqlite"},
        "data keys of subjects": set(),
    }, "what is wrapped is in no file in the clear"


def test_a_secret_that_leaks_in_any_form_is_found(night, tmp_path):
    (key, *_) = secrets_of(night.home)["keys of the keyset"]
    for number, form in enumerate(forms(key)):
        (tmp_path / f"leak-{number}.log").write_bytes(b"spark.conf " + form + b" more")
    (tmp_path / "leak.gz").write_bytes(gzip.compress(forms(key)[0]))
    pq.write_table(pa.table({"a": [forms(key)[1].decode()] * 9}), tmp_path / "leak.parquet")
    with sqlite3.connect(tmp_path / "leak.sqlite") as db:
        db.execute("CREATE TABLE a (b TEXT)")
        db.execute("INSERT INTO a VALUES (?)", (forms(key)[2].decode(),))

    assert found_in(tmp_path, [key]) == {path.name for path in tmp_path.iterdir()}


def test_identifiers_and_contacts_are_in_no_file_at_all(night):
    actors = [row["actor"] for row in csv.DictReader((night.sample / "us" / "actors.csv").open())]
    contacts = set(CONTACT.findall(gzip.decompress((night.sample / "us" / "actions.jsonl.gz").read_bytes()).decode()))
    pattern = re.compile("|".join(map(re.escape, [*actors, *contacts])).encode())
    holding = {path.relative_to(night.home.path) for path in _files(night.home.path) if pattern.search(content(path))}

    assert len(actors) == 80
    assert contacts
    assert holding == set(), "landed files and rows of raw, clean and quarantine are sealed"
    assert actors[0] in {row["actor_id"] for row in night.rows("raw.pings")}


def test_only_the_owner_may_read(night):
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in night.home.path.rglob("*")}
    layers = [path for path in night.root.iterdir() if path.is_dir()]
    secret = [
        p for p in _files(night.home.path) if p.suffix in (".parquet", ".sqlite", ".gz") and "audit" not in p.parts
    ]

    assert len(layers) >= 5
    for folder in (night.home.path, night.root, *layers, *(night.home.path / name for name in ("keys", "audit"))):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder.name
    for file in (
        *secret,
        *_files(night.home.path / "keys"),
        *_files(night.home.path / "vault"),
        *(night.root / "landing").iterdir(),
    ):
        assert modes[file] == 0o600, file.name


def _planted(night):
    abuse = {row["actor"]: row["abuse"] for row in night.truth("abuse.csv")}
    victim = _one([actor for actor, kind in abuse.items() if kind == "victim"])
    fakes = {actor for actor, kind in abuse.items() if kind == "fake_neighbor"}
    home = _one([row for row in night.truth("homes.csv") if row["actor"] == victim])
    return victim, fakes, h3.latlng_to_cell(float(home["home_lat"]), float(home["home_lon"]), 7)


def _accounts_by_cell_and_hour(night):
    """Return the accounts of each finest cell and hour that analytics may count."""
    present = defaultdict(set)
    for ping in night.rows("clean.pings"):
        if "analytics" in ping["purposes"]:
            hour = ping["event_time"].replace(minute=0, second=0, microsecond=0)
            present[h3.latlng_to_cell(ping["latitude"], ping["longitude"], 7), hour].add(ping["actor_id"])
    return dict(present)


def _covers(row, cell, at=None):
    inside = h3.cell_to_parent(cell, h3.get_resolution(row["cell"])) == row["cell"]
    return inside and (at is None or row["slot_start"] <= at < row["slot_start"] + timedelta(hours=row["slot_hours"]))


def _one(found):
    (one,) = found
    return one


def _files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]
