"""A table built again of other rows: new minus old is who came late."""

from __future__ import annotations

import csv
import hashlib

import pytest
import yaml

from jobs.release import publish_large
from jobs.release.build_file import NotReleased
from quality.contracts.errors import UsageError
from tests.jobs.cli.test_release_build import DECLARED

WHO = "who,age,city,note\n"
ROWS = WHO + "".join(f"p{at},{30 + at % 2 * 40},{'Rome' if at % 2 else 'Oslo'},n{at // 2 % 2}\n" for at in range(12))
LATE = ROWS + "late,30,Oslo,n0\n"
NODES = {
    "method": "full_domain",
    "subject": None,
    "quasi_ids": {
        "age": {"kind": "numeric", "hierarchy": {"build": "intervals", "width": 10, "levels": 3}},
        "city": {"kind": "hierarchical", "hierarchy": "city.csv"},
    },
}
MEANS = {"method": "microaggregation", "quasi_ids": {"age": {"kind": "numeric"}}, "keep": []}


def crowd(city, people, *, start=100, age=30):
    return "".join(f"c{start + at},{age},{city},n{at % 2}\n" for at in range(people))


@pytest.fixture
def built(geoward, fits, tmp_path):
    """Build rows into out.csv; return the verdict on late rows (None if it came to none), and the result."""
    (tmp_path / "city.csv").write_text("Rome;Italy;*\nOslo;Norway;*\nBonn;Germany;*\n")

    def built(rows=ROWS, *arguments, name="out.csv", **declared):
        (tmp_path / "visits.csv").write_text(rows)
        (tmp_path / "visits.yaml").write_text(yaml.safe_dump({**DECLARED, **declared}))
        done = geoward("release", "build", tmp_path / "visits.yaml", "-o", tmp_path / name, *arguments, "--json")
        assert not done.document or fits(done.document, "release-build")
        told = [one for one in (done.document or {"verdicts": []})["verdicts"] if one["check"] == "late_rows"]
        return (told[0] if told else None), done

    return built


