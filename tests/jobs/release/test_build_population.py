"""Releases of a part of a population: k-map and delta-presence hold on the published rows, or there is no release."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.release.build_file import build_file
from jobs.release.publish_large import build_large
from quality.contracts.errors import UsageError
from quality.releases.declaration import TableRelease
from transforms.anonymity.partition_bounds import Unreachable
from transforms.anonymity.search_lattice import NoGeneralizationHolds

SIZES = ["S", "M", "L", "XL"]
KINDS = {
    "age": {"kind": "numeric", "hierarchy": {"build": "intervals", "width": 10, "levels": 3}},
    "size": {"kind": "ordered", "hierarchy": {"build": "order", "values": SIZES}},
    "zip": {"kind": "categorical", "hierarchy": {"build": "redaction"}},
}
CITY = {"kind": "hierarchical", "hierarchy": "city.csv"}
CITIES = "Ulm;South;*\nRom;South;*\nBonn;North;*\nOslo;North;*\n"
GATES = {
    "singling_out": None, "linkability": None, "inference": None, "max_information_loss": 1, "max_suppressed": 1,
}  # fmt: skip


def write(path, rows, columns):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Build a release of ``chosen`` people of a population, each (age, size, zip or city); None where none can be."""
    folder = tmp_path_factory.mktemp("population")
    (folder / "city.csv").write_text(CITIES)

    def build(people, chosen, models, columns="age size zip", stated=None, **more):
        columns = columns.split()
        (folder / "out.csv").unlink(missing_ok=True)
        write(folder / "people.csv", [(at, *row) for at, row in enumerate(people)], ["who", *columns])
        write(folder / "in.csv", [(at, *people[at], "x") for at in chosen], ["who", *columns, "ill"])
        release = TableRelease(
            name="t", description="d", purpose="p", reads="in.csv", gates=GATES, subject=more.pop("subject", "who"),
            quasi_ids=stated or {name: {**KINDS, "city": CITY}[name] for name in columns},
            models=[{"population": "people.csv", **model} if "population" not in model else
                    {name: value for name, value in model.items() if name != "population"} for model in models],
            **more,
        )  # fmt: skip
        try:
            return build_file(release, folder / "t.yaml", folder / "in.csv", folder / "out.csv", lambda step: None)
        except (Unreachable, NoGeneralizationHolds):
            return None

    build.folder = folder
    return build


def published(build):
    with (build.folder / "out.csv").open() as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]


KMAP = {"model": "k_map", "k": 3}
K2 = {"model": "k_anonymity", "k": 2, "population": None}


def test_accounts_that_a_link_makes_one_person_reach_no_model(build):
    assert build([(20, "S"), (21, "S")], [0, 1], [K2], "age size") is not None
    assert build([(20, "S"), (21, "S")], [0, 1], [K2], "age size", links=["ill"]) is None


def test_a_person_alone_in_the_release_hides_among_the_population(build):
    ages = [20, 21, 22, 60, 61, 62]

    built = build([(age,) for age in ages], [0, 3], [KMAP], "age", {"age": {"kind": "numeric"}})

    assert built.measured.k == 1
    assert sorted(published(build)) == [("[20, 22]",), ("[60, 62]",)]


def test_k_anonymity_beside_k_map_still_counts_the_release_alone(build):
    ages = [20, 21, 22, 60, 61, 62]

    built = build([(age,) for age in ages], [0, 3], [KMAP, K2], "age", {"age": {"kind": "numeric"}})

    assert built.measured.k == 2
    assert published(build) == [("[20, 62]",)] * 2


@pytest.mark.parametrize(
    ("chosen", "limits", "shown"),
    [
        pytest.param([0, 1, 3], (0.0, 0.5), {"[20, 62]"}, id="two-of-three-are-too-many"),
        pytest.param([0, 3], (0.0, 0.5), {"[20, 22]", "[60, 62]"}, id="one-of-three"),
        pytest.param([0, 1], (0.0, 0.7), {"[20, 22]"}, id="a-class-nobody-of-is-in-it-may-be"),
        pytest.param([0, 1], (0.1, 0.7), {"[20, 62]"}, id="unless-everybody-must-be-there-by-some-chance"),
    ],
)
def test_the_share_of_a_class_that_is_in_the_release_stays_within_its_limits(build, chosen, limits, shown):
    model = {"model": "delta_presence", "minimum": limits[0], "maximum": limits[1]}

    build([(age,) for age in (20, 21, 22, 60, 61, 62)], chosen, [model, KMAP], "age", {"age": {"kind": "numeric"}})

    assert {text for (text,) in published(build)} == shown


@pytest.mark.parametrize("method", ["mondrian", "full_domain"])
def test_more_than_the_whole_population_allows_is_refused(build, method):
    model = {"model": "delta_presence", "maximum": 0.4}

    assert build([(30, "S", "a1")] * 4, [0, 1], [model], method=method) is None


def test_nobody_is_suppressed_whose_absence_would_tell_of_the_population(build):
    people = [(5,)] * 2 + [(15,)] * 10
    model = {"model": "delta_presence", "minimum": 0.15, "maximum": 0.6}

    built = build(people, [0, 2], [model], "age", method="full_domain", suppression=0.5)

    assert (built.failed, built.suppressed) == ([], 0)


person = st.tuples(
    st.one_of(st.none(), st.integers(0, 60)), st.sampled_from([None, *SIZES]),
    st.sampled_from([None, "a1", "a2", "b1", "b2", "c"]),
)  # fmt: skip
several = st.lists(person, min_size=4, max_size=40)
shares = st.tuples(st.sampled_from([0.0, 0.05, 0.2]), st.sampled_from([0.3, 0.5, 0.8]))


