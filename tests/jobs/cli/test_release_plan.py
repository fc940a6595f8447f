from __future__ import annotations

import pytest


def test_every_column_of_the_file_has_its_role_also_those_that_are_not_published(geoward, fits, declared):
    told = geoward("release", "plan", declared(), "--json").document

    assert fits(told, "release-plan")
    assert {one["name"]: (one["role"], one["published"]) for one in told["columns"]} == {
        "age": ("quasi_identifier", True),
        "town": ("quasi_identifier", True),
        "ill": ("sensitive", True),
        "who": ("subject", False),
        "note": ("not_published", False),
    }
    assert (told["rows"], told["problems"]) == (40, [])


def test_no_value_of_a_row_is_told(geoward, declared):
    done = geoward("release", "plan", declared())

    assert done.exit_code == 0
    assert "Bute" not in done.output
    assert "at least 5 people" in done.stdout


def test_what_a_build_would_stop_at_is_told_before_it_is_begun(geoward, declared, tmp_path):
    path = declared(
        keep=["height"],
        quasi_ids={"age": {"kind": "numeric"}, "town": {"kind": "hierarchical", "hierarchy": "towns.csv"}},
        models=[{"model": "k_anonymity", "k": 50}, {"model": "k_map", "k": 2, "population": "all.csv"}],
    )

    done = geoward("release", "plan", path, "--json")

    assert done.exit_code == 1
    assert done.document["problems"] == [
        "people.csv has no column height.",
        "Hierarchy towns.csv of town is not beside the declaration.",
        "Population all.csv is not beside the declaration.",
        "people.csv has 40 rows: no class of 50 can be made.",
    ]


def test_a_population_that_lacks_a_column_is_told(geoward, declared, tmp_path):
    (tmp_path / "all.csv").write_text("age,who\n1,a\n")

    done = geoward("release", "plan", declared(models=[{"model": "k_map", "k": 2, "population": "all.csv"}]), "--json")

    assert done.document["problems"] == ["Population all.csv has no column town."]


def test_without_a_file_the_declaration_is_told_all_the_same(geoward, declared, tmp_path):
    done = geoward("release", "plan", declared(), "--input", tmp_path / "absent.csv", "--json")

    assert (done.exit_code, done.document["rows"]) == (1, None)
    assert "--input" in done.document["problems"][0]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        pytest.param({"quasi_ids": {"town": {"kind": "numeric"}}}, "town", id="text-declared-numeric"),
        pytest.param(
            {"models": [{"model": "l_diversity", "column": "ill", "l": 5}]}, "ill has 4 values", id="few-values"
        ),
        pytest.param(
            {"quasi_ids": {"town": {"kind": "hierarchical", "hierarchy": "ages.csv"}}}, "town", id="another-hierarchy"
        ),
        pytest.param(
            {
                "quasi_ids": {"age": {"kind": "numeric"}}, "method": "microaggregation",
                "models": [{"model": "k_anonymity", "k": 2}, {"model": "l_diversity", "column": "ill", "l": 2}],
            },
            "takes k_anonymity alone", id="microaggregation-with-secrets",
        ),
    ],
)  # fmt: skip
def test_what_the_values_would_stop_a_build_at_is_told_as_well(geoward, declared, tmp_path, changed, problem):
    (tmp_path / "ages.csv").write_text("20;*\n21;*\n")
    path = declared(**changed)

    done = geoward("release", "plan", path, "--json")
    built = geoward("release", "build", path, "--dry-run")

    assert (done.exit_code, built.exit_code != 0) == (1, True)
    assert len(done.document["problems"]) == 1
    assert problem in done.document["problems"][0]
    assert "Bute" not in done.document["problems"][0]


@pytest.mark.parametrize("name", ["sample_places", "visits_noisy"])
def test_places_and_noisy_figures_are_planned_and_explained(geoward, fits, name):
    planned = geoward("release", "plan", name, "--json")
    explained = geoward("release", "explain", name, "--json")

    assert fits(planned.document, "release-plan")
    assert fits(explained.document, "release-explain")
    assert (planned.exit_code, len(planned.document["problems"]) > 0) == (1, True)  # what it reads is not beside it
    assert planned.document["models"][0]["meaning"] == explained.document["models"][0]["promises"]
    assert geoward("release", "explain", name).exit_code == 0
    assert "--input" in geoward("release", "plan", name).output


def test_a_plan_of_places_names_the_columns_that_a_file_lacks(geoward, tmp_path):
    (tmp_path / "pings.csv").write_text("actor,lat,lon,time\na,52.1,5.1,2026-06-03T10:00:00Z\n")

    done = geoward("release", "plan", "sample_places", "-i", tmp_path / "pings.csv", "--json")

    assert done.document["problems"] == [
        "pings.csv has no column device.", "pings.csv has 1 rows: no crowd of 10 can be in them.",
    ]  # fmt: skip
    assert {one["name"]: one["role"] for one in done.document["columns"]}["lat"] == "generalized"
