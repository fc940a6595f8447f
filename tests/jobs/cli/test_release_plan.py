from __future__ import annotations

import pytest
import yaml

from tests.jobs.cli import test_budget, test_release_places
from tests.jobs.cli.test_release_places import CROWD


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
        gates={"kept_alone": 1},
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


@pytest.fixture
def planned(geoward, fits, tmp_path):
    """Plan a release of some rows, and build it as far as reading them goes; return the plan and the build."""

    def planned(declared, header, rows, *arguments):
        path, file = tmp_path / "release.yaml", tmp_path / "rows.csv"
        path.write_text(yaml.safe_dump(declared))
        file.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
        done = geoward("release", "plan", path, "-i", file, "--json")
        assert fits(done.document, "release-plan")
        return done, geoward("release", "build", path, "-i", file, "-o", tmp_path / "out.csv", *arguments)

    return planned


@pytest.fixture
def walked(planned, geoward, tmp_path):
    """Plan and build places of some rows, in tiles of the crowd that is published."""

    def walked(rows, **changed):
        tiles, made, earlier = tmp_path / "tiles.json", tmp_path / "made.yaml", tmp_path / "earlier.csv"
        made.write_text(yaml.safe_dump(test_release_places.DECLARED))
        earlier.write_text("\n".join(["who,lat,lon,at", *(",".join(map(str, row)) for row in CROWD)]) + "\n")
        geoward("release", "tile", made, "--historic", earlier, "-o", tiles)
        declared = {**test_release_places.DECLARED, **changed}
        return planned(declared, "who,lat,lon,at", rows, "--tiling", tiles)

    return walked


def test_a_plan_of_places_tells_how_many_rows_are_read_and_why_others_are_not(walked):
    lost = [("", 1, 1, 1), ("a", 95, 1, 1), ("a", 1, 1, "yesterday"), ("a", 1, "", 1)]

    plan, built = walked([*CROWD, *lost])

    assert (plan.exit_code, built.exit_code) == (0, 0)
    assert plan.document["read"] == {
        "in the epoch": 6, "no subject": 1, "no time": 1, "no place on earth": 2, "outside the epoch": 5
    }  # fmt: skip
    assert sum(plan.document["read"].values()) == plan.document["rows"]
    assert "before 2026-01-10" in plan.document["needs"][0]


@pytest.mark.parametrize(
    ("rows", "changed", "problem"),
    [
        pytest.param(CROWD, {"epoch": {"start": "2025-01-10", "end": "2025-01-20"}}, "No row of", id="another-year"),
        pytest.param([(who, lon + 99, lat, at) for who, lat, lon, at in CROWD], {}, "No row of", id="off-the-globe"),
        pytest.param([(who, lat, lon, "noon") for who, lat, lon, _ in CROWD], {}, "No row of", id="no-times"),
        pytest.param(
            [(who, lat, lon, "2026-01-12 10:00:00") for who, lat, lon, _ in CROWD],
            {},
            "times have no zone",
            id="no-zone",
        ),
        pytest.param([(who, "north", lon, at) for who, _, lon, at in CROWD], {}, "lat holds", id="no-degrees"),
        pytest.param(CROWD[:7] * 3, {}, "2 subjects in the epoch: no crowd of 3", id="few-people"),
    ],
)
def test_what_the_values_of_places_would_stop_a_build_at_is_told(walked, rows, changed, problem):
    plan, built = walked(rows, **changed)

    assert (plan.exit_code, built.exit_code != 0) == (1, True)
    assert [problem in one for one in plan.document["problems"]] == [True]
    assert not any(value in plan.document["problems"][0] for value in ("north", "noon", "p1"))