def sha(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
@pytest.mark.parametrize(
    "how", [pytest.param({}, id="mondrian"), pytest.param(NODES, id="full-domain"), pytest.param(MEANS, id="means")]
)
def test_the_same_rows_once_more_are_the_same_file_and_no_second_version(built, tmp_path, how, name):
    built(**how, name=name)
    first = sha(tmp_path / name)
    head, *lines = ROWS.splitlines(keepends=True)

    for rows in (ROWS, head + "".join(reversed(lines))):
        verdict, done = built(rows, **how, name=name)

        assert (done.exception, sha(tmp_path / name)) == (None, first)
        measured = verdict["measured"]
        assert (verdict["passed"], measured["versions"], measured["of_other_rows"]) == (True, 1, 0)


@pytest.mark.parametrize("how", [pytest.param({}, id="mondrian"), pytest.param(MEANS, id="means")])
@pytest.mark.parametrize(
    "rows", [LATE, ROWS + crowd("Oslo", 8), ROWS.replace("p0,30", "p0,31")], ids=["late", "crowd", "corrected"]
)
def test_fitted_classes_of_other_rows_are_not_compared_and_replace_nothing(built, tmp_path, how, rows):
    built(**how)
    first = sha(tmp_path / "out.csv")

    verdict, done = built(rows, **how)

    assert isinstance(done.exception, NotReleased)
    assert (verdict["passed"], verdict["measured"]["not_compared"]) == (False, 1)
    assert "next epoch" in done.exception.mend
    assert "`late_rows: allow`: their privacy" in done.exception.mend
    assert sha(tmp_path / "out.csv") == first


@pytest.mark.parametrize(
    ("rows", "few", "passed"),
    [
        pytest.param(LATE, 1, False, id="one-late-person"),
        pytest.param(ROWS + crowd("Oslo", 2), 0, False, id="two-of-k-3"),
        pytest.param(ROWS + crowd("Oslo", 6), 0, True, id="a-crowd-came"),
        pytest.param(ROWS + crowd("Bonn", 6), 0, True, id="a-crowd-of-a-new-cell"),
        pytest.param(ROWS + crowd("Bonn", 4), 1, False, id="a-cell-of-which-two-may-have-been-suppressed"),
        pytest.param(ROWS.replace("p0,30,Oslo,n0", "p0,30,Oslo,n1"), 0, False, id="one-kept-value"),
        pytest.param("".join(ROWS.splitlines(keepends=True)[:-1]), 1, False, id="one-was-taken-out"),
    ],
)
def test_over_the_same_nodes_a_crowd_may_come_and_a_few_may_not(built, tmp_path, rows, few, passed):
    how = {**NODES, "models": [{"model": "k_anonymity", "k": 3}], "gates": {**DECLARED["gates"], "kept_alone": 1}}
    built(**how)
    first = sha(tmp_path / "out.csv")

    verdict, done = built(rows, **how)

    assert (verdict["passed"], done.exception is None) == (passed, passed)
    assert (verdict["measured"]["by_fewer_than_k"] >= few, verdict["measured"]["overlapping"]) == (True, 0)
    assert (sha(tmp_path / "out.csv") == first) is not passed


def test_another_node_overlaps_and_is_refused(built):
    """A woman of Bonn alone makes all towns one: the classes of before lie in it."""
    built(**NODES)

    verdict, done = built(ROWS + crowd("Bonn", 1), **NODES)

    assert isinstance(done.exception, NotReleased)
    assert verdict["measured"]["overlapping"] > 0


def test_where_people_have_several_rows_a_crowd_of_rows_may_be_one_of_them(built):
    """Also of one who left: how many rows of the version that is out were theirs, it does not tell."""
    persons = {**NODES, "subject": "who"}
    built(ROWS + "p0,30,Oslo,n1\n" * 3, **persons)

    verdict, done = built(ROWS, **persons)

    assert isinstance(done.exception, NotReleased)
    assert verdict["measured"]["not_compared"] == 1


def test_a_release_that_allows_late_rows_is_warned_of_them(built, tmp_path):
    built()
    first = sha(tmp_path / "out.csv")

    verdict, done = built(LATE, late_rows="allow")

    assert (done.exception, verdict["passed"], verdict["severity"]) == (None, False, "warn")
    assert sha(tmp_path / "out.csv") != first


def test_a_first_version_is_told_to_be_compared_with_none(built):
    verdict, _ = built()

    assert (verdict["measured"]["outcome"], verdict["severity"]) == ("not_tried", "warn")


def test_a_version_elsewhere_counts_if_it_is_named(built, tmp_path):
    built()
    (tmp_path / "out.csv").rename(tmp_path / "mailed.csv")

    refused = built(LATE, "--out-already", tmp_path / "mailed.csv")[1]

    assert isinstance(refused.exception, NotReleased)
    assert not (tmp_path / "out.csv").exists()
    assert isinstance(built(LATE, "--out-already", tmp_path / "gone.csv")[1].exception, UsageError)
    assert built(LATE)[1].exception is None


def test_a_dry_run_compares_with_what_it_would_replace(built):
    built()

    assert isinstance(built(LATE, "--dry-run")[1].exception, NotReleased)


@pytest.mark.parametrize("text", ["my,notes\n", ROWS, ""], ids=["other-columns", "more-columns", "empty"])
def test_a_file_that_is_no_version_is_not_replaced(built, tmp_path, text):
    (tmp_path / "out.csv").write_text(text)

    _, done = built(late_rows="allow")

    assert isinstance(done.exception, UsageError)
    assert "is there, and is no version of this release" in str(done.exception)
    assert (tmp_path / "out.csv").read_text() == text


def test_a_folder_is_not_replaced(built, tmp_path):
    (tmp_path / "out.parquet").mkdir()

    assert "is a folder" in str(built(name="out.parquet")[1].exception)


def test_versions_are_not_named_in_vain_for_a_table_that_spark_builds(built, tmp_path, monkeypatch):
    built()
    monkeypatch.setattr(publish_large, "is_large", lambda *_: True)

    done = built(ROWS, "--out-already", tmp_path / "out.csv", name="more.parquet")[1]

    assert isinstance(done.exception, UsageError)
    assert "compares no versions" in str(done.exception)


def test_rows_are_read_back_as_they_were_written(built, tmp_path):
    """Means are written as 32 in CSV and as 32.0 in Parquet: the version of one is compared in its own spelling."""
    built(**MEANS, name="out.parquet")

    verdict, _ = built(ROWS, "--out-already", tmp_path / "out.parquet", **MEANS)

    assert (verdict["passed"], verdict["measured"]["of_other_rows"]) == (True, 0)
    assert len(list(csv.DictReader((tmp_path / "out.csv").open()))) == 12
