from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict

import h3
import numpy as np
import pytest

from jobs.sample import DEFAULT_SAMPLE
from jobs.sample.movement import HOUR, ordinary_pings, timetables

K, TILE_RESIDENTS = 10, 5_000


def cell_residents(sample) -> dict[str, float]:
    """Residents by H3 cell of resolution 7, from disks of which 2,000 even points are drawn."""
    rng, found = np.random.default_rng(0), defaultdict(float)
    with (sample / "reference" / "population.csv").open() as file:
        for row in csv.DictReader(file):
            lat, lon, radius = (float(row[key]) for key in ("latitude", "longitude", "radius_m"))
            offsets = np.sqrt(rng.random(2_000)) * np.exp(2j * np.pi * rng.random(2_000)) * radius / 111_195
            for offset in offsets:
                east = offset.real / np.cos(np.radians(lat))
                found[h3.latlng_to_cell(lat + offset.imag, lon + east, 7)] += int(row["residents"]) / 2_000
    return found


def consenting(sample, name) -> dict[str, list[tuple[str, bool]]]:
    """What adults who are no device farm said, by actor and in order of time."""
    with (sample / name / "actors.csv").open() as file:
        adults = {r["actor"] for r in csv.DictReader(file) if int(r["birth_year"]) <= 2007}
    with (sample / "truth" / name / "abuse.csv").open() as file:
        farms = {r["actor"] for r in csv.DictReader(file) if r["abuse"] in ("ring", "fake_neighbor")}
    said = defaultdict(list)
    for line in (sample / name / "consents.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["subject"] in adults - farms:
            said[row["subject"]].append((row["time"], row["given"]))
    return said


@pytest.mark.parametrize("name", DEFAULT_SAMPLE["regions"])
def test_two_of_three_fixes_of_consenting_adults_are_in_a_crowd_of_ten_in_a_populous_cell(default_sample, name):
    said, crowds, rows = consenting(default_sample, name), defaultdict(set), []
    residents = cell_residents(default_sample)
    with gzip.open(default_sample / name / "pings.csv.gz", "rt") as file:
        for ping in csv.DictReader(file):
            answers = [given for time, given in said.get(ping["actor"], []) if time <= ping["time"]]
            if answers and answers[-1] and ping["time"] != "yesterday" and float(ping["lat"]) <= 90:
                key = (h3.latlng_to_cell(float(ping["lat"]), float(ping["lon"]), 7), ping["time"][:13])
                crowds[key].add(ping["actor"])
                rows.append(key)
    crowded = sum(len(crowds[key]) >= K and residents[key[0]] >= TILE_RESIDENTS for key in rows)
    assert crowded / len(rows) >= 0.65


def test_people_are_home_by_night_and_workers_at_work_by_day(cast_of):
    cast = cast_of()
    pings = ordinary_pings(cast, 1)
    local = (pings.time + cast.region.utc_offset_h * HOUR) % 86_400 / HOUR
    night, day = (local < 6) | (local > 20), (local > 11) & (local < 15)
    assert (np.abs(pings.place - cast.home[pings.actor])[night] < 1_000).all()
    assert (np.abs(pings.place - cast.work[pings.actor])[day] < 1_000).all()


def test_a_tracked_trip_has_several_fixes_and_moves(cast_of):
    pings = ordinary_pings(cast_of(), 1)
    trips = defaultdict(list)
    for actor, trip, place in zip(pings.actor, pings.trip, pings.place, strict=True):
        if trip >= 0:
            trips[actor, trip].append(place)
    assert len(trips) > 100
    assert np.median([len(fixes) for fixes in trips.values()]) >= 3
    assert np.median([abs(fixes[-1] - fixes[0]) for fixes in trips.values()]) > 300


def test_two_of_three_standing_fixes_are_as_accurate_as_they_say(cast_of):
    cast = cast_of()
    pings = ordinary_pings(cast, 1)
    local = (pings.time + cast.region.utc_offset_h * HOUR) % 86_400 / HOUR
    at_home = pings.take(local < 6)
    off = np.abs(at_home.place - cast.home[at_home.actor])
    assert 0.6 < np.mean(off <= at_home.accuracy) < 0.76


def test_weekends_have_no_commute_to_work(cast_of):
    cast = cast_of(days=7)
    at_work = [np.isin(table.where[:, 2], cast.work).mean() for table in (timetables(cast, 4), timetables(cast, 5))]
    assert at_work[0] == 1.0
    assert at_work[1] < 0.75


def test_ordinary_people_do_not_depend_on_hardness(cast_of):
    easy, hard = ordinary_pings(cast_of(0.0), 2), ordinary_pings(cast_of(1.0), 2)
    assert (easy.time == hard.time).all()
    assert (easy.place == hard.place).all()


def test_nobody_reports_before_the_account_exists(cast_of):
    cast = cast_of()
    new = np.flatnonzero(cast.created > cast.start)
    assert len(new)
    for day in range(cast.days):
        pings = ordinary_pings(cast, day)
        assert (pings.time >= cast.created[pings.actor]).all()
