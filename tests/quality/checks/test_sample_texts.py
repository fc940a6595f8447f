import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.checks.sample_texts import sample_size, sample_texts


def test_one_in_a_thousand_is_found_almost_surely_in_6905_texts():
    assert sample_size(0.001, 0.999) == 6_905


@given(st.floats(0.0005, 0.5), st.floats(0.5, 0.9999))
def test_the_sample_is_the_least_that_reaches_the_confidence(rate, confidence):
    n = sample_size(rate, confidence)

    assert 1 - (1 - rate) ** n >= confidence - 1e-9
    assert 1 - (1 - rate) ** (n - 1) < confidence + 1e-9


@pytest.mark.parametrize(
    "rate", [pytest.param(0, id="never"), pytest.param(1, id="always"), pytest.param(-1, id="less")]
)
def test_impossible_rates_are_refused(rate):
    with pytest.raises(ValueError, match="between 0 and 1"):
        sample_size(rate, 0.9)


@pytest.mark.spark
def test_few_texts_are_all_taken_once(spark):
    rows = [("a", ["x", "y"]), ("a", ["y", None]), ("b", None), (None, [])]
    df = spark.createDataFrame(rows, "t string, ts array<string>")

    sample = sample_texts(df, ["t", "ts"], limit=10, seed=0)

    assert {name: sorted(texts) for name, texts in sample.texts.items()} == {"t": ["a", "b"], "ts": ["x", "y"]}
    assert sample.distinct == {"t": 2, "ts": 2}


@pytest.mark.spark
def test_of_many_texts_the_same_sample_is_taken_whatever_the_order(spark):
    rows = [(f"text {n}", "one") for n in range(40)]
    df = spark.createDataFrame(rows, "t string, u string")
    turned = spark.createDataFrame(rows[::-1], "t string, u string").repartition(3)

    first, second = (sample_texts(frame, ["t", "u"], limit=7, seed=3) for frame in (df, turned))

    assert first == second
    assert (len(first.texts["t"]), first.distinct) == (7, {"t": 40, "u": 1})
    assert sample_texts(df, ["t"], limit=7, seed=4).texts != {"t": first.texts["t"]}


@pytest.mark.spark
def test_without_text_columns_nothing_is_read(spark):
    assert sample_texts(spark.createDataFrame([], "n int"), [], limit=7, seed=0).texts == {}
