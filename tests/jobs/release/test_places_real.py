"""The shipped releases of places under attack on the real sets, and the sample's people by where they live and work."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest

from jobs.release.places_attacks import attack_places
from jobs.release.places_floors import useful
from jobs.release.places_seen import see
from quality.checks.attacks.traces import Traces
from quality.checks.attacks.trajectory_linking import link_trajectories
from quality.policies.read_yaml import read_yaml
from quality.releases.load_release import FOLDER
from quality.releases.places import PlacesRelease
from transforms.location.adaptive_tiling import NO_CELLS, tile_by_subjects
from transforms.location.crowd_levels import at_level, levels_of
from transforms.location.prepare_fixes import prepare_fixes, regions_of
from transforms.location.publish_places import hours_of, publish_places

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
PAST = {"cabspotting_hours": ("2008-05-17", "2008-05-23"), "geolife_weeks": ("2007-01-01", "2008-10-31")}
FILES = {
    "cabspotting_hours": "cabspotting/cabspotting_dev.parquet",
    "geolife_weeks": "geolife/geolife_1min_dev.parquet",
}


def shipped(name, **changes):
    return PlacesRelease.model_validate({**read_yaml(FOLDER / f"{name}.yaml", what="release"), **changes})


def built(table, before, release, regions=NO_CELLS):
    """Publish in tiles of earlier rows; return what was prepared and made, the tiling and the attacks' verdicts."""
    tiling = tile_by_subjects(before.cells, before.subjects, release.tiles, made_from="earlier rows", regions=regions)
    prepared = prepare_fixes(table, release)
    made = publish_places(prepared.fixes, release, tiling, regions=regions)
    verdicts = attack_places(release, prepared, made, tiling, lambda step: None)
    return prepared, made, tiling, {verdict.check.removeprefix("attack_"): verdict for verdict in verdicts}


def of_days(table, release, start, end):
    epoch = release.epoch.model_validate({"start": start, "end": end})
    return prepare_fixes(table, release.model_copy(update={"epoch": epoch})).fixes


def reaches(verdict, limit):
    """Say whether what an attack reached is within a limit, on a release that it does well against when it is raw."""
    measured = verdict.measured
    return measured["estimate"] <= limit and measured["raw_low"] > limit and measured["attempts"] > 0


@pytest.mark.realdata
@pytest.mark.parametrize(
    "name", [pytest.param("cabspotting_hours", marks=pytest.mark.long), pytest.param("geolife_weeks")]
)
def test_a_shipped_release_withstands_every_attack_that_applies(name, shared_data):
    release = shipped(name)
    table = pq.read_table(shared_data / FILES[name], columns=[release.subject, "lat", "lon", release.time])

    prepared, made, _, found = built(table, of_days(table, release, *PAST[name]), release)

    assert not [verdict.check for verdict in found.values() if verdict.stops]
    assert {check for check, verdict in found.items() if verdict.passed} == {
        "home_work", "trajectory_linking", "trajectory_recovery",
    }  # fmt: skip
    assert useful(prepared, made)[0] >= release.gates.visits_kept
    at_home = found["home_work"]
    assert reaches(at_home, max(1 / release.k, at_home.measured["baseline"] + 0.01))
    assert reaches(found["trajectory_linking"], found["trajectory_linking"].measured["baseline"] + 0.01)


@pytest.fixture(scope="module")
def check_ins(shared_data):
    """Weeks that an attacker knows, weeks that are released, and where the sensitive places are."""
    columns = ["label", "lat", "lon", "day", "hour", "marc_split"]
    table = pq.read_table(shared_data / "checkins_marc/foursquare_nyc_dev.parquet", columns=columns)
    past = pc.equal(table["marc_split"], "train")
    return (
        table.filter(past),
        table.filter(pc.invert(past)),
        pq.read_table(shared_data / "osm_pois/POI_NYC-2013.parquet"),
    )


def check_ins_of(check_ins, **changes):
    past, present, places = check_ins
    release = shipped("checkins_week", **changes)
    regions = regions_of(places, release.sensitive_places, release.tiles)
    return release, built(present, prepare_fixes(past, release).fixes, release, regions)


@pytest.mark.realdata
def test_check_ins_are_linked_to_their_users_no_better_than_by_chance(check_ins):
    release, (prepared, made, tiling, found) = check_ins_of(check_ins)

    assert not [verdict.check for verdict in found.values() if verdict.stops]
    assert reaches(found["trajectory_linking"], found["trajectory_linking"].measured["baseline"] + 0.01)
    assert useful(prepared, made)[0] >= release.gates.visits_kept


@pytest.mark.realdata
def test_crowds_of_ten_are_too_few_to_hide_whose_a_check_in_is(check_ins):
    _, (*_, found) = check_ins_of(check_ins, k=10)

    assert found["trajectory_linking"].measured["outcome"] == "failed"


@pytest.mark.realdata
def test_labelled_weeks_of_the_past_do_not_link_check_ins_either(check_ins):
    """The data set's own split: who labelled check-ins of other weeks codes each by all that may tell of it."""
    release, (prepared, made, tiling, _) = check_ins_of(check_ins)
    past, present, _ = check_ins
    fixes, told = prepare_fixes(past, release).fixes, see(release, prepared, made, tiling).told
    levels = levels_of(release.tiles, release.slots)
    tiles, hours = tiling.tiles_of(fixes.cells), hours_of(fixes.seconds, release.slots)
    known = [code(*at_level(tiles, hours, level), level.hours) for level in levels]
    who = np.asarray(past["label"].combine_chunks())[fixes.rows]
    whose = np.asarray(present["label"].combine_chunks())[made.rows]
    labelled = Traces(np.tile(who, len(known)), np.tile(who, len(known)), (np.concatenate(known),))

    reached, chance = link_trajectories(
        Traces(told.ids, whose, (code(*told.point),)), labelled, targets=4_000, seed=1
    )  # fmt: skip

    assert reached.attempts > 1_000
    assert reached.high <= chance + 0.01


def code(cells, slots, hours):
    return np.asarray(cells).astype(np.int64) * 31 + slots * 8 + hours


@pytest.mark.parametrize("region", ["eu", "us"])
def test_the_samples_people_are_not_found_by_where_they_live_and_work(region):
    table = csv.read_csv(SAMPLE / region / "pings.csv.gz").select(["actor", "time", "lat", "lon"])
    time = pc.strptime(table["time"], "%Y-%m-%dT%H:%M:%SZ", "s", error_is_null=True)
    degrees = [pa.array([number(text) for text in table[name].to_pylist()]) for name in ("lat", "lon")]
    table = pa.table([table["actor"], time, *degrees], names=table.column_names)
    release = PlacesRelease.model_validate({
        "kind": "places", "name": "sample_places", "description": "The sample.", "purpose": "analytics",
        "reads": "pings", "subject": "actor", "latitude": "lat", "longitude": "lon", "time": "time", "k": 10,
        "tiles": {"finest": 7, "coarsest": 4, "least": 10}, "slots": {"hours": [1, 6, 24]},
        "epoch": {"start": "2026-06-02", "end": "2026-06-05"},
    })  # fmt: skip

    _, _, _, found = built(table, of_days(table, release, "2026-06-01", "2026-06-01"), release)

    assert found["home_work"].passed
    assert found["home_work"].measured["attempts"] > 350
    assert reaches(found["home_work"], max(1 / release.k, found["home_work"].measured["baseline"] + 0.01))


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
