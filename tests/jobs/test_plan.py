from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from jobs import plan as planning
from jobs.batches import batches
from jobs.job_inputs import Workplace
from jobs.keys.config import keyset_of
from jobs.land_files import MAPPINGS
from jobs.landing_ledger import File
from jobs.plan import plan, provenance
from quality.sources.load_mapping import mapping_text

D1, D2 = date(2024, 5, 1), date(2024, 5, 2)
FILE = File("tiny", "f" * 64, "v1", "a.csv", "csv", 1, (), (), datetime(2024, 5, 3, tzinfo=UTC))
PINGS = ("raw.pings", "clean.pings", "protected.pings", "curated.mobility", "curated.place_counts")
AFTER = ("curated.actor_features", "curated.visits_noisy", "curated.privacy_spends")


def refuse():
    raise AssertionError("a plan needs no Spark")


@pytest.fixture
def place(home):
    return Workplace.open(home, home.region("eu"), refuse)


def land(place, *days, table="raw.pings", digit="f", usable=1):
    file = replace(FILE, file_id=digit * 64)
    (place.region.folder(MAPPINGS) / f"{file.mapping_version}.yaml").write_text(mapping_text("sample_pings"))
    place.catalog.land(file)
    rows = [(file.source, file.file_id, table, day.isoformat(), 2, usable) for day in days]
    place.catalog.set_dates([file], rows)


def publish(place, stale):
    for one in stale:
        place.catalog.record(one.table, one.date, 1, one.digest, one.parts, {})


def reasons(place, **limits):
    return {(one.table, one.date): one.reason for one in plan(place, **limits)}


def test_nothing_landed_is_nothing_to_do(place):
    assert plan(place) == []


def test_what_landed_runs_through_all_tables_in_order_and_once(place):
    land(place, D2, D1)

    found = plan(place)
    assert [one.table for one in found if one.date == D1] == [*PINGS, *AFTER]
    assert [one.date for one in found if one.table == "raw.pings"] == [D1, D2]
    assert {one.reason for one in found} == {"never published"}
    publish(place, found)
    assert plan(place) == []


def test_a_late_file_makes_only_its_dates_run_again(place):
    land(place, D1, D2)
    publish(place, plan(place))
    land(place, D1, digit="e")

    found = reasons(place)
    assert {day for _, day in found} == {D1}
    assert found["raw.pings", D1] == "changed input: files"
    assert found["clean.pings", D1] == "changed input: raw.pings"


def test_a_late_consent_makes_the_cleaned_dates_from_then_on_run_again(place):
    land(place, D1, D2)
    publish(place, plan(place))
    land(place, D2, table="raw.consents", digit="c")

    found = reasons(place)
    assert found["raw.consents", D2] == "never published"
    assert found["clean.pings", D2] == "changed input: raw.consents"
    assert ("clean.pings", D1) not in found


@pytest.mark.parametrize(
    ("change", "tables", "reason"),
    [
        pytest.param({"code": "new"}, {"raw.pings"}, "the code changed", id="code"),
        pytest.param({"policy": "new"}, {"raw.pings", "clean.pings"}, "the policy changed", id="policy"),
        pytest.param({"key": "new"}, {"protected.pings"}, "the key changed", id="key"),
        pytest.param({"reference": "new"}, {"curated.mobility"}, "places or population changed", id="reference"),
    ],
)
def test_each_cause_is_told(place, change, tables, reason):
    land(place, D1)
    made = plan(place)
    [(part, value)] = change.items()
    for one in made:
        parts = {**one.parts, part: value} if one.table in tables else one.parts
        place.catalog.record(one.table, one.date, 1, one.digest if parts == one.parts else "old", parts, {})

    assert reasons(place) == {(table, D1): reason for table in tables}


def test_a_changed_code_reaches_everything_below(place, monkeypatch):
    land(place, D1)
    publish(place, plan(place))
    code_of = planning.code_of
    monkeypatch.setattr(planning, "code_of", lambda job: "x" if job.name == "clean.pings" else code_of(job))

    found = reasons(place)
    assert found.pop(("clean.pings", D1)) == "the code changed"
    assert found["protected.pings", D1] == "changed input: clean.pings"
    assert ("raw.pings", D1) not in found


def test_a_new_key_makes_pseudonyms_run_again_and_nothing_above(place):
    keys = place.keys
    land(place, D1)
    publish(place, plan(place))
    keyset = keyset_of(place.home)
    keyset.rotate(keyset.read().key(keys.pseudonym.key_id).domain)
    counter = keyset.read().counter

    found = reasons(place)
    assert keyset.read().counter == counter, "a look makes no key"
    assert found["protected.pings", D1] == "the key changed"
    assert not {("raw.pings", D1), ("clean.pings", D1)} & set(found)


def test_what_is_made_with_the_first_key_is_not_made_again(place):
    land(place, D1)
    made = [one for table in PINGS for one in provenance(place, table, [D1])]
    publish(place, made)
    _ = place.keys  # as the build does

    assert "protected.pings" not in {one.table for one in plan(place) if "key" in one.reason}


def test_a_plan_can_be_limited_to_tables_with_their_sources_and_to_dates(place):
    land(place, D1, D2)

    found = reasons(place, tables=["protected.pings"], first=D2, last=D2)
    assert set(found) == {(table, D2) for table in PINGS[:3]}
    assert reasons(place, first=D2 + timedelta(1)) == {}


def test_what_is_fresh_runs_when_it_is_asked_for_again(place):
    land(place, D1)
    publish(place, plan(place))

    assert set(reasons(place, force=True).values()) == {"asked for again"}
    [one] = provenance(place, "raw.pings", [D1])
    assert (one.table, one.reason) == ("raw.pings", "asked for again")


def test_a_date_without_a_usable_time_ends_in_raw(place):
    land(place, D1, usable=0)

    assert reasons(place) == {("raw.pings", D1): "never published"}


def test_a_date_that_lost_all_its_files_is_made_again(place):
    land(place, D1)
    publish(place, plan(place))
    place.catalog.quarantine_file(FILE, "unreadable_by_spark")

    assert reasons(place)["raw.pings", D1] == "changed input: files"


def test_dates_close_together_run_together_and_a_long_gap_parts_them(place):
    near, far = D2 + timedelta(days=31), D2 + timedelta(days=63)
    land(place, D1, D2, near, far)

    made = batches(place, plan(place))
    assert [batch.dates for batch in made] == [(D1, D2, near), (far,)]
    assert all(batch.tables == (*PINGS, *AFTER) for batch in made)
    assert sum(len(batch.stale) for batch in made) == len(plan(place))


def test_windows_longer_than_a_day_come_last(home):
    place = Workplace.open(home, home.region("cn"), refuse)
    land(place, D1, D2)

    made = batches(place, plan(place))
    assert made[-1].tables == ("curated.mobility", "curated.place_counts")
    assert made[-1].dates == (date(2000, 1, 1),)
    assert not {"curated.mobility", "curated.place_counts"} & set(made[0].tables)


def test_a_partition_made_before_its_input_ran_is_still_stale_when_it_has(place):
    land(place, D2)
    publish(place, plan(place))
    land(place, D1, table="raw.consents", digit="e")
    early = provenance(place, "clean.pings", [D2])
    publish(place, early)  # as a run of that date alone does: the new consents have not run

    publish(place, [one for one in plan(place) if one.table == "raw.consents"])

    assert ("clean.pings", D2) in reasons(place)