VISITS = [(f"p{one}", "park", "2026-05-01T10:00:00Z", 3) for one in range(3)]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        pytest.param({}, None, id="as-it-should-be"),
        pytest.param(
            {"measures": {"m": {"measure": "sum", "column": "place", "minimum": 0, "maximum": 9}}},
            "place of rows.csv holds no number", id="a-sum-of-names",
        ),
        pytest.param(
            {"unit": {"per": "user_day", "user": "who", "time": "place"}}, "place of rows.csv holds no time",
            id="names-for-times",
        ),
    ],
)  # fmt: skip
def test_what_the_values_of_noisy_figures_would_stop_a_build_at_is_told(planned, geoward, changed, problem):
    geoward("budget", "make")
    for consumer in ([], ["--consumer", "city"]):
        geoward("budget", "grant", "visits", "--unit", "user_day", "--rho", "0.5", *consumer)

    plan, built = planned(
        {**test_budget.DECLARED, **changed}, "who,place,at,stars", VISITS, "--consumer", "city", *test_budget.DAYS
    )

    assert (plan.exit_code == 0) == (built.exit_code == 0) == (problem is None)
    assert [problem in one for one in plan.document["problems"]] == ([True] if problem else [])
    assert plan.document["problems"] == ([] if problem is None else [str(built.exception)])
    assert "budget grant visits" in plan.document["needs"][0]


def test_values_are_looked_at_only_in_files_that_are_not_large(walked, monkeypatch):
    monkeypatch.setattr("jobs.release.plan_others.MOST_ROWS", 10)

    plan, _ = walked([(who, "north", lon, at) for who, _, lon, at in CROWD])

    assert (plan.exit_code, plan.document["read"]) == (0, None)


OF_TOWNS = {"links": ["town"], "quasi_ids": {"age": {"kind": "numeric"}}}


def test_a_plan_tells_how_many_people_links_make_of_the_subjects(geoward, fits, declared):
    document = geoward("release", "plan", declared(**OF_TOWNS), "--json").document
    shown = geoward("release", "plan", declared(links=["note"])).stdout

    assert fits(document, "release-plan")
    assert (document["rows"], document["subjects"], document["people"]) == (40, 40, 2)
    assert document["problems"] == [
        "people.csv has 2 subjects: no class of 5 can be made. 40 rows are of 40 subjects; links (town) make them 2."
        " Take out of `links` what many subjects share, such as a kind of device."
    ]
    assert "Rows are of 40 subjects; links (note) make them 40." in shown


@pytest.mark.parametrize("k", [5, 2], ids=["no-class", "no-proof"])
def test_a_build_that_has_too_few_people_for_its_links_names_them(geoward, declared, k):
    asked = {"models": [{"model": "k_anonymity", "k": k}], "gates": {"singling_out": 0.05}}

    linked = geoward("release", "build", declared(**OF_TOWNS, **asked), "--dry-run").exception
    others = geoward("release", "build", declared(**asked), "--dry-run").exception

    assert "Take out of `links`" in str(linked)
    assert "links" not in str(others)


def people_of_numbers(folder, people, ages):
    rows = [f"{20 + at % ages},{at * 7 % 50},{at}" for at in range(people)]
    (folder / "people.csv").write_text("\n".join(["age,pay,size", *rows]) + "\n")
    return folder / "people.csv"


@pytest.mark.parametrize(
    ("people", "known", "gates", "told"),
    [
        pytest.param(4_000, ["age", "pay"], {}, "linkability would be blind: of the raw rows it links", id="coarse"),
        pytest.param(4_000, ["age"], {}, "linkability cannot be tried of one quasi-identifier", id="one-column"),
        pytest.param(100, ["age", "size"], {}, "linkability has too few people: of 100", id="few-people"),
        pytest.param(100, ["age", "size"], {"accept_too_small": True}, "", id="few-people-who-are-accepted"),
        pytest.param(4_000, ["age", "pay", "size"], {}, "", id="enough"),
    ],
)
def test_attacks_that_would_prove_nothing_are_foreseen(geoward, declared, tmp_path, people, known, gates, told):
    stated = {
        "subject": None, "models": [{"model": "k_anonymity", "k": 5}],
        "quasi_ids": {name: {"kind": "numeric"} for name in known}, "gates": {"linkability": 0.05, **gates},
    }  # fmt: skip
    path, file = declared(**stated), people_of_numbers(tmp_path, people, 40)

    planned = geoward("release", "plan", path, "-i", file, "--json")
    built = geoward("release", "build", path, "-i", file, "--dry-run", "--json").document["verdicts"]

    outcome = next(one for one in built if one["check"] == "attack_linkability")["measured"]["outcome"]
    assert [told in one for one in planned.document["problems"]] == ([True] if told else [])
    assert (outcome in ("blind", "too_small")) == bool(told) or gates
