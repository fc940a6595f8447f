from __future__ import annotations

import numpy as np
import pytest

from jobs.release.places_attacks import attack_places
from jobs.release.places_seen import see
from tests.transforms.location.declared import HOUR, declared, north, rows, tiling_of
from transforms.location.prepare_fixes import prepare_fixes
from transforms.location.publish_places import publish_places

HOURS = (1, 2, 3, 10, 11, 23)
LINKED = {"pseudonym": "trip", "trips": {"gap_minutes": 90}, "sequences": {"m": 2}}


def commuters(groups, size, days=6, apart_m=110):
    """Groups of people who live and work in the same cells as each other, 20 km from the next group."""
    return rows(*[
        (f"p{group}-{one}", north(20_000 * group + apart_m * one + (6_000 if hour in (10, 11) else 0)), -74.0,
         (24 * day + hour) * HOUR)
        for group in range(groups) for one in range(size) for day in range(days) for hour in HOURS
    ])  # fmt: skip


def attacked(table, k, *, as_if=None, **changes):
    """Publish for crowds of ``k`` and attack it as a release for crowds of ``as_if``; return verdicts by check."""
    release = declared(k=k, **changes)
    prepared, tiling = prepare_fixes(table, release), tiling_of(table, release)
    made = publish_places(prepared.fixes, release, tiling)
    judged = release.model_copy(update={"k": as_if or k})
    found = attack_places(judged, prepared, made, tiling, lambda step: None)
    return {verdict.check.removeprefix("attack_"): verdict for verdict in found}


def outcomes(verdicts):
    return {name: verdict.measured["outcome"] for name, verdict in verdicts.items()}


def test_unlinked_rows_of_crowds_of_three_fail_as_a_release_for_crowds_of_ten():
    found = attacked(commuters(20, 3), 2, as_if=10)

    assert outcomes(found) == {
        "unicity": "not_applicable", "home_work": "failed", "epoch_linkage": "not_applicable",
        "trajectory_linking": "failed", "trajectory_recovery": "failed",
    }  # fmt: skip
    assert found["home_work"].measured["estimate"] == pytest.approx(1 / 3, abs=0.15)
    assert found["trajectory_linking"].measured["estimate"] == pytest.approx(1 / 3, abs=0.1)


def test_crowds_that_are_large_enough_pass():
    found = attacked(commuters(15, 25, days=4, apart_m=20), 10, gates={"trajectory_linking": 0.2})

    assert outcomes(found)["home_work"] == outcomes(found)["trajectory_linking"] == "passed"
    assert outcomes(found)["trajectory_recovery"] == "passed"


def test_what_does_not_apply_is_told_and_is_no_pass():
    found = attacked(commuters(4, 3), 2, gates={"unicity": {4: 0.05}})

    for name in ("unicity", "epoch_linkage"):
        assert found[name].description.startswith("Not applicable: no two rows are linked")
        assert (found[name].passed, found[name].stops) == (False, False)
    trips = attacked(commuters(4, 3), 2, **LINKED)
    assert "linked by its pseudonym" in trips["trajectory_recovery"].description


def test_linked_trips_of_crowds_of_three_are_found_again():
    found = attacked(commuters(20, 3), 2, as_if=10, gates={"unicity": {1: 0.2, 4: 0.05}}, **LINKED)

    assert outcomes(found) == {
        "unicity": "passed", "home_work": "failed", "epoch_linkage": "failed", "trajectory_linking": "failed",
        "trajectory_recovery": "not_applicable",
    }  # fmt: skip
    assert found["epoch_linkage"].measured["estimate"] == pytest.approx(1 / 3, abs=0.1)
    assert found["unicity"].measured["known"] == 4


@pytest.mark.parametrize("gate", ["home_work", "linkage", "trajectory_linking"])
def test_a_gate_of_null_is_not_tried_and_told(gate):
    found = attacked(commuters(4, 3), 2, gates={gate: None}, **LINKED)

    told = found[{"linkage": "epoch_linkage"}.get(gate, gate)]
    assert told.description.startswith("Not tried, since the release states so")
    assert (told.passed, told.stops, told.measured["outcome"]) == (False, False, "not_tried")


