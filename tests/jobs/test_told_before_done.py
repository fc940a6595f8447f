"""What a person does is told to auditors before it is done; what only looks changes no catalog of an older version."""

from __future__ import annotations

import hashlib

import pytest

from dagster_project.explain_run import explain
from jobs.audit_log import read_audit
from jobs.catalog import Catalog, is_gone
from jobs.damage import Checked
from jobs.dismiss_quarantine import dismiss
from jobs.dismissals import Dismissals
from jobs.fsck import fsck
from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.land_files import land_files
from jobs.nightly import Scope
from jobs.replay_quarantine import replay
from jobs.restore_landed import restore_landed
from jobs.withdraw import would_withdraw
from quality.sources.load_mapping import load_mapping, mapping_text
from tests.jobs.publisher import publish_as_a_run
from tests.jobs.test_plan import D1, land


class Killed(BaseException):
    """Ends all, as a signal does."""


@pytest.fixture
def place(home):
    place = Workplace.open(home, home.region("eu"), no_spark)
    land(place, D1)
    publish_as_a_run(place, "one", D1, quarantine=[D1])
    publish_as_a_run(place, "two", D1, code="x", quarantine=[D1])
    return place


def die(*of, **more):
    raise Killed


def told(home, outcome):
    return [one["region"] for one in read_audit(home) if one["outcome"] == outcome]


def test_a_dismissal_that_was_killed_is_told_and_can_be_repeated(place, monkeypatch):
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(Dismissals, "enter", die)
        dismiss(place.home, "raw.pings", "eu", "seen")
    assert told(place.home, "quarantine dismissed") == ["eu"]

    dismiss(place.home, "raw.pings", "eu", "seen")
    assert len(Dismissals(place.region).known()) == 1


def test_a_restore_that_was_killed_is_told_and_goes_on(home, mapping_file, log_file, monkeypatch):
    region, mapping = home.region("eu"), mapping_file()
    for n in "ab":
        path = log_file(f"{n},a,2026-06-01T00:00:00Z,1,2,,", name=f"{n}.csv")
        land_files(home, region, load_mapping(mapping), mapping_text(mapping), [path])
    (region.root / "catalog.sqlite").unlink()
    real, left = Catalog.land, [1]

    def dies_at_the_second(catalog, *files):
        return real(catalog, *files) if left and left.pop() else die()

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(Catalog, "land", dies_at_the_second)
        restore_landed(home, "eu")
    assert told(home, "restored") == ["eu"] and is_gone(region)

    restore_landed(home, "eu")
    assert (told(home, "restored"), len(Catalog(region).files())) == (["eu", "eu"], 2)


LOOKS = {
    "run --dry-run": lambda place, mapping: explain(place.home, Scope(), as_json=True),
    "withdraw --dry-run": lambda place, mapping: would_withdraw(place.home, place.region, "raw.pings", 2),
    "landed restore --dry-run": lambda place, mapping: restore_landed(place.home, dry_run=True),
    "quarantine replay --dry-run": lambda place, mapping: replay(place.home, mapping, dry_run=True),
    "quarantine dismiss --dry-run": lambda place, mapping: dismiss(place.home, "raw.pings", "", "w", dry_run=True),
    "fsck": lambda place, mapping: list(fsck(place.home, checked=Checked())),
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_changes_no_catalog_that_lacks_tables_of_this_version(place, mapping_file, look, capsys):
    mapping = str(mapping_file())
    with place.catalog.open() as db:
        for table in ("publishing", "withdrawing", "tries", "dismissals"):
            db.execute(f"DROP TABLE {table}")
    catalog = place.region.root / "catalog.sqlite"
    before = hashlib.sha256(catalog.read_bytes()).hexdigest()

    LOOKS[look](place, mapping)

    assert hashlib.sha256(catalog.read_bytes()).hexdigest() == before
