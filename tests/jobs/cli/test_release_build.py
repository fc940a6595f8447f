from __future__ import annotations

import csv

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from jobs.release import build_file as builder
from jobs.release.build_file import NotReleased
from quality.contracts.errors import ConfigError, UsageError

DECLARED = {
    "name": "visits", "description": "Who came.", "purpose": "analytics", "reads": "visits.csv", "subject": "who",
    "quasi_ids": {"age": {"kind": "numeric"}, "city": {"kind": "categorical"}}, "keep": ["note"],
    "models": [{"model": "k_anonymity", "k": 2}],
    "gates": {
        "singling_out": None, "linkability": None, "inference": None, "max_information_loss": 1, "max_suppressed": 0.5,
    },
}  # fmt: skip
ROWS = "who,age,city,note,secret\na,30,Rome,n1,s\nb,34,Rome,n2,s\nc,61,Oslo,n1,s\nd,67,Oslo,n2,s\n,50,Bonn,n5,s\n"


@pytest.fixture
def built(geoward, fits, tmp_path):
    """Build a declaration of rows; return the result and what was written, None if nothing."""

    def built(rows=ROWS, *arguments, dry=False, **declared):
        (tmp_path / "visits.csv").write_text(rows)
        (tmp_path / "visits.yaml").write_text(yaml.safe_dump({**DECLARED, **declared}))
        out = tmp_path / "out.csv"
        out.unlink(missing_ok=True)
        how = ["--dry-run"] if dry else ["--output", out]
        done = geoward("release", "build", tmp_path / "visits.yaml", *how, *arguments, "--json")
        if done.document:
            assert fits(done.document, "release-build")
        return done, list(csv.DictReader(out.open())) if out.exists() else None

    return built


def test_only_declared_columns_are_published_and_never_the_subject(built):
    _, rows = built()

    assert {tuple(row) for row in rows} == {("age", "city", "note")}
    assert sorted((row["age"], row["city"], row["note"]) for row in rows) == [
        ("[30, 34]", "Rome", "n1"), ("[30, 34]", "Rome", "n2"), ("[61, 67]", "Oslo", "n1"), ("[61, 67]", "Oslo", "n2"),
    ]  # fmt: skip


def test_rows_in_are_rows_out_and_suppressed_and_rejected(built):
    done, _ = built()

    told = done.document
    assert (told["rows_in"], told["rows_out"], told["suppressed"], told["rejected"]) == (5, 4, 0, {"no_subject": 1})
    assert "5 rows in = 4 out + 0 suppressed + rejected: no_subject 1." in done.stderr


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"dry": True}, id="a-dry-run"),
        pytest.param({"gates": {**DECLARED["gates"], "max_information_loss": 0.001}}, id="a-failure"),
    ],
)
def test_rows_that_did_not_go_out_are_not_told_as_out(built, how):
    done, rows = built(**how)

    assert rows is None
    assert "5 rows in would be 4 out + 0 suppressed + rejected: no_subject 1." in done.stderr


def test_a_dry_run_writes_nothing_and_tells_the_same(built):
    done, rows = built(dry=True)

    assert rows is None
    assert (done.document["released"], done.document["k"]) == (False, 2)


def test_one_person_with_many_rows_is_no_crowd(built):
    rows = "who,age,city,note,secret\n" + "a,30,Rome,n,s\n" * 5 + "b,60,Oslo,n,s\n"

    _, published = built(rows)

    assert {(row["age"], row["city"]) for row in published} == {("[30, 60]", "{Oslo, Rome}")}


def test_fake_accounts_on_one_device_do_not_open_the_cell_of_their_victim(built):
    rows = "who,age,city,note,secret\n" + "v,30,Rome,n,home\n" + "".join(f"f{at},30,Rome,n,evil\n" for at in range(3))
    rows += "x,60,Oslo,n,d1\ny,61,Oslo,n,d2\nz,62,Oslo,n,d3\n"

    _, alone = built(rows, models=[{"model": "k_anonymity", "k": 3}])
    _, united = built(rows, models=[{"model": "k_anonymity", "k": 3}], links=["secret"])

    assert ("30", "Rome") in {(row["age"], row["city"]) for row in alone}
    assert all(row["city"] != "Rome" for row in united)


