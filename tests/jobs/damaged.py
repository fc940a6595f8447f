"""A tiny installation to do damage to: one table, two versions, and where its files are."""

from __future__ import annotations

from datetime import date

from jobs import manifest
from jobs.damage import Checked
from jobs.fsck import fsck
from jobs.job_inputs import Workplace
from tests.jobs.publisher import TABLE, publish
from tests.jobs.test_plan import land, refuse

D1, D2 = date(2024, 5, 1), date(2024, 5, 2)


def twice_published(home):
    """Publish D1 and D2 as version 1, and D2 again as version 2."""
    place = Workplace.open(home, home.region("eu"), refuse)
    land(place, D1, D2)
    publish(place, "one", D1, D2)
    publish(place, "two", D2)
    return place


def table(place):
    return place.lake.path(TABLE.name)


def data(place, mark="one", day=D1):
    return table(place) / f"stage-{mark}" / f"event_date={day}" / "p.parquet"


def log(place, version):
    return manifest.log_file(table(place), version)


def proof(place, version):
    return manifest.manifest_file(table(place), version)


def flip(path, at, bit=0):
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << bit
    path.write_bytes(content)


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def find(place, *tables):
    return list(fsck(place.home, tables=tables or (TABLE.name,), checked=Checked()))


def kinds(place, *tables):
    return [one.kind for one in find(place, *tables)]
