"""What holds for every contract that exists."""

from __future__ import annotations

import re

import pytest

from quality.contracts import CONTRACTS, Layer, Sensitivity
from quality.contracts.spark_types import SPARK_TYPES

EVERY = pytest.mark.parametrize("made", CONTRACTS.values(), ids=CONTRACTS)
DERIVED = (Layer.CLEAN, Layer.PROTECTED, Layer.CURATED)
FLOW = [Layer.RAW, Layer.REFERENCE, Layer.CLEAN, Layer.PROTECTED, Layer.CURATED]


def test_every_dataset_is_known_in_the_order_of_the_flow():
    assert list(CONTRACTS) == [
        "raw.pings", "raw.actions", "raw.actors", "raw.consents", "raw.labels", "reference.ip_ranges", "clean.pings",
        "clean.actions", "protected.pings", "protected.actions", "curated.mobility", "curated.place_counts",
        "curated.actor_features", "curated.actions_anonymous", "curated.visits_noisy", "curated.privacy_spends",
    ]  # fmt: skip
    layers = [made.layer for made in CONTRACTS.values()]
    assert layers == sorted(layers, key=FLOW.index)


@EVERY
def test_names_are_plain_words_and_everything_is_described(made):
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", made.name)
    assert made.description.endswith(".")
    assert made.grain.startswith("one ")
    for column in made:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)
        assert column.description.endswith(".")
        assert column.type in SPARK_TYPES


@EVERY
def test_personal_columns_have_a_user_category_and_others_have_none(made):
    for column in made:
        assert column.category.startswith("user") == column.personal, column.name


@EVERY
def test_bounds_and_patterns_are_sound(made):
    for column in made:
        numeric = column.type in ("double", "int", "bigint")
        assert numeric or (column.minimum is None and column.maximum is None), column.name
        if column.minimum is not None and column.maximum is not None:
            assert column.minimum < column.maximum
        if column.pattern:
            re.compile(column.pattern)
            assert (column.type, column.pattern[0], column.pattern[-1]) == ("string", "^", "$")
        assert all(not column.pattern or re.search(column.pattern, value) for value in column.allowed)
        if column.type == "timestamp":
            assert column.unit == "UTC", column.name


@EVERY
def test_sources_exist_upstream(made):
    for column in made:
        for source in column.source:
            table, _, name = source.rpartition(".")
            assert name in CONTRACTS[table].column_names, source
            assert FLOW.index(CONTRACTS[table].layer) < FLOW.index(made.layer), source


@pytest.mark.parametrize("made", [c for c in CONTRACTS.values() if c.layer in DERIVED], ids=lambda c: c.name)
def test_every_personal_column_of_a_derived_table_says_where_it_comes_from(made):
    assert [column.name for column in made if column.personal and not column.source] == []


@EVERY
def test_no_personal_column_keeps_statistics_that_would_outlive_erasure(made):
    kept = made.delta_properties["delta.dataSkippingStatsColumns"].split(",")

    assert [name for name in kept if name and made[name].personal] == []


@EVERY
def test_a_table_that_tells_of_persons_can_be_erased_from_unless_it_is_released(made):
    identifying = {Sensitivity.DIRECT_ID, Sensitivity.PSEUDONYM} & {column.sensitivity for column in made}

    assert bool(made.erasure_key) == bool(identifying)
    if made.erasure_key:
        assert made[made.erasure_key].sensitivity in (Sensitivity.DIRECT_ID, Sensitivity.PSEUDONYM)
        assert made[made.erasure_key].required


@pytest.mark.parametrize("made", [c for c in CONTRACTS.values() if c.released], ids=lambda c: c.name)
def test_a_release_holds_no_personal_column_and_is_curated_with_an_example(made):
    assert not made.personal
    assert (made.layer, made.erasure_key) == (Layer.CURATED, "")
    assert made.name in made.example


CROWDS = {"curated.mobility", "curated.place_counts"}


def test_counts_of_crowds_state_their_floor():
    for name in CROWDS:
        assert {"k", "status", "persons"} <= set(CONTRACTS[name].column_names)


def test_only_counts_of_places_declared_releases_and_what_noise_cost_are_released():
    declared = {"curated.actions_anonymous", "curated.visits_noisy", "curated.privacy_spends"}

    assert {made.name for made in CONTRACTS.values() if made.released} == CROWDS | declared


@EVERY
def test_direct_identifiers_and_exact_positions_end_at_clean(made):
    exact = [c.name for c in made if c.sensitivity is Sensitivity.DIRECT_ID or c.name in ("latitude", "longitude")]

    assert exact == [] or made.layer in (Layer.RAW, Layer.CLEAN)


@EVERY
def test_rows_that_are_derived_one_by_one_say_how_long_they_may_be_kept(made):
    kept = made.layer in DERIVED and not made.released

    assert ("retain_until" in made.column_names) == kept
