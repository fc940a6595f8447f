from __future__ import annotations

from collections import Counter

import pytest

from jobs.sample.dirt import ACTION_DIRT, PING_DIRT, soil, spoil_action, spoil_ping

PING = "eu-p1,eu-a1,eu-d1,2026-06-01T08:15:00Z,52.100000,5.100000,12,,"
ACTION = '{"id":"eu-e1","actor":"eu-a1","time_ms":1,"type":"post"}'


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        pytest.param("exact_duplicate", PING, id="duplicate"),
        pytest.param("same_id_other_content", PING.replace("52.100000", "52.110000"), id="conflict"),
        pytest.param("latitude_91", PING.replace("eu-p1", "new").replace("52.100000", "91.000000"), id="off-the-globe"),
        pytest.param("missing_actor", PING.replace("eu-p1", "new").replace("eu-a1", ""), id="nobody"),
        pytest.param("unparseable_time", "new,eu-a1,eu-d1,yesterday,52.100000,5.100000,12,,", id="when"),
    ],
)  # fmt: skip
def test_a_ping_is_spoiled_in_one_way_only(kind, line):
    assert spoil_ping(kind, PING, "new") == line


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        pytest.param("exact_duplicate", ACTION, id="duplicate"),
        pytest.param("same_id_other_content", ACTION.replace("post", "report"), id="conflict"),
        pytest.param("missing_actor", '{"id":"new","time_ms":1,"type":"post"}', id="nobody"),
        pytest.param("unparseable_time", '{"id":"new","actor":"eu-a1","time_ms":"yesterday","type":"post"}', id="when"),
        pytest.param("broken_json", '{"id":"new","actor":"eu-a1"', id="broken"),
    ],
)
def test_an_action_is_spoiled_in_one_way_only(kind, line):
    assert spoil_action(kind, ACTION, "new") == line


@pytest.mark.parametrize("days", [1, 2, 5, 40])
@pytest.mark.parametrize("kinds", [pytest.param(PING_DIRT, id="pings"), pytest.param(ACTION_DIRT, id="actions")])
def test_all_days_together_hold_exactly_the_counted_dirt(kinds, days):
    found = Counter(
        kind
        for day in range(days)
        for kind, _ in soil(["a", "b"], kinds, lambda kind, line, new: line, name="x", day=day, days=days)
    )
    assert found == kinds