def test_fakes_are_one_person_also_by_a_row_that_is_left_out_for_its_null(built):
    """Each fake is beside the victim without a device, and in a row without an age on the one phone they share."""
    fakes = "".join(f"f{at},30,Rome,n,\nf{at},,Rome,n,phone\n" for at in range(2))
    rows = f"who,age,city,note,secret\nv,30,Rome,n,home\n{fakes}x,60,Oslo,n,d1\ny,61,Oslo,n,d2\nz,62,Oslo,n,d3\n"

    done, published = built(rows, models=[{"model": "k_anonymity", "k": 3}], links=["secret"], nulls="suppress")

    assert done.document["suppressed"] == 2
    assert {row["city"] for row in published} == {"{Oslo, Rome}"}


def test_the_independent_count_unites_by_rows_that_are_not_published(built, monkeypatch):
    from transforms.anonymity import publish_rows

    monkeypatch.setattr(publish_rows, "unite_people", lambda table, *_: np.arange(table.num_rows, dtype=np.int32))
    rows = "who,age,city,note,secret\na,30,Rome,n,\nb,30,Rome,n,\na,,Rome,n,phone\nb,,Rome,n,phone\n"

    done, published = built(rows, links=["secret"], nulls="suppress")

    assert published is None
    assert "k_anonymity" in str(done.exception)


HIERARCHY = {"build": "intervals", "width": 5, "levels": 2}


@pytest.mark.parametrize("method", ["mondrian", "full_domain"])
@pytest.mark.parametrize(
    "model",
    [
        pytest.param({"model": "l_diversity", "l": 2}, id="distinct"),
        pytest.param({"model": "l_diversity", "l": 2, "variant": "entropy"}, id="entropy"),
        pytest.param({"model": "l_diversity", "l": 2, "variant": "recursive", "c": 9}, id="recursive"),
        pytest.param({"model": "t_closeness", "t": 0.4}, id="t"),
    ],
)
def test_second_rows_do_not_hide_what_all_of_a_class_have(built, method, model):
    """All three of age 30 are ill with x, and each has a row of another illness too; those of age 60 have one each."""
    rows = "who,age,ill\n" + "".join(f"{who},30,x\n{who},30,{ill}\n" for who, ill in zip("abc", "yzw", strict=True))
    rows += "".join(f"{who},60,{ill}\n" for who, ill in zip("defghi", "yyzzww", strict=True))
    models = [{"model": "k_anonymity", "k": 3}, {"column": "ill", **model}]

    done, published = built(
        rows, models=models, keep=[], method=method, quasi_ids={"age": {"kind": "numeric", "hierarchy": HIERARCHY}},
        gates={**DECLARED["gates"], "max_suppressed": 1},
    )  # fmt: skip

    assert done.document["released"] is True
    assert {row["age"] for row in published} == {{"mondrian": "[30, 60]", "full_domain": "*"}[method]}


K2 = {"model": "k_anonymity", "k": 2}
GRADES = {"build": "order", "values": ["low", "mid", "high"]}


@pytest.mark.parametrize("distance", ["ordered", "hierarchical"])
def test_a_sensitive_column_is_verified_in_its_declared_order_and_tree(built, distance):
    """Age 30 has low alone and 60 all others; in alphabetical order, high would be beside low."""
    rows = "who,age,grade\n" + "".join(f"l{at},30,low\n" for at in range(2))
    rows += "".join(f"{name}{at},60,{name}\n" for name in ("mid", "high") for at in range(2))

    done, _ = built(
        rows, keep=[], hierarchies={"grade": GRADES}, quasi_ids={"age": {"kind": "numeric"}},
        models=[K2, {"model": "t_closeness", "column": "grade", "t": 0.5, "distance": distance}],
    )  # fmt: skip

    (verdict,) = [one for one in done.document["verdicts"] if one["check"] == "t_closeness"]
    assert done.document["classes"] == 2
    assert verdict["measured"][f"t_{distance}"] == pytest.approx(0.5)


