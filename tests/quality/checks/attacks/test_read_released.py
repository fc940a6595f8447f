import numpy as np
import pyarrow as pa
import pytest

from quality.checks.attacks.read_released import (
    UnreadableRelease,
    categories_of,
    domains_of,
    interval_of,
    read_people,
    read_released,
)

INF = np.inf
ORDER = {"a": 0, "b": 1, "b, or c": 2, "c": 3, "": 4}


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        pytest.param("17", (17, 17), id="number"),
        pytest.param("[17, 29]", (17, 29), id="closed"),
        pytest.param("[-1.5, 2e3]", (-1.5, 2000), id="signs-and-exponents"),
        pytest.param("[17, 29[", (17, np.nextafter(29, 0)), id="open-above"),
        pytest.param("(17, 29]", (np.nextafter(17, 99), 29), id="open-below"),
        pytest.param("0-4", (0, 4), id="arx-range"),
        pytest.param("<18", (-INF, np.nextafter(18, 0)), id="less"),
        pytest.param("≤18", (-INF, 18), id="at-most"),
        pytest.param(">=90", (90, INF), id="at-least"),
        pytest.param(">90", (np.nextafter(90, 99), INF), id="more"),
        pytest.param("*", (-INF, INF), id="any"),
        pytest.param("young", None, id="no-number"),
    ],
)
def test_a_published_number_is_an_interval(text, bounds):
    assert interval_of(text) == bounds


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        pytest.param("b", ["b"], id="one"),
        pytest.param("{a, c}", ["a", "c"], id="set"),
        pytest.param("{a, b, or c}", ["a", "b, or c"], id="a-category-with-a-comma"),
        pytest.param("[a, b, or c]", ["a", "b", "b, or c"], id="range-in-order"),
        pytest.param("early", ["a", "b"], id="node"),
        pytest.param("*", ["a", "b", "b, or c", "c", ""], id="any-or-none"),
        pytest.param(None, [""], id="no-value"),
        pytest.param("{a, z}", None, id="unknown-member"),
        pytest.param("z", None, id="unknown"),
    ],
)
def test_a_published_category_is_a_set(text, categories):
    assert categories_of(text, ORDER, {"early": ["a", "b"]}) == categories


ORIGINAL = pa.table({"age": [17, 29, None], "job": ["nurse", None, "cook"]})


def test_every_person_fits_the_published_row_of_theirs():
    domains = domains_of(ORIGINAL, ["age", "job"])
    people = read_people(ORIGINAL, ["age", "job"], domains)
    table = pa.table({"age": ["[17, 29]", "[17, 29]", None], "job": ["{cook, nurse}", "*", "*"]})

    released = read_released(table, ["age", "job"], domains)

    assert domains == {"job": ["cook", "nurse", ""]}
    for name in ("age", "job"):
        fits = [released[name].fits(code, people[name][i : i + 1])[0] for i, code in enumerate(released[name].codes)]
        assert fits == [True, True, True]


def test_numbers_published_as_numbers_are_read_as_they_are():
    released = read_released(pa.table({"age": [3, 3, 8]}), ["age"], {})

    assert released["age"].low[released["age"].codes].tolist() == [3, 3, 8]


def test_a_value_that_cannot_be_read_is_refused_and_not_told():
    with pytest.raises(UnreadableRelease, match=r"^Column age: 2 distinct") as refused:
        read_released(pa.table({"age": ["[1, 2]", "planted-secret", "other-secret"]}), ["age"], {})

    assert "secret" not in str(refused.value)
