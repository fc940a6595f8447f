from __future__ import annotations

from datetime import date, datetime

import h3
import pytest

from transforms.risk.summarize_actor_days import summarize_actor_days

pytestmark = pytest.mark.spark

DAY, NEXT = date(2024, 5, 1), date(2024, 5, 2)
SOON, LATER = date(2024, 6, 1), date(2024, 7, 1)
ACTIONS = (
    "actor_key string, event_date date, action string, event_time timestamp, device_key string, ip_key string, "
    "country string, text string, retain_until date"
)
PINGS = "actor_key string, event_date date, event_time timestamp, cell string, retain_until date"
HERE = h3.latlng_to_cell(48.85, 2.35, 7)
BESIDE = sorted(set(h3.grid_disk(HERE, 1)) - {HERE})[0]
FAR = h3.latlng_to_cell(51.5, -0.12, 7)


def at(hour, minute=0):
    return datetime(2024, 5, 1, hour, minute)


def action(who, what, hour=9, minute=0, device="d", ip="i", country="FR", text=None, keep=LATER, day=DAY):
    return (who, day, what, at(hour, minute), device, ip, country, text, keep)


def ping(who, cell, hour, minute=0, keep=LATER):
    return (who, DAY, at(hour, minute), cell, keep)


@pytest.fixture(scope="module")
def summary(spark):
    actions = [
        action("a", "ad_click", 9, 0), action("a", "ad_click", 9, 59), action("a", "ad_click", 11, device="e"),
        action("a", "log_in", ip="j"), action("a", "post", text="mail [EMAIL_ADDRESS]", country="DE"),
        action("a", "comment", text="[sic]", keep=SOON), action("a", "report"), action("a", "conversion"),
        action("b", "log_in", device="e"), action("c", "log_in", device="e"),
        action("n", "log_in", device=None, ip=None, country=None), action("m", "log_in", device=None),
        action("a", "log_in", day=NEXT),
    ]  # fmt: skip
    pings = [
        ping("a", HERE, 8), ping("a", HERE, 9), ping("p", HERE, 8), ping("p", BESIDE, 9), ping("p", HERE, 9, 30),
        ping("f", HERE, 8, keep=SOON), ping("f", FAR, 9), ping("s", HERE, 8), ping("s", FAR, 8),
    ]  # fmt: skip
    df = summarize_actor_days(spark.createDataFrame(actions, ACTIONS), spark.createDataFrame(pings, PINGS))
    rows = df.collect()
    assert sum(row._rows for row in rows) == len(actions) + len(pings)
    return {(row.actor_key, row.event_date): row for row in rows}


def test_actions_are_counted_by_kind(summary):
    row = summary["a", DAY]

    assert (row.actions, row.log_ins, row.posts, row.reports_made, row.ad_clicks, row.conversions) == (8, 1, 2, 1, 3, 1)
    assert (row.devices, row.addresses, row.countries, row.redacted_texts) == (2, 2, 2, 1)
    assert row.clicks_per_active_hour == pytest.approx(1.5)


def test_each_actor_and_day_is_one_row_and_the_other_kind_counts_zero(summary):
    assert set(summary) == {(who, DAY) for who in "abcnmpfs"} | {("a", NEXT)}
    only_pings, only_actions = summary["p", DAY], summary["b", DAY]
    assert (only_pings.actions, only_pings.clicks_per_active_hour, only_pings.actors_on_device) == (0, 0.0, 0)
    assert (only_actions.pings, only_actions.cells, only_actions.fastest_mps) == (0, 0, 0.0)
    assert not any(value is None for row in summary.values() for value in row)


def test_actors_on_a_device_are_those_of_its_busiest_and_a_missing_device_is_shared_by_nobody(summary):
    assert [summary[who, DAY].actors_on_device for who in "abcnm"] == [3, 3, 3, 0, 0]


def test_features_do_not_outlive_the_rows_behind_them(summary):
    kept = {who: summary[who, DAY].retain_until for who in "abf"}

    assert kept == {"a": SOON, "b": LATER, "f": SOON}


def test_speed_is_between_cells_less_both_radii_and_never_within_one_moment(summary):
    gap = h3.great_circle_distance(h3.cell_to_latlng(HERE), h3.cell_to_latlng(FAR), "m")
    gap -= 2 * h3.average_hexagon_edge_length(7, "m")

    assert summary["f", DAY].fastest_mps == pytest.approx(gap / 3600)
    assert summary["p", DAY].fastest_mps < 0.5
    assert (summary["a", DAY].fastest_mps, summary["s", DAY].fastest_mps) == (0.0, 0.0)
    assert (summary["p", DAY].pings, summary["p", DAY].cells) == (3, 2)
