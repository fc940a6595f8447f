import numpy as np
import pyarrow as pa
import pytest

from quality.checks.attacks.read_released import UnreadableRelease, domains_of, read_people, read_released
from quality.contracts.errors import GeowardError

INF, NAN = np.inf, np.nan
DOMAIN = {"job": ["a", "b", "b, or c", "c", None]}
PATHS = {"job": {"a": ("a", "early", "*"), "b": ("b", "early", "*"), "b, or c": ("b, or c", "late", "*")}}


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        pytest.param("17", (17, 17), id="number"),
        pytest.param("[17, 29]", (17, 29), id="closed"),
        pytest.param("[-1.5, 2e3]", (-1.5, 2000), id="signs-and-exponents"),
        pytest.param("[17, 29)", (17, np.nextafter(29, 0)), id="open-above"),
        pytest.param("[17, 29[", (17, np.nextafter(29, 0)), id="open-above-as-our-hierarchies-write-it"),
        pytest.param("*", (-INF, INF), id="any"),
        pytest.param(None, (NAN, NAN), id="no-value"),
    ],
)
def test_a_published_number_is_an_interval(text, bounds):
    column = read_released(pa.table({"age": pa.array([text], pa.string())}), ["age"], {})["age"]

    assert (column.low[0], column.high[0]) == pytest.approx(bounds, abs=0, rel=0, nan_ok=True)


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        pytest.param("b", ["b"], id="one"),
        pytest.param("{a, c}", ["a", "c"], id="set"),
        pytest.param("{a, b, or c}", ["a", "b, or c"], id="a-category-with-a-comma"),
        pytest.param("[a, b]", ["a", "b"], id="range-in-order"),
        pytest.param("early", ["a", "b"], id="node"),
        pytest.param("*", ["a", "b", "b, or c", "c", None], id="any-or-none"),
        pytest.param(None, [None], id="no-value"),
    ],
)
def test_a_published_category_is_a_set(text, categories):
    table = pa.table({"job": pa.array([text], pa.string())})

    members = read_released(table, ["job"], DOMAIN, hierarchies=PATHS)["job"].members[0]

    assert [value for value, fits in zip(DOMAIN["job"], members, strict=True) if fits] == categories


def test_a_range_follows_a_stated_order():
    released = read_released(pa.table({"job": ["[c, a]"]}), ["job"], DOMAIN, orders={"job": ["c", "b, or c", "a", "b"]})

    assert released["job"].members[0].tolist() == [True, False, True, True, False]


ORIGINAL = pa.table({"age": [17, 29, None], "job": ["nurse", None, "cook"]})


def test_every_person_fits_the_published_row_of_theirs():
    domains = domains_of(ORIGINAL, ["age", "job"])
    people = read_people(ORIGINAL, ["age", "job"], domains)
    table = pa.table({"age": ["[17, 29]", "[17, 29]", None], "job": ["{cook, nurse}", "*", "*"]})

    released = read_released(table, ["age", "job"], domains)

    assert domains == {"job": ["cook", "nurse", None]}
    for name in ("age", "job"):
        fits = [released[name].fits(code, people[name][i : i + 1])[0] for i, code in enumerate(released[name].codes)]
        assert fits == [True, True, True]


def test_numbers_of_a_hierarchy_are_categories():
    paths = {"age": {"17": ("17", "0-19", "*"), "29": ("29", "20-39", "*")}}
    domains = domains_of(ORIGINAL, ["age"], paths)
    people = read_people(ORIGINAL, ["age"], domains)

    released = read_released(pa.table({"age": ["0-19", "20-39", "*"]}), ["age"], domains, hierarchies=paths)

    assert [released["age"].fits(code, people["age"]).tolist() for code in (0, 1, 2)] == [
        [True, False, False], [False, True, False], [True, True, True],
    ]  # fmt: skip


def test_numbers_published_as_numbers_are_read_as_they_are():
    released = read_released(pa.table({"age": [3, 3, 8]}), ["age"], {})

    assert released["age"].low[released["age"].codes].tolist() == [3, 3, 8]


@pytest.mark.parametrize(("column", "domains"), [("age", {}), ("job", DOMAIN)])
def test_a_value_that_cannot_be_read_is_refused_and_not_told(column, domains):
    table = pa.table({column: ["*", "planted-secret", "other-secret"]})

    with pytest.raises(UnreadableRelease, match=f"^Column {column}: 2 distinct") as refused:
        read_released(table, [column], domains)

    assert "secret" not in str(refused.value)


def test_people_outside_the_domain_are_refused_and_not_told():
    with pytest.raises(GeowardError, match="^1 values are not") as refused:
        read_people(pa.table({"job": ["planted-secret"]}), ["job"], DOMAIN)

    assert "secret" not in str(refused.value)
