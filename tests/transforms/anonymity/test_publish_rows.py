"""What is published of a table, and in which order, hangs on its rows and not on how they came."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.contracts.errors import GeowardError
from quality.releases.declaration import TableRelease
from transforms.anonymity.domains import survey_table
from transforms.anonymity.order_rows import order_rows
from transforms.anonymity.publish_rows import publish_rows

K = {"model": "k_anonymity", "k": 2}
AGE = {"kind": "numeric", "hierarchy": {"build": "intervals", "width": 4, "levels": 2}}
ZIP = {"kind": "categorical", "hierarchy": {"build": "redaction"}}
MAP = {"model": "k_map", "k": 3, "population": "people.csv"}
PRESENCE = {"model": "delta_presence", "minimum": 0, "maximum": 0.8, "population": "people.csv"}
DIVERSE = {"model": "l_diversity", "column": "ill", "l": 2}


def declared(quasi_ids, models, **more):
    return TableRelease(
        name="t", description="d", purpose="p", reads="f", quasi_ids=quasi_ids, models=models, keep=("note",),
        gates={"kept_alone": 1}, **more,
    )  # fmt: skip


def random_rows(rng, rows, subjects):
    zips = ["100", "101", "110", "1", "1.0", "01"]
    return pa.table({
        "age": pa.array(rng.integers(0, 9, rows)),
        "height": pa.array(rng.integers(0, 4, rows) / 3),
        "zip": pa.array([zips[at] for at in rng.integers(0, len(zips), rows)]),
        "ill": pa.array([f"ill {at}" for at in rng.integers(0, 3, rows)]),
        "note": pa.array([None if at == 0 else f"note {at}" for at in rng.integers(0, 3, rows)]),
        "who": pa.array([f"who {at}" for at in rng.integers(0, subjects, rows)]),
        "ring": pa.array([None if at > 2 else f"ring {at}" for at in rng.integers(0, 30, rows)], pa.string()),
    })  # fmt: skip


def population_of(release, table, rng):
    """Return the people of the table beside as many others, where a model counts in a population."""
    others = random_rows(rng, table.num_rows, subjects=table.num_rows).select(["age", "zip"])
    others = others.append_column("who", pa.array([f"other {at}" for at in range(table.num_rows)]))
    return pa.concat_tables([table.select(["age", "zip", "who"]), others]) if release.population else None


def in_order(table, rng):
    return table.take(pa.array(rng.permutation(table.num_rows)))


def published(release, rows, population=None):
    """Return the rows as published, in their order, the levels, and the source's notes; or what was refused."""
    try:
        made = publish_rows(rows, release, survey_table(rows, release.coded, {}, population), population)
    except GeowardError as error:
        return type(error), str(error)
    return made.table.to_pylist(), made.levels, rows["note"].take(pa.array(made.rows)).to_pylist()


RELEASES = [
    pytest.param(declared({"age": AGE, "zip": ZIP}, [K], suppression=0.1), id="mondrian"),
    pytest.param(declared({"age": AGE, "zip": ZIP}, [K, DIVERSE], strict=True), id="strict"),
    pytest.param(declared({"age": AGE, "zip": ZIP}, [K], subject="who", links=("ring",)), id="linked-accounts"),
    pytest.param(declared({"age": AGE, "zip": ZIP}, [K, DIVERSE], method="full_domain", suppression=0.2), id="domain"),
    pytest.param(
        declared({"age": AGE, "height": {"kind": "numeric"}}, [K], method="microaggregation", subject="who"), id="means"
    ),
    pytest.param(declared({"age": AGE, "zip": ZIP}, [MAP], subject="who"), id="mondrian-k-map"),
    pytest.param(declared({"age": AGE, "zip": ZIP}, [MAP], method="full_domain", subject="who"), id="domain-k-map"),
    pytest.param(declared({"age": AGE, "zip": ZIP}, [PRESENCE], subject="who"), id="mondrian-presence"),
    pytest.param(
        declared({"age": AGE, "zip": ZIP}, [PRESENCE], method="full_domain", subject="who"), id="domain-presence"
    ),
]


@pytest.mark.parametrize("release", RELEASES)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), rows=st.integers(4, 60))
def test_rows_in_another_order_are_published_as_the_same_file(release, seed, rows):
    rng = np.random.default_rng(seed)
    table = random_rows(rng, rows, subjects=rows)
    population = population_of(release, table, rng)
    shuffled = None if population is None else in_order(population, rng)

    assert published(release, in_order(table, rng), shuffled) == published(release, table, population)


@pytest.mark.parametrize("release", RELEASES)
def test_most_of_these_tables_are_published(release):
    """Were they all refused, the same order of nothing would say nothing."""
    rng = np.random.default_rng(1)
    table = random_rows(rng, 40, subjects=40)

    rows, _, notes = published(release, table, population_of(release, table, rng))

    assert isinstance(rows, list) and len(rows) > 30
    assert [row["note"] for row in rows] == notes


def test_rows_of_a_class_stand_together():
    table = random_rows(np.random.default_rng(3), 60, subjects=60)

    rows, *_ = published(RELEASES[0].values[0], table)

    classes = [(row["age"], row["zip"]) for row in rows]
    ends = [one for one, after in zip(classes, [*classes[1:], None], strict=True) if one != after]
    assert len(ends) == len(set(classes)) > 3


def test_a_decimal_too_long_for_a_digest_is_ordered_like_any_other_value():
    long = pa.table({"sum": pa.array([3, 1, 2], pa.decimal256(60, 2))})

    assert long.take(pa.array(order_rows(long))) == (back := long.take(pa.array([2, 1, 0]))).take(
        pa.array(order_rows(back))
    )