def test_values_of_suppressed_rows_alone_are_no_step_of_an_order(built):
    """Level 9 is published of nobody, so that a and b are two of two values in order, and not of three."""
    rows = "who,age,level\nx,70,9\n" + "".join(
        f"{who},{30 + 5 * (at // 2)},{at // 2 + 1}\n" for at, who in enumerate("abcd")
    )
    age = {"kind": "numeric", "hierarchy": HIERARCHY}

    done, published = built(
        rows, keep=[], quasi_ids={"age": age}, method="full_domain", suppression=0.3,
        models=[K2, {"model": "t_closeness", "column": "level", "t": 0.3, "distance": "ordered"}],
    )  # fmt: skip

    assert (done.document["released"], len(published)) == (True, 4)


def test_numbers_that_are_none_are_left_out_as_nulls_are(built, tmp_path):
    """NaN and infinity cannot be published as numbers: they are no value."""
    table = pa.table({"who": list("abcdefgh"), "age": [30.0] * 4 + [float("nan")] * 2 + [float("inf"), None]})
    pq.write_table(table, tmp_path / "visits.parquet")

    done, published = built(
        "", "--input", tmp_path / "visits.parquet", keep=[], nulls="suppress", quasi_ids={"age": {"kind": "numeric"}}
    )

    assert [row["age"] for row in published] == ["30"] * 4
    assert done.document["suppressed"] == 4


@pytest.mark.parametrize("kind", ["numeric", "categorical"])
def test_a_full_domain_release_of_nulls_has_them_as_a_category(built, kind):
    rows = "who,age,city\n" + "".join(f"p{at},{age},Rome\n" for at, age in enumerate(["", "", "3", "3", "4", "4"]))
    age = {"kind": kind, "hierarchy": {"numeric": HIERARCHY, "categorical": {"build": "order"}}[kind]}
    city = {"kind": "categorical", "hierarchy": {"build": "order"}}

    _, published = built(rows, keep=[], method="full_domain", quasi_ids={"age": age, "city": city})

    assert sorted(row["age"] for row in published) == ["", "", "3", "3", "4", "4"]


def test_a_hierarchy_is_split_alike_by_the_build_and_by_its_proof(built, tmp_path):
    (tmp_path / "city.csv").write_text('"a;b",x,*\nc,x,*\nd,y,*\n')
    rows = "who,city\n" + "".join(f"p{at},{city}\n" for at, city in enumerate(["a;b", "c", "d", "d"]))

    done, published = built(rows, keep=[], quasi_ids={"city": {"kind": "hierarchical", "hierarchy": "city.csv"}})

    assert sorted(row["city"] for row in published) == ["d", "d", "x", "x"]


@pytest.mark.parametrize("name", ["who, of the source", "source_0", "SOURCE_0"])
def test_no_kept_column_passes_for_the_subject_whatever_it_is_called(built, name):
    rows = f'who,age,city,"{name}"\n' + "".join(f"{'ab'[at % 2]},30,Rome,{at % 3}\n" for at in range(6))

    done, _ = built(rows, keep=[name])

    assert (done.document["k"], done.document["released"]) == (2, True)


def test_a_table_that_cannot_hold_the_models_is_not_published(built):
    done, rows = built("who,age,city,note,secret\na,1,x,n,s\n")

    assert rows is None
    assert "k_anonymity" in str(done.exception)


