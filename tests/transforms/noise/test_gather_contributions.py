"""Contributions are pairs of a unit and a partition, and each unit's random order is its own."""

from __future__ import annotations

import pyarrow as pa
import pytest

from quality.contracts.errors import UsageError
from tests.transforms.noise.releases import BY_DAY, KEY, PRIVATE, release, visits
from transforms.noise.gather_contributions import gather_contributions

ALL = pa.table({"place": ["a", "b", "c"]})


def gathered(rows, public=ALL, key=KEY, **changed):
    return gather_contributions(rows, release(**changed), key, public)


def orders(of):
    """Return each pair's order by its actor's rows and its place."""
    places = of.partitions["place"].to_pylist()
    return {(int(rows), places[at]): order for rows, at, order in zip(of.rows, of.partition, of.order, strict=True)}


@pytest.mark.parametrize("public", [pytest.param(ALL, id="public"), pytest.param(None, id="private")])
def test_no_other_unit_has_a_say_in_a_units_order(public):
    """Else one more user would change what others lose, and with it any number of figures."""
    mine = visits(("m", "a"), *[("m", "b")] * 2, *[("m", "c")] * 3)
    others = visits(*[(who, place) for who in "aknz" for place in ("a", "b", "0", "zz") for _ in range(4)])
    changed = {} if public is not None else PRIVATE
    alone, among = (orders(gathered(rows, public, **changed)) for rows in (mine, pa.concat_tables([others, mine])))

    assert len(alone) == 3
    assert {pair: among[pair] for pair in alone} == alone


def test_an_order_differs_by_user_day_and_key():
    rows = visits(("u", "a", 1, 0), ("v", "a", 1, 0), ("u", "a", 1, 1))
    of = gathered(rows, **BY_DAY, lifetime={"units": 2})

    assert len(set(of.order.tolist())) == len(set(of.unit.tolist())) == 3
    assert len(set(of.actor.tolist())) == 2
    other = gathered(rows, key=bytes(32), **BY_DAY, lifetime={"units": 2})
    assert set(of.order.tolist()).isdisjoint(other.order.tolist())


@pytest.mark.parametrize(("public", "changed"), [(ALL, {}), (None, PRIVATE)], ids=["public", "private"])
def test_users_and_places_of_a_dictionary_are_the_same_however_they_are_numbered(public, changed):
    rows = visits(("u", "a"), ("v", "b"), ("u", "b"))
    who, place = (pa.DictionaryArray.from_arrays(*coded) for coded in (([2, 0, 2], ["v", "x", "u"]), ([1, 0, 0], "ba")))
    coded = rows.set_column(0, "who", pa.chunked_array([who])).set_column(1, "place", pa.chunked_array([place]))
    one, other = gathered(rows, public, **changed), gathered(coded, public, **changed)

    assert sorted(one.order.tolist()) == sorted(other.order.tolist())


def test_users_may_be_numbers_as_large_or_as_small_as_they_like():
    rows = visits(("u", "a"), ("v", "b"), ("u", "b"))
    numbered = rows.set_column(0, "who", pa.array([-(2**63), 2**63 - 1, -(2**63)]))

    assert len(set(gathered(numbered).unit.tolist())) == 2


def test_rows_of_nobody_nowhere_or_no_time_are_outside():
    rows = visits(("u", "a"), (None, "a"), ("u", None), ("u", "z"))
    untimed = rows.set_column(3, "at", pa.nulls(4, pa.timestamp("us")))

    assert gathered(rows).rows_outside == 3
    assert gathered(untimed, **BY_DAY, lifetime={"units": 2}).rows_outside == 4


def test_a_key_has_32_bytes_and_a_table_its_columns():
    with pytest.raises(UsageError, match="32 bytes"):
        gathered(visits(), key=b"short")
    with pytest.raises(UsageError, match="does not have: place, who"):
        gathered(visits().select(["size"]))
