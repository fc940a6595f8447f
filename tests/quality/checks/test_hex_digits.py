import pytest

from quality.checks.hex_digits import digits_of, is_hex
from quality.contracts.shared_columns import CELL_PATTERN, PSEUDONYM_PATTERN


@pytest.mark.parametrize(
    ("pattern", "digits"),
    [
        pytest.param(PSEUDONYM_PATTERN, 32, id="pseudonym"),
        pytest.param(CELL_PATTERN, 15, id="cell"),
        pytest.param(r"^[0-9a-f]{64}", None, id="open-end"),
        pytest.param(r"^[0-9a-f]+$", None, id="any-length"),
        pytest.param(r"^[0-9a-z]{32}$", None, id="other-letters"),
        pytest.param(r"^[0-9a-f]{32}$|^$", None, id="or-something-else"),
    ],
)
def test_only_patterns_of_so_many_hex_digits_are_told_without_them(pattern, digits):
    assert digits_of(pattern) == digits


@pytest.mark.spark
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("0af", True, id="an-odd-number"),
        pytest.param("0AF", False, id="upper-case"),
        pytest.param("0ag", False, id="another-letter"),
        pytest.param("0a", False, id="too-short"),
        pytest.param("0af0", False, id="too-long"),
        pytest.param("0a\n", False, id="line-break"),
        pytest.param("0a٣", False, id="digit-of-another-script"),
        pytest.param(" af", False, id="blank"),
        pytest.param("+af", False, id="sign"),
        pytest.param(None, None, id="null"),
    ],
)
def test_a_value_is_hex_only_if_all_of_it_is(spark, value, expected):
    df = spark.createDataFrame([(value,)], "value string")

    assert df.select(is_hex(df["value"], 3).alias("hex")).collect()[0].hex is expected


@pytest.mark.spark
def test_no_upper_case_letter_is_taken_for_a_lower_case_one(spark):
    df = spark.createDataFrame([(f"0{letter}f",) for letter in "abcdefABCDEF"], "value string")

    hexes = [row.value for row in df.where(is_hex(df["value"], 3)).collect()]

    assert sorted(hexes) == ["0af", "0bf", "0cf", "0df", "0ef", "0ff"]
