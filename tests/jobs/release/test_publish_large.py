from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from jobs.release import build_large as staging
from jobs.release import publish_large
from jobs.release.publish_large import build_large, is_large
from quality.contracts.errors import UsageError
from quality.releases.load_release import load_table_release

ROWS = 4_000


def declare(folder, **more):
    path = folder / "r.yaml"
    stated = {
        "name": "r", "description": "d", "purpose": "p", "reads": "t.parquet", "subject": "who",
        "quasi_ids": {"x": {"kind": "numeric"}, "town": {"kind": "categorical"}},
        "keep": ["note"], "models": [{"model": "k_anonymity", "k": 5}],
        "gates": {"singling_out": None, "linkability": None, "inference": None},
    }  # fmt: skip
    path.write_text(yaml.safe_dump({**stated, **more}))
    return path


@pytest.fixture
def large(spark, home, tmp_path, monkeypatch):
    """Build a table as a large one; return what was told, and the folder of what was published."""
    monkeypatch.setattr(staging, "ROWS_IN_BOX", 1_000)
    rng = np.random.default_rng(3)
    table = pa.table(
        {
            "who": pa.array([None if at % 400 == 0 else f"p{at // 2}" for at in range(ROWS)]),
            "x": rng.integers(0, 2_000, ROWS), "town": [f"t{at}" for at in rng.integers(0, 4, ROWS)],
            "note": [f"n{at % 50}" for at in range(ROWS)],
        }
    )  # fmt: skip
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=700)

    def large(**more):
        path, target = declare(tmp_path, **more), tmp_path / "out.parquet"
        built = build_large(home, load_table_release(path), path, tmp_path / "t.parquet", target, lambda _: None)
        return built, target

    return large


@pytest.mark.parametrize(
    ("step", "passed"), [pytest.param(2, False, id="finer-than-a-class"), pytest.param(None, True, id="by-chance")]
)
def test_a_kept_column_of_a_part_of_a_large_table_is_held_to_classes_of_that_part(tmp_path, step, passed):
    release = load_table_release(declare(tmp_path, subject=None))
    chance = np.random.default_rng(3)
    x, town, note = (chance.integers(0, most, ROWS) for most in (500, 4, 50))
    note = x // step if step else note
    rows = pa.table({"x": x, "town": [f"t{at}" for at in town], "note": [f"n{at}" for at in note]})

    [verdict] = publish_large._kept(release, rows, {}, 1.0)

    assert verdict.passed == passed


@pytest.mark.spark
def test_a_large_table_is_published_as_a_folder_that_was_proven(large):
    built, target = large()

    read = pq.read_table(target)
    assert built.failed == []
    assert read.column_names == ["town", "x", "note"]
    assert built.measured.find("k").value >= 5
    assert (built.rows_in, built.rows_out, built.suppressed, built.rejected) == (4_000, 3_990, 0, {"no_subject": 10})
    assert read.num_rows == 3_990
    assert {file.name[:5] for file in target.iterdir()} == {"part-"}


@pytest.mark.spark
def test_a_large_release_that_fails_leaves_nothing_behind(large, tmp_path):
    built, target = large(
        gates={"singling_out": None, "linkability": None, "inference": None, "max_information_loss": 1e-6}
    )

    assert [one.check for one in built.failed] == ["information_loss"]
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "my home") == ["r.yaml", "t.parquet"]
    assert not target.exists()


@pytest.mark.spark
def test_rows_that_were_measured_but_are_not_those_published_are_found(large, monkeypatch):
    real = publish_large.judge_files

    def changed(release, files, *more, **options):
        part = next(file for file in files[0].parent.iterdir() if file.name.startswith("part-"))
        table = pq.read_table(part)
        pq.write_table(table.set_column(1, "x", pa.array(["[0, 1]"] * len(table))), part)
        return real(release, files, *more, **options)

    monkeypatch.setattr(publish_large, "judge_files", changed)
    built, target = large()

    assert "measured_rows" in [one.check for one in built.failed]
    assert not target.exists()


@pytest.mark.parametrize(
    ("more", "large"),
    [
        pytest.param({}, True, id="local-recoding"),
        pytest.param(
            {"method": "microaggregation", "quasi_ids": {"x": {"kind": "numeric"}}}, False, id="another-method"
        ),
    ],
)
def test_only_large_parquet_that_is_recoded_locally_is_for_spark(tmp_path, more, large):
    pq.write_table(pa.table({"x": range(10)}), tmp_path / "t.parquet")
    (tmp_path / "t.csv").write_text("x\n" + "1\n" * 10)
    declared = load_table_release(declare(tmp_path, **more))

    assert is_large(declared, tmp_path / "t.parquet", rows=9) is large
    assert not is_large(declared, tmp_path / "t.parquet", rows=10)
    assert not is_large(declared, tmp_path / "t.csv", rows=9)


@pytest.mark.parametrize(
    ("target", "more", "told"),
    [
        pytest.param("out.csv", {}, "ends in .parquet", id="not-parquet"),
        pytest.param("t.parquet", {}, "a new folder", id="there-already"),
    ],
)
def test_what_cannot_be_done_with_a_large_table_is_refused_before_spark_starts(home, tmp_path, target, more, told):
    (tmp_path / "t.parquet").touch()
    path = declare(tmp_path, **more)

    with pytest.raises(UsageError, match=told):
        build_large(home, load_table_release(path), path, tmp_path / "t.parquet", tmp_path / target, lambda _: None)


@pytest.mark.spark
def test_accounts_on_one_phone_are_one_person_in_a_large_table_too(large, tmp_path):
    table = pq.read_table(tmp_path / "t.parquet")
    fakes = 40  # beside one victim, in a place of their own; each also has a row elsewhere, on the one phone
    beside = pa.table(
        {
            "who": ["victim", *(f"fake{at}" for at in range(fakes))] + [f"fake{at}" for at in range(fakes)],
            "x": [9_000] * (fakes + 1) + [1_000] * fakes, "town": ["far"] * (fakes + 1) + ["t0"] * fakes,
            "note": [""] * (2 * fakes + 1), "device": [None] * (fakes + 1) + ["phone"] * fakes,
        }
    )  # fmt: skip
    rows = table.append_column("device", pa.nulls(table.num_rows, pa.string()))
    pq.write_table(pa.concat_tables([rows, beside.cast(rows.schema)]), tmp_path / "t.parquet", row_group_size=700)

    alone, _ = large()
    (tmp_path / "out.parquet").rename(tmp_path / "alone.parquet")
    built, target = large(links=["device"])

    assert alone.failed == built.failed == []
    assert "far" in pq.read_table(tmp_path / "alone.parquet")["town"].to_pylist()  # 41 accounts: a class of their own
    assert "far" not in pq.read_table(target)["town"].to_pylist()  # two people: not one without others
    assert {file.name.split("-")[0] for file in target.iterdir()} == {"part"}
