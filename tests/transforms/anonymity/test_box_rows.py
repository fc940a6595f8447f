from __future__ import annotations

import pyarrow as pa

from tests.transforms.anonymity.test_encode_table import declared
from transforms.anonymity import box_rows
from transforms.anonymity.box_rows import pack_boxes, plan_boxes, survey_part, unpack_boxes, with_spreads

RELEASE = declared({"n": {"kind": "numeric"}, "color": {"kind": "categorical"}}, keep=["note"])
TABLE = pa.table(
    {"n": list(range(12)), "color": ["red", "blue", None] * 4, "note": [f"row {at}" for at in range(12)]}
)  # fmt: skip


def plan(table, parts=3, **more):
    step = table.num_rows // parts
    surveys = [survey_part(table.slice(at, step).to_batches(), RELEASE, 1) for at in range(0, table.num_rows, step)]
    return plan_boxes(surveys, RELEASE, texts={}, **{"rows_in_box": 3, "least": 1, **more})


def test_every_row_comes_to_one_box_whole(monkeypatch):
    monkeypatch.setattr(box_rows, "ROWS_AT_ONCE", 5)
    made = plan(TABLE)

    boxes = unpack_boxes(pack_boxes(TABLE.to_batches(max_chunksize=2), RELEASE, made))

    assert made.tree.boxes == 4
    assert sorted(row["note"] for box in boxes.values() for row in box.to_pylist()) == sorted(TABLE["note"].to_pylist())


def test_equal_quasi_identifiers_meet_in_one_box_whatever_part_they_come_from():
    doubled = pa.concat_tables([TABLE, TABLE])
    boxes = unpack_boxes(pack_boxes(doubled.to_batches(max_chunksize=5), RELEASE, plan(TABLE)))

    where = [{row["note"] for row in box.to_pylist()} for box in boxes.values()]

    assert sum(len(notes) for notes in where) == 12


def test_the_values_of_all_parts_are_known_in_every_box():
    domains = {domain.name: domain for domain in plan(TABLE).domains}

    assert domains["color"].texts.to_pylist() == ["blue", "red"]
    assert domains["color"].nulls
    assert (domains["n"].low, domains["n"].high) == (0, 11)


def test_a_part_without_rows_says_nothing():
    empty = survey_part(iter(()), RELEASE, 1)
    whole = survey_part(TABLE.to_batches(), RELEASE, 1)

    made = plan_boxes([empty, whole], RELEASE, rows_in_box=12, texts={})

    assert made.tree.boxes == 1


def test_a_crowd_of_equal_rows_is_parted_by_person_so_that_no_worker_has_all_of_it():
    people = [f"p{at % 50}" for at in range(200)]
    crowd = pa.table({"n": [7] * 200, "color": ["red"] * 200, "note": [""] * 200, "who": people})
    release = declared({"n": {"kind": "numeric"}, "color": {"kind": "categorical"}}, keep=["note"], subject="who")
    made = plan_boxes([survey_part(crowd.to_batches(), release, 1)], release, texts={}, rows_in_box=50, least=1)

    boxes = unpack_boxes(pack_boxes(crowd.to_batches(), release, made))

    where = [set(box["who"].to_pylist()) for box in boxes.values()]
    assert len(where) == 4 and sum(map(len, where)) == 50
    assert max(box.num_rows for box in boxes.values()) <= 100


def test_rows_are_parted_by_person_only_where_nothing_else_parts_them():
    release = declared({"n": {"kind": "numeric"}})
    table = pa.table({"n": [*range(100)]})
    made = plan_boxes([survey_part(table.to_batches(), release, 1)], release, texts={}, rows_in_box=25, least=1)

    assert set(made.tree.column.tolist()) == {-1, 0}


def test_values_are_spread_over_the_whole_table_in_subjects():
    release = declared(
        {"n": {"kind": "numeric"}}, subject="who", models=[{"model": "t_closeness", "column": "ill", "t": 0.5}]
    )
    table = pa.table({"n": [1, 2, 3, 4], "ill": ["flu", "flu", None, "pox"], "who": ["a", "a", "b", "a"]})
    made = plan_boxes([survey_part(table.to_batches(), release, 1)], release, texts={}, rows_in_box=9, least=1)

    spread = with_spreads(table.to_batches(max_chunksize=2), release, made).domains[-1].spread

    assert spread.shares.tolist() == [1 / 3, 1 / 3, 1 / 3]  # a has flu and pox, b has none: three pairs
    assert spread.held.tolist() == [1 / 2, 1 / 2, 1 / 2]


def test_each_row_is_a_subject_of_its_own_where_none_is_declared():
    release = declared({"n": {"kind": "numeric"}}, models=[{"model": "t_closeness", "column": "ill", "t": 0.5}])
    table = pa.table({"n": [1, 2, 3, 4], "ill": ["flu", "flu", "flu", "pox"]})
    made = plan_boxes([survey_part(table.to_batches(), release, 1)], release, texts={}, rows_in_box=9, least=1)

    assert with_spreads(table.to_batches(max_chunksize=3), release, made).domains[-1].spread.shares.tolist() == [
        0.75,
        0.25,
    ]
