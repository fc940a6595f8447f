from __future__ import annotations

import pytest

from transforms.privacy.unite_shared_devices import unite_shared_devices

pytestmark = pytest.mark.spark


def persons(spark, actors, links):
    df = spark.createDataFrame([(actor,) for actor in actors], "actor_key string")
    out = unite_shared_devices(df, spark.createDataFrame(links, "actor_key string, device_key string"))
    rows = out.collect()
    assert len(rows) == len(actors), "a row must never be lost or doubled"
    assert out.columns == ["actor_key", "person"]
    return {row.actor_key: row.person for row in rows}


@pytest.mark.parametrize(
    ("links", "together"),
    [
        pytest.param([("a", "1"), ("b", "1")], [{"a", "b"}, {"c"}, {"d"}], id="one-device"),
        pytest.param([("c", "2"), ("b", "1"), ("a", "1"), ("b", "2")], [{"a", "b", "c"}, {"d"}], id="in-two-steps"),
        pytest.param([("a", "1"), ("b", "1"), ("c", "2"), ("d", "2")], [{"a", "b"}, {"c", "d"}], id="two-groups"),
        pytest.param(
            [("a", "1"), ("b", "1"), ("c", "2"), ("d", "2"), ("d", "3"), ("b", "3")], [{"a", "b", "c", "d"}],
            id="two-groups-joined-late",
        ),
        pytest.param([("a", "1"), ("a", "1"), ("b", "2")], [{"a"}, {"b"}, {"c"}, {"d"}], id="own-devices-only"),
        pytest.param([("a", None), ("b", None)], [{"a"}, {"b"}, {"c"}, {"d"}], id="a-missing-device-links-nobody"),
        pytest.param([("a", "b"), ("b", "a")], [{"a"}, {"b"}, {"c"}, {"d"}], id="a-device-named-like-an-account"),
        pytest.param([], [{"a"}, {"b"}, {"c"}, {"d"}], id="no-links"),
        pytest.param([("z", "1"), ("a", "1")], [{"a"}, {"b"}, {"c"}, {"d"}], id="linked-to-one-who-has-no-row"),
    ],
)  # fmt: skip
def test_accounts_linked_by_devices_are_one_person(spark, links, together):
    found = persons(spark, "abcd", links)

    groups = {person: {actor for actor in found if found[actor] == person} for person in found.values()}
    assert sorted(map(sorted, groups.values())) == sorted(map(sorted, together))


def test_every_row_of_an_account_gets_the_same_person(spark):
    df = spark.createDataFrame([("a",), ("a",), ("b",)], "actor_key string")
    links = spark.createDataFrame([("a", "1"), ("b", "1")], "actor_key string, device_key string")

    assert {row.person for row in unite_shared_devices(df, links).collect()} == {"a"}
