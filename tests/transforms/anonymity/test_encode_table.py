from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from quality.releases.declaration import TableRelease
from transforms.anonymity.domains import ColumnUnfit, survey_columns, unite_domains, with_hierarchies
from transforms.anonymity.encode_table import encode_table


def declared(quasi_ids, **more):
    models = more.pop("models", [{"model": "k_anonymity", "k": 2}])
    return TableRelease(
        name="t", description="d", purpose="p", reads="f", quasi_ids=quasi_ids, models=models, **more
    )  # fmt: skip


def encoded(table, release, texts=None, parts=1):
    step = -(-table.num_rows // parts)
    pieces = [table.slice(at, step) for at in range(0, table.num_rows, step)]
    domains = with_hierarchies(unite_domains([survey_columns(one, release.coded) for one in pieces]), texts or {})
    return encode_table(table, release, domains)


def test_numbers_are_coded_in_their_order_and_no_number_is_the_last_code():
    table = pa.table({"age": pa.array([40, 17, None, 40])})

    (age,) = encoded(table, declared({"age": {"kind": "numeric"}})).table.quasi_ids

    assert age.codes.tolist() == [1, 0, 2, 1]
    assert age.positions.tolist() == [17, 40]
    assert age.null == 2


def test_a_text_that_is_a_number_keeps_its_form_in_a_categorical_column():
    made = encoded(pa.table({"zip": ["02139", "10001", "02139"]}), declared({"zip": {"kind": "categorical"}}))

    assert made.values[0].to_pylist() == ["02139", "10001"]
    assert made.table.quasi_ids[0].codes.tolist() == [0, 1, 0]


@pytest.mark.parametrize("values", [["1.0", "2", "1"], ["1", "1.0", "2"]])
def test_two_texts_of_one_number_stand_in_the_same_order_whichever_came_first(values):
    made = encoded(pa.table({"zip": values}), declared({"zip": {"kind": "categorical"}}))

    assert made.values[0].to_pylist() == ["1", "1.0", "2"]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        pytest.param(["7", "10", "7"], [7, 10], id="texts-of-whole-numbers"),
        pytest.param([1.5, 2.0, 1.5], [1.5, 2.0], id="fractions"),
        pytest.param([date(2026, 1, 2), date(2025, 1, 1)], [date(2025, 1, 1), date(2026, 1, 2)], id="dates"),
        pytest.param(["2026-01-02", "2025-01-01"], [date(2025, 1, 1), date(2026, 1, 2)], id="texts-of-dates"),
        pytest.param(
            ["2026-01-02 10:00", "2026-01-02T09:30:01"],
            [datetime(2026, 1, 2, 9, 30, 1), datetime(2026, 1, 2, 10)],
            id="texts-of-times",
        ),
        pytest.param(
            ["2026-01-02T10:00+02:00", "2026-01-02T07:00Z"],
            [datetime(2026, 1, 2, 7, tzinfo=UTC), datetime(2026, 1, 2, 8, tzinfo=UTC)],
            id="texts-of-times-with-zones",
        ),
    ],
)
def test_numbers_are_shown_as_values_of_their_kind(values, shown):
    made = encoded(pa.table({"n": values}), declared({"n": {"kind": "numeric"}}))

    assert made.values[0].to_pylist() == shown


def test_what_lies_beyond_bottom_and_top_is_coded_as_the_limit():
    made = encoded(pa.table({"age": [3, 20, 99]}), declared({"age": {"kind": "numeric", "bottom": 18, "top": 90}}))

    assert made.values[0].to_pylist() == [18, 20, 90]


@pytest.mark.parametrize("nothing", [float("nan"), float("inf"), None])
def test_what_is_no_finite_number_is_no_value(nothing):
    made = encoded(pa.table({"n": pa.array([1.0, nothing])}), declared({"n": {"kind": "numeric"}}))

    assert made.table.quasi_ids[0].codes.tolist() == [0, 1]
    assert made.table.quasi_ids[0].null == 1


def test_a_column_that_holds_no_numbers_is_refused_without_its_value():
    with pytest.raises(ColumnUnfit) as refused:
        encoded(pa.table({"age": ["17", "Ada"]}), declared({"age": {"kind": "numeric"}}))

    assert "age" in str(refused.value)
    assert "Ada" not in str(refused.value)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["2026-01-02", "soon"], id="a-word"),
        pytest.param(["2026-01-02", "17"], id="a-number"),
        pytest.param(["2026-01-02T10:00", "2026-01-02T10:00Z"], id="a-zone-in-some-only"),
        pytest.param(["02/01/2026"], id="another-form"),
    ],
)
def test_texts_that_are_not_all_dates_are_refused(texts):
    with pytest.raises(ColumnUnfit, match="no number and no date"):
        encoded(pa.table({"on": texts}), declared({"on": {"kind": "numeric"}}))


def test_values_beyond_a_stated_order_are_counted():
    size = {"kind": "ordered", "hierarchy": {"build": "order", "values": ["S", "M"]}}

    with pytest.raises(ColumnUnfit, match="has 1 distinct values that its stated order lacks"):
        encoded(pa.table({"size": ["M", "XXL"]}), declared({"size": size}))


def test_a_stated_order_is_the_order_of_the_codes():
    size = {"kind": "ordered", "hierarchy": {"build": "order", "values": ["S", "M", "L"]}}

    made = encoded(pa.table({"size": ["L", "S", "M"]}), declared({"size": size}))

    assert made.table.quasi_ids[0].codes.tolist() == [2, 0, 1]


def test_a_part_of_a_table_is_encoded_as_the_whole():
    table = pa.table({"color": ["red", "blue", None, "green"]})
    release = declared({"color": {"kind": "categorical"}})

    assert encoded(table, release, parts=3).table.quasi_ids[0].codes.tolist() == [2, 0, 3, 1]


def test_a_value_that_was_not_there_before_is_refused():
    release = declared({"color": {"kind": "categorical"}})
    domains = unite_domains([survey_columns(pa.table({"color": ["red"]}), release.coded)])

    with pytest.raises(ColumnUnfit, match="1 values that were not there before"):
        encode_table(pa.table({"color": ["blue"]}), release, domains)


def test_a_hierarchy_file_covers_the_values_of_its_column():
    release = declared({"sex": {"kind": "hierarchical", "hierarchy": "sex.csv"}})

    (sex,) = encoded(pa.table({"sex": ["m", "f"]}), release, {"sex": "f;*\nm;*\n"}).table.quasi_ids

    assert [level.tolist() for level in sex.hierarchy.nodes] == [[0, 1], [0, 0]]


def test_sensitive_columns_are_coded_with_their_models():
    models = [{"model": "k_anonymity", "k": 2}, {"model": "l_diversity", "column": "ill", "l": 2}]
    table = pa.table({"age": [1, 2], "ill": ["b", None]})

    made = encoded(table, declared({"age": {"kind": "numeric"}}, models=models)).table

    assert made.sensitive[0].codes.tolist() == [0, 1]
    assert made.sensitive[0].size == 2
    assert [model.model for model in made.sensitive[0].models] == ["l_diversity"]