def test_a_limit_is_chance_and_the_gate_or_what_a_crowd_allows():
    found = attacked(commuters(20, 3), 2, as_if=50, gates={"home_work": 0.25, "trajectory_linking": 0.4})
    crowd = attacked(commuters(20, 3), 2, as_if=2, gates={"home_work": 0.1})

    for name, margin in (("home_work", 0.25), ("trajectory_linking", 0.4)):
        measured = found[name].measured
        assert measured["limit"] == pytest.approx(measured["baseline"] + margin)
    assert crowd["home_work"].measured["limit"] == 0.5
    linked = attacked(commuters(4, 3), 2, gates={"linkage": 0.3}, **LINKED)["epoch_linkage"].measured
    assert linked["limit"] == pytest.approx(linked["baseline"] + 0.3)


def test_where_raw_rows_tell_nobody_apart_attacks_are_blind_and_stop():
    found = attacked(commuters(1, 30, apart_m=0), 10)

    assert outcomes(found)["home_work"] == outcomes(found)["trajectory_recovery"] == "blind"
    assert found["home_work"].stops
    assert "`gates: {home_work: null}`" in found["home_work"].mend


def test_too_few_people_stop_a_release_unless_that_is_accepted():
    stopped, accepted = (
        attacked(commuters(2, 3), 2, gates={"accept_too_small": accepted})["home_work"] for accepted in (False, True)
    )

    assert stopped.measured["outcome"] == accepted.measured["outcome"] == "too_small"
    assert (stopped.stops, accepted.stops, accepted.passed) == (True, False, False)


def test_homes_that_are_left_out_are_still_known_to_the_attacker():
    table, release = commuters(20, 3), declared(home_and_work={"radius_m": 500})
    prepared, tiling = prepare_fixes(table, release), tiling_of(table, release)
    made = publish_places(prepared.fixes, release, tiling)

    seen = see(release, prepared, made, tiling)

    assert len(prepared.fixes.rows) < table.num_rows
    assert len(seen.residents.owners) == table.num_rows
    assert set(seen.residents.places[:, 0].tolist()) == set(tiling.tiles_of(prepared.epoch.cells).astype(int).tolist())


def test_a_home_is_sought_by_every_cell_that_may_tell_of_it():
    table = commuters(20, 3)
    release = declared(k=2)
    prepared, tiling = prepare_fixes(table, release), tiling_of(table, release)

    residents = see(release, prepared, publish_places(prepared.fixes, release, tiling), tiling).residents

    assert residents.places.shape == (table.num_rows, 4)  # the tile, and its levels 7, 6 and 5 if coarser
    assert (residents.places[:, 1] == -1).all()  # no tile is finer than 7
    assert (residents.places[:, 2:] > 0).any()


def test_labelled_days_are_no_days_of_what_is_attacked():
    """If each person had other labelled days, whoever is labelled in a slot could not be who is sought there."""
    table, release = commuters(20, 3), declared(k=2)
    prepared, tiling = prepare_fixes(table, release), tiling_of(table, release)
    seen = see(release, prepared, publish_places(prepared.fixes, release, tiling), tiling)

    days = seen.told.seconds // 86_400
    assert set(days[seen.told.half].tolist()).isdisjoint(days[~seen.told.half].tolist())
    for rows_of, labelled in seen.told.other_days():
        assert np.intersect1d(rows_of.features[1], labelled.features[1]).size == 0, "the same weekday of one week"
        assert np.intersect1d(rows_of.features[2], labelled.features[2]).size


def test_nothing_published_is_nothing_tried():
    found = attacked(commuters(3, 1), 3)

    assert {name for name, verdict in found.items() if verdict.passed} == set()


def test_a_trip_over_the_turn_of_the_epoch_is_in_one_of_them():
    """Its pseudonym would be found again in the other by itself."""
    table, release = commuters(4, 3), declared(k=2, **LINKED)
    prepared, tiling = prepare_fixes(table, release), tiling_of(table, release)
    told = see(release, prepared, publish_places(prepared.fixes, release, tiling), tiling).told

    turn = float(np.sort(np.unique(told.seconds))[1])  # between the first two hours of a trip
    first, second = told.epochs(turn)

    assert len(first.ids) and len(second.ids)
    assert np.intersect1d(first.ids, second.ids).size == 0
