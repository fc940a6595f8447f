import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.checks.persons import unite_accounts, with_person

SCHEMA = "actor_key string, device_key string"


def _persons(links):
    frame = unite_accounts(pd.DataFrame(links, columns=["actor_key", "device_key"]))
    return dict(zip(frame["actor_key"], frame["person"], strict=True))


@pytest.mark.parametrize(
    ("links", "persons"),
    [
        pytest.param([("a", "1"), ("b", "1")], {"a": "a", "b": "a"}, id="one-device"),
        pytest.param([("a", "1"), ("b", "2")], {"a": "a", "b": "b"}, id="two-devices"),
        pytest.param([("c", "1"), ("b", "1"), ("b", "2"), ("a", "2")], {"a": "a", "b": "a", "c": "a"}, id="a-chain"),
        pytest.param([("1", "1"), ("2", "2")], {"1": "1", "2": "2"}, id="an-account-named-like-a-device"),
        pytest.param([], {}, id="nobody"),
    ],
)
def test_accounts_linked_by_devices_are_one_person(links, persons):
    assert _persons(links) == persons


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("123456")), max_size=12))
def test_accounts_of_one_device_are_always_the_same_person(links):
    persons = _persons(links)

    assert all(persons[a] == persons[b] for a, d in links for b, e in links if d == e)
    assert all(persons[person] == person <= actor for actor, person in persons.items())


@pytest.mark.spark
def test_people_without_a_shared_device_stay_themselves(spark):
    rows = [("a", "1"), ("b", "1"), ("c", "2"), ("d", None), ("e", None)]
    df = spark.createDataFrame(rows, SCHEMA)

    found = {row["actor_key"]: row["person"] for row in with_person(df, df).collect()}

    assert found == {"a": "a", "b": "a", "c": "c", "d": "d", "e": "e"}
