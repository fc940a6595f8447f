"""ARX's hierarchy files become hierarchies, or are refused by line and column."""

from __future__ import annotations

import pytest

from quality.contracts.errors import ConfigError
from transforms.anonymity.parse_hierarchy import parse_hierarchy

CITIES = "Rome;Italy;Europe;*\nMilan;Italy;Europe;*\nParis;France;Europe;*\nLima;Peru;America;*\n"


def of(hierarchy):
    return [[labels[node] for node in nodes] for nodes, labels in zip(hierarchy.nodes, hierarchy.labels, strict=True)]


def test_a_line_is_a_value_and_its_generalizations_up_to_the_root():
    hierarchy = parse_hierarchy(CITIES, ["Lima", "Rome"], column="city")

    assert of(hierarchy) == [["Lima", "Rome"], ["Peru", "Italy"], ["America", "Europe"], ["*", "*"]]


def test_values_that_the_column_lacks_count_as_leaves_of_the_domain():
    hierarchy = parse_hierarchy(CITIES, ["Lima", "Rome"], column="city")

    assert [leaves.tolist() for leaves in hierarchy.leaves] == [[1, 1], [1, 2], [1, 3], [4]]


def test_no_value_is_a_leaf_of_its_own_that_only_the_root_joins_with_others():
    hierarchy = parse_hierarchy(CITIES, ["Rome", "Milan"], column="city", null=True)

    assert [nodes.tolist() for nodes in hierarchy.nodes] == [[0, 1, 2], [0, 0, 1], [0, 0, 1], [0, 0, 0]]
    assert of(hierarchy)[1] == ["Italy", "Italy", "null"]
    assert [leaves.tolist() for leaves in hierarchy.leaves] == [[1, 1, 1], [2, 1], [3, 1], [5]]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('"a;1";x;*\n"say ""b""";x;*\n', id="semicolons-and-quotes"),
        pytest.param('"a;1",x,*\r\n"say ""b""",x,*\r\n', id="commas-within-which-a-semicolon-is-quoted"),
        pytest.param('\ufeff\n"a;1";x;*\n\n"say ""b""";x;*', id="a-byte-order-mark-and-empty-lines"),
    ],
)
def test_files_are_read_as_arx_and_spreadsheets_write_them(text):
    hierarchy = parse_hierarchy(text, ['say "b"', "a;1"], column="c")

    assert of(hierarchy) == [['say "b"', "a;1"], ["x", "x"], ["*", "*"]]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("a;x;*\nsecret;*\n", "line 2, column 3 ends the table's shape: 2 columns", id="short"),
        pytest.param("a;x;*\nsecret;x;*;*\n", "line 2, column 4 ends the table's shape: 4 columns", id="long"),
        pytest.param("a;x;A;*\nsecret;x;B;*\n", "line 2, column 3 contradicts a line before", id="two-parents"),
        pytest.param("a;x;*\nsecret;x;secret\n", "line 2, column 3 contradicts", id="a-node-with-two-roots"),
        pytest.param("a;x;*\nsecret;y;secret\n", "line 2, column 3 is not the root", id="two-roots"),
        pytest.param("secret;x;*\n\nsecret;x;*\n", "line 3, column 1 repeats the value of line 1", id="repeated"),
        pytest.param("secret\n", "line 1, column 1 is alone", id="no-root"),
        pytest.param('a;x;*\n"secret;x;*\n', "line 2, column 1 cannot be read", id="an-open-quote"),
        pytest.param("\n", "has no line", id="empty"),
    ],
)
def test_a_file_that_is_no_hierarchy_is_refused_by_line_and_column_and_no_value_is_told(text, says):
    with pytest.raises(ConfigError) as refused:
        parse_hierarchy(text, ["a"], column="city")

    assert "The hierarchy of city" in str(refused.value)
    assert says in str(refused.value)
    assert "secret" not in str(refused.value)


def test_values_that_the_hierarchy_lacks_are_counted_and_not_told():
    with pytest.raises(ConfigError, match=r"city lacks 2 of the column's 3 values") as refused:
        parse_hierarchy(CITIES, ["Rome", "secret", "hidden"], column="city")

    assert "secret" not in str(refused.value)


@pytest.mark.realdata
def test_the_nine_hierarchies_of_adult_are_read(shared_data):
    heights = {}
    for path in (shared_data / "k_anon_adult_arx" / "hierarchies").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        values = [line.split(";")[0] for line in text.splitlines()]
        heights[path.stem.rpartition("_")[2]] = len(parse_hierarchy(text, values, column=path.stem).nodes)

    assert heights == {
        "age": 5,
        "education": 4,
        "marital-status": 3,
        "native-country": 3,
        "occupation": 3,
        "race": 2,
        "salary-class": 2,
        "sex": 2,
        "workclass": 3,
    }