def test_nothing_is_published_unless_the_independent_count_agrees(built, monkeypatch):
    from quality.checks.anonymity.judge_models import judge_models
    from quality.releases.privacy_models import KAnonymity

    def stricter(measured, models):
        return judge_models(measured, [KAnonymity(model="k_anonymity", k=3)])

    monkeypatch.setattr("jobs.release.judge_table.judge_models", stricter)
    done, rows = built()

    assert rows is None
    assert isinstance(done.exception, NotReleased)
    assert done.document["released"] is False


def test_rows_come_in_an_order_that_the_source_does_not_tell(built):
    rows = ROWS.splitlines(keepends=True)
    turned = rows[0] + "".join(reversed(rows[1:]))

    assert built()[1] == built(turned)[1]


def test_rows_with_nulls_are_left_out_where_the_release_says_so(built):
    rows = "who,age,city,note,secret\na,30,Rome,n,s\nb,31,Rome,n,s\nc,,Rome,n,s\n"

    done, published = built(rows, nulls="suppress")

    assert (len(published), done.document["suppressed"]) == (2, 1)


def test_a_full_domain_release_has_one_level_for_each_column(built, tmp_path):
    (tmp_path / "city.csv").write_text("Rome;Italy;*\nOslo;Norway;*\nBonn;Germany;*\n")
    quasi_ids = {
        "age": {"kind": "numeric", "hierarchy": {"build": "intervals", "width": 10, "levels": 3}},
        "city": {"kind": "hierarchical", "hierarchy": "city.csv"},
    }

    _, published = built(quasi_ids=quasi_ids, method="full_domain")

    assert {(row["age"], row["city"]) for row in published} == {("[30, 40[", "Rome"), ("[60, 70[", "Oslo")}


def test_a_subject_under_another_name_is_not_published(built):
    rows = "who,age,city,ssn\n" + "".join(f"s{at},{30 + at % 2},Rome,s{at}\n" for at in range(8))

    done, published = built(rows, keep=["ssn"])

    assert published is None
    assert "kept_columns" in str(done.exception)
    assert "Declare as quasi-identifiers, or do not publish: ssn." in done.exception.mend


def test_microaggregation_publishes_means(built):
    rows = "who,age,city,note,secret\na,30,x,n,s\nb,34,x,n,s\nc,61,x,n,s\nd,67,x,n,s\n"

    done, published = built(rows, quasi_ids={"age": {"kind": "numeric"}}, method="microaggregation")

    assert sorted(float(row["age"]) for row in published) == [32, 32, 64, 64]
    lost = {one["check"]: one["measured"]["share"] for one in done.document["verdicts"] if "share" in one["measured"]}
    assert lost["information_loss"] == pytest.approx(5 / 37)  # ranges of 4 and of 6, of 37


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        pytest.param({"subject": "city"}, "the subject is never published", id="subject-published"),
        pytest.param({"keep": ["age"]}, "a column has one role only: age", id="two-roles"),
        pytest.param({"links": ["note"]}, "links are never published", id="links-published"),
        pytest.param({"method": "full_domain"}, "full_domain needs a hierarchy for: age, city", id="no-hierarchy"),
        pytest.param({"models": []}, "models", id="no-model"),
        pytest.param({"keep": ["Age"]}, "columns differ in case alone: Age, age", id="case-alone"),
        pytest.param({"version": "1"}, "remove it", id="version"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(built, declared, told):
    done, rows = built(**declared)

    assert rows is None
    assert isinstance(done.exception, ConfigError)
    assert told in str(done.exception)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["absent"], "There is no release 'absent'", id="unknown-name"),
        pytest.param(["absent.yaml", "--dry-run"], "There is no release at", id="no-file"),
    ],
)
def test_wrong_use_is_told(geoward, arguments, told):
    done = geoward("release", "build", *arguments, "-o", "out.csv")

    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)


def test_a_release_must_be_told_where_to_go(geoward):
    assert "Say --output" in str(geoward("release", "build", "x").exception)