@st.composite
def parts(draw):
    people = draw(several)
    chosen = draw(st.sets(st.integers(0, len(people) - 1), min_size=1, max_size=max(1, len(people) * 2 // 3)))
    return people, sorted(chosen)


@pytest.mark.parametrize("method", ["mondrian", "full_domain"])
@pytest.mark.parametrize("subject", ["who", None], ids=["of-people", "of-rows"])
@settings(max_examples=25, derandomize=True, deadline=None)
@given(part=parts(), k=st.integers(2, 6), suppression=st.sampled_from([0.0, 0.3]))
def test_k_map_holds_on_what_is_published_or_nothing_is(build, method, subject, part, k, suppression):
    built = build(*part, [{**KMAP, "k": k}], method=method, subject=subject, suppression=suppression)

    assert built is None or built.failed == []
    assert built is None or built.measured.find("k_map").value >= k


@pytest.mark.parametrize("method", ["mondrian", "full_domain"])
@settings(max_examples=40, derandomize=True, deadline=None)
@given(part=parts(), limits=shares, k=st.sampled_from([1, 2]), suppression=st.sampled_from([0.0, 0.4]))
def test_delta_presence_holds_on_what_is_published_or_nothing_is(build, method, part, limits, k, suppression):
    model = {"model": "delta_presence", "minimum": limits[0], "maximum": limits[1]}

    built = build(*part, [model, *([K2] if k == 2 else [])], method=method, suppression=suppression)

    assert built is None or built.failed == []


@settings(max_examples=25, derandomize=True, deadline=None)
@given(
    people=st.lists(st.tuples(st.sampled_from(["Ulm", "Rom", "Bonn", "Oslo"])), min_size=6, max_size=30),
    method=st.sampled_from(["mondrian", "full_domain"]), presence=st.booleans(),
)  # fmt: skip
def test_nodes_of_a_hierarchy_match_the_population_below_them(build, people, method, presence):
    models = [KMAP, *([{"model": "delta_presence", "maximum": 0.6}] if presence and method == "full_domain" else [])]

    built = build(people, range(0, len(people), 2), models, "city", method=method)

    assert built is None or built.failed == []


def test_who_is_not_in_the_population_is_no_part_of_it(build):
    people = [(30, "S", "a1")] * 4
    build(people, [0, 1], [KMAP])
    model = {"model": "delta_presence", "maximum": 0.9}
    write(build.folder / "in.csv", [("stranger", 30, "S", "a1", "x")], ["who", "age", "size", "zip", "ill"])
    release = TableRelease(
        name="t", description="d", purpose="p", reads="in.csv", subject="who", quasi_ids=KINDS, gates=GATES,
        models=[{**model, "population": "people.csv"}],
    )  # fmt: skip

    with pytest.raises(UsageError, match="1 people of the release are not in the population") as refused:
        build_file(release, build.folder / "t.yaml", build.folder / "in.csv", None, lambda step: None)

    assert "stranger" not in str(refused.value)


def test_who_has_several_rows_in_the_population_has_no_one_share(build):
    build([(30, "S", "a1")] * 4, [0, 1], [KMAP])
    rows = [(0, 30, "S", "a1"), (0, 31, "S", "a1"), (1, 31, "S", "a1")]
    write(build.folder / "people.csv", rows, ["who", "age", "size", "zip"])
    release = TableRelease(
        name="t", description="d", purpose="p", reads="in.csv", subject="who", quasi_ids=KINDS, gates=GATES,
        models=[{"model": "delta_presence", "maximum": 0.9, "population": "people.csv"}],
    )  # fmt: skip

    with pytest.raises(UsageError, match="1 rows of the population are of people who have another"):
        build_file(release, build.folder / "t.yaml", build.folder / "in.csv", None, lambda step: None)


def test_a_table_for_spark_is_not_counted_in_a_population(tmp_path):
    release = TableRelease(
        name="t", description="d", purpose="p", reads="in.parquet", quasi_ids=KINDS,
        models=[{**KMAP, "population": "people.csv"}],
    )  # fmt: skip

    with pytest.raises(UsageError, match="not counted for a table this large"):
        build_large(None, release, tmp_path / "t.yaml", tmp_path / "in.parquet", None, lambda step: None)


def test_fakes_of_the_population_on_one_phone_are_one_of_it(tmp_path):
    """The victim and two fakes of one phone are two people, so k-map of 3 takes in who is far from them."""
    people = [("v", 30, "p1"), ("f1", 30, "p2"), ("f2", 30, "p2"), ("x", 60, "p3"), ("y", 60, "p4"), ("z", 60, "p5")]
    write(tmp_path / "people.csv", people, ["who", "age", "phone"])
    write(tmp_path / "in.csv", [("v", 30, "p1"), ("x", 60, "p3")], ["who", "age", "phone"])
    stated = {
        "name": "t", "description": "d", "purpose": "p", "reads": "in.csv", "gates": GATES, "subject": "who",
        "quasi_ids": {"age": {"kind": "numeric"}}, "models": [{**KMAP, "population": "people.csv"}],
    }  # fmt: skip
    shown = []
    for links in ((), ("phone",)):
        release = TableRelease.model_validate({**stated, "links": links})
        out = tmp_path / f"out{len(links)}.csv"
        build_file(release, tmp_path / "t.yaml", tmp_path / "in.csv", out, lambda step: None)
        shown.append(sorted(out.read_text().split("\n")[1:-1]))

    assert shown == [['"30"', '"60"'], ['"[30, 60]"', '"[30, 60]"']]
