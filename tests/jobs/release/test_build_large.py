from __future__ import annotations

from collections import defaultdict

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.release.build_large import NothingHolds, stage_large
from quality.contracts.errors import GeowardError
from quality.releases.declaration import TableRelease

pytestmark = pytest.mark.spark


def release(k=3, **more):
    return TableRelease(
        name="t", description="d", purpose="p", reads="f", quasi_ids={"x": {"kind": "numeric"}}, keep=("note",),
        models=({"model": "k_anonymity", "k": k},), **more,
    )  # fmt: skip


@pytest.fixture
def staged(spark, tmp_path):
    """Stage a table; return its published rows, the rows beside them, and what was told."""

    def staged(table, declared, rows_in_box=250):
        pq.write_table(table, tmp_path / "t.parquet", row_group_size=170)
        folder = tmp_path / "staged"
        folder.mkdir()
        told = stage_large(
            spark, declared, [tmp_path / "t.parquet"], folder, texts={}, tell=lambda _: None, rows_in_box=rows_in_box
        )  # fmt: skip
        read = [
            [row for name in names for row in pq.read_table(folder / name).to_pylist()]
            for names in (told.parts, told.beside)
        ]
        return *read, told, folder

    return staged


def rows(xs, people=None):
    return pa.table(
        {"x": xs, "note": [f"n{at}" for at in range(len(xs))], "who": people or [f"p{at}" for at in range(len(xs))]}
    )


def test_every_row_is_published_once_and_every_class_holds_k(staged):
    published, _, told, _ = staged(rows(list(range(1000))), release())

    sizes = defaultdict(int)
    for row in published:
        sizes[row["x"]] += 1
    assert sorted(row["note"] for row in published) == sorted(f"n{at}" for at in range(1000))
    assert min(sizes.values()) >= 3
    assert (told.rows_in, told.rows_out) == (1000, 1000)
    assert len(told.parts) > 1


def test_subjects_are_counted_and_stand_beside_the_rows_as_digests(staged):
    people = [f"p{at // 4}" for at in range(100)]

    _, beside, _, _ = staged(rows(list(range(100)), people), release(subject="who"))

    classes = defaultdict(set)
    for row in beside:
        classes[row["x"]].add(row["_subject"])
    assert min(len(subjects) for subjects in classes.values()) >= 3
    assert len(set().union(*classes.values())) == 25
    assert not {str(row["_subject"]) for row in beside} & set(people)


def test_a_stadium_of_equal_rows_is_one_class(staged):
    published, _, _, _ = staged(rows([7.0] * 80 + [float(at) for at in range(20)]), release())

    assert sum(row["x"] == "7" for row in published) >= 80


def test_boxes_that_are_too_small_for_the_models_are_made_larger(staged):
    one_person = ["p"] * 600 + [f"q{at}" for at in range(400)]

    published, _, told, folder = staged(rows(list(range(1000)), one_person), release(subject="who"))

    assert len(published) == told.rows_out == 1000
    assert {path.name for path in folder.iterdir()} == {*told.parts, *told.beside}


def test_a_table_that_cannot_hold_the_models_is_refused(staged):
    with pytest.raises(NothingHolds, match="All 3 rows together"):
        staged(rows([1.0, 2.0, 3.0], ["p", "p", "q"]), release(subject="who"))


def test_a_value_that_is_no_number_is_told_of_without_it(staged):
    with pytest.raises(Exception) as refused:  # noqa: B017, PT011 (as Spark raises it)
        staged(rows(["Ada", "Bob"]), release())

    assert "Ada" not in str(refused.value) and not isinstance(refused.value, GeowardError)


def test_a_class_is_close_to_the_whole_table_and_not_only_to_its_box(staged):
    secrets = ["a"] * 500 + ["b"] * 500
    close = {"model": "t_closeness", "column": "secret", "t": 0.2}
    table = rows(list(range(1000))).append_column("secret", pa.array(secrets))
    both = TableRelease(
        name="t", description="d", purpose="p", reads="f", quasi_ids={"x": {"kind": "numeric"}},
        models=({"model": "k_anonymity", "k": 3}, close),
    )  # fmt: skip

    published, _, _, _ = staged(table, both)

    classes = defaultdict(list)
    for row in published:
        classes[row["x"]].append(row["secret"])
    assert sum(map(len, classes.values())) == 1000
    assert all(0.3 <= told.count("a") / len(told) <= 0.7 for told in classes.values())