def test_an_empty_release_is_no_private_one(built):
    rows = "who,age,city,note,secret\na,30,Rome,n,s\nb,60,Oslo,n,s\n"

    done, published = built(rows, gates={**DECLARED["gates"], "max_information_loss": 0.9})

    assert published is None
    assert "information_loss" in str(done.exception)


def test_a_release_is_attacked_unless_its_declaration_says_otherwise(built):
    done, published = built(gates={})

    assert published is None
    assert "attack" in str(done.exception)


def test_an_output_is_whole_or_absent(built, monkeypatch):
    def fail(*_):
        raise OSError

    monkeypatch.setattr(builder, "write_table", fail)

    assert built()[1] is None


def test_a_formula_in_a_published_cell_is_warned_of_and_published_as_it_is(geoward, declared, tmp_path):
    path = declared(town="=1+1")

    done = geoward("release", "build", path, "-o", tmp_path / "out.csv", "--json")

    warned = [one for one in done.document["verdicts"] if one["severity"] == "warn"]
    assert done.exit_code == 0
    assert [one["check"] for one in warned] == ["spreadsheet_formulas", "late_rows"]
    assert "=1+1" in (tmp_path / "out.csv").read_text()


def test_dates_of_texts_are_published_as_intervals_of_dates_that_are_read_again(built, geoward, tmp_path):
    rows = "who,age,city,note,secret\n" + "".join(f"w{at},2026-0{1 + at // 4}-1{at % 4},Rome,n,s\n" for at in range(12))

    models = [{"model": "k_map", "k": 4, "population": "visits.csv"}]
    done, published = built(rows, models=models, keep=[])
    attacked, _ = built(rows, models=models, keep=[], gates={**DECLARED["gates"], "singling_out": 1})

    assert {row["age"] for row in published} == {f"[2026-0{month}-10, 2026-0{month}-13]" for month in (1, 2, 3)}
    verdicts = {one["check"]: one for one in done.document["verdicts"]}
    assert verdicts["k_map"]["measured"]["k_map"] == 4
    assert 0 < verdicts["information_loss"]["measured"]["share"] < 0.1
    assert (
        attacked.document["verdicts"][-1]["measured"]["raw_estimate"] == 1
    )  # its dates were read as they are published


def test_what_lies_beyond_a_limit_is_published_as_open_and_counted_so_in_a_population(geoward, built, tmp_path):
    """Ten of 1930 to 1939 and two of 1960, coded at 1955: who reads the table knows that the first may be older."""
    people = [f"p{born},{born},Rome,n,s" for born in (*range(1930, 1940), 1960, 1961)]
    rows = "\n".join(["who,age,city,note,secret", *people]) + "\n"
    ages = {"kind": "numeric", "bottom": 1955}
    done, shown = built(rows, quasi_ids={"age": ages, "city": {"kind": "categorical"}}, keep=[])

    told = geoward(
        "release", "verify", tmp_path / "out.csv", "-q", "age,city", "--population", tmp_path / "visits.csv", "--json"
    ).document
    measured = {one["name"]: one["value"] for one in told["parameters"]}

    assert {row["age"] for row in shown} == {"<=1955", "[1960, 1961]"}
    assert done.document["information_loss"] == pytest.approx(10 / 12 * 25 / 31 / 2 + 2 / 12 * 1 / 31 / 2)
    assert (measured["k_map"], measured["presence_min"], measured["presence_max"]) == (2, 1, 1)


def test_a_level_of_a_hierarchy_that_holds_a_limit_is_open(built):
    ages = {
        "kind": "numeric", "bottom": 35, "top": 65,
        "hierarchy": {"build": "intervals", "start": 0, "width": 10, "levels": 1},
    }  # fmt: skip
    _, shown = built(method="full_domain", quasi_ids={"age": ages}, keep=[])

    assert sorted({row["age"] for row in shown}) == ["[60, >=70[", "[<=30, 40["]
