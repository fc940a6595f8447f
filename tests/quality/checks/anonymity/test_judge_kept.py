"""What is published as it is must not tell who a row is of."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from quality.checks.anonymity.judge_kept import judge_kept
from quality.releases.declaration import TableRelease

WHO = list("abcdefgh")
AGES = [30, 30, 31, 31, 60, 60, 61, 61]


def judged(keep, *, who=None, links=(), ill=None, part=1.0, **columns):
    table = {"who": WHO, "age": AGES, "ill": ill or ["x", "y"] * 4, "phone": ["p", None] * 4, **columns}
    release = TableRelease(
        name="t", description="d", purpose="p", reads="f", subject="who", links=links, keep=keep,
        quasi_ids={"age": {"kind": "numeric"}},
        models=({"model": "k_anonymity", "k": 2}, {"model": "l_diversity", "column": "ill", "l": 2}),
    )  # fmt: skip
    return judge_kept(
        release, pa.table(table), np.arange(8) if who is None else np.array(who), np.repeat([0, 1], 4), part=part
    )


@pytest.mark.parametrize(
    ("columns", "links", "who"),
    [
        pytest.param({"ssn": WHO}, (), None, id="the-subject"),
        pytest.param({"line": range(8)}, (), None, id="one-to-one-with-the-subject"),
        pytest.param({"serial": list("11223344"), "phone": list("ppqqrrss")}, ("phone",), None, id="a-value-of-a-link"),
        pytest.param({"imei": list("xxxxyyyy")}, ("phone",), [0] * 4 + [1] * 4, id="one-person-for-each-value"),
        pytest.param({"exact_age": [str(age) for age in AGES]}, (), None, id="a-quasi-identifier"),
        pytest.param({"years": [str(age + 1) for age in AGES]}, (), None, id="one-to-one-with-a-quasi-identifier"),
        pytest.param({"room": list("11112223")}, (), None, id="a-value-of-one-person"),
        pytest.param({"row": list("abcdabcd"), "hall": list("xxxxyyyy")}, (), None, id="two-columns-together"),
    ],
)
def test_a_kept_column_that_identifies_stops_the_release_by_name(columns, links, who):
    keep = [name for name in columns if name != "phone"]

    (verdict,) = judged(keep, links=links, who=who, **columns)

    assert verdict.stops
    assert verdict.measured["columns"] == ", ".join(keep)
    assert all(name in verdict.mend for name in keep)


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"ward": list("xyxyxyxy")}, id="few-values"),
        pytest.param({"ward": ["x"] * 8}, id="one-value"),
        pytest.param({"ward": [None] * 8}, id="none"),
    ],
)
def test_a_kept_column_that_many_share_holds(columns):
    (verdict,) = judged(tuple(columns), **columns)

    assert verdict.passed


def test_a_sensitive_column_that_is_the_subject_stops_the_release():
    (verdict,) = judged((), ill=WHO)

    assert verdict.stops
    assert judged(()) == []


@pytest.mark.parametrize(
    ("limit", "passed"), [pytest.param(0.05, False, id="default"), pytest.param(1.0, True, id="all"),
                          pytest.param(None, True, id="any")]
)  # fmt: skip
def test_the_share_that_may_be_alone_is_the_releases_to_state(limit, passed):
    rows = pa.table({"age": [1, 1, 2, 2], "note": ["a", "b", "c", "d"]})
    release = TableRelease(
        name="t", description="d", purpose="p", reads="f", quasi_ids={"age": {"kind": "numeric"}}, keep=("note",),
        models=({"model": "k_anonymity", "k": 2},), gates={"kept_alone": limit},
    )  # fmt: skip

    [verdict] = judge_kept(release, rows, np.arange(4), np.array([0, 0, 1, 1]))

    assert verdict.passed == passed
    assert passed or "kept_alone" in verdict.mend


def crowd(people=4_000):
    """Return a crowd of random ages and towns that is published in classes of five years, each of all towns."""
    chance = np.random.default_rng(1)
    return chance, chance.integers(20, 80, people), chance.integers(0, 20, people)


def judged_crowd(ages, towns, classes=None, **kept):
    release = TableRelease(
        name="t", description="d", purpose="p", reads="f", subject="who", keep=tuple(kept),
        quasi_ids={"age": {"kind": "numeric"}, "town": {"kind": "categorical"}},
        models=({"model": "k_anonymity", "k": 10},),
    )  # fmt: skip
    classes = ages // 5 if classes is None else classes
    who = [f"s{at}" for at in range(len(ages))]
    rows = pa.table({"who": who, "age": ages, "town": [f"t{one}" for one in towns], **kept})
    return judge_kept(release, rows, np.arange(len(ages)), classes)[0]


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(lambda _, ages, towns: {"a": np.where(np.arange(len(ages)), ages, 99)}, id="one-row-wrong"),
        pytest.param(
            lambda chance, ages, towns: {"a": np.where(chance.random(len(ages)) < 0.8, ages, 50)}, id="four-of-five"
        ),
        pytest.param(lambda chance, ages, towns: {"a": 2 * ages + chance.integers(0, 2, len(ages))}, id="finer"),
        pytest.param(lambda _, ages, towns: {"a": ages // 2}, id="coarser-than-the-age-finer-than-the-class"),
        pytest.param(lambda _, ages, towns: {"a": ages % 2}, id="a-function-of-the-age"),
        pytest.param(lambda _, ages, towns: {"a": [f"{one % 7}" for one in towns]}, id="a-part-of-the-town"),
        pytest.param(lambda _, ages, towns: {"a": (ages + towns) % 7}, id="of-two-together"),
    ],
)
def test_a_kept_column_that_gives_a_quasi_identifier_back_inside_a_class_stops_the_release(kept):
    chance, ages, towns = crowd()

    assert judged_crowd(ages, towns, **kept(chance, ages, towns)).stops


PEOPLE = 4_000
ZIPS = [f"{10_000 + at}" for at in range(PEOPLE)]
STREETS = [f"{at * 7_919 % 9_973:04}" for at in range(PEOPLE)]  # in an order that tells nothing
WAYS = {street: (street, "north" if at % 2 else "south", "*") for at, street in enumerate(STREETS)}


@pytest.mark.parametrize(
    ("known", "paths", "kept"),
    [
        pytest.param(ZIPS, {}, [zip_[:2] for zip_ in ZIPS], id="the-start-of-a-text"),
        pytest.param(STREETS, {"home": WAYS}, [f"{at % 2}" for at in range(PEOPLE)], id="a-node-of-its-hierarchy"),
    ],
)
def test_a_kept_column_that_tells_of_values_that_no_two_people_share_stops_the_release(known, paths, kept):
    release = TableRelease(
        name="t", description="d", purpose="p", reads="f", keep=("part",),
        quasi_ids={"home": {"kind": "hierarchical", "hierarchy": {"build": "redaction"}}},
        models=({"model": "k_anonymity", "k": 10},),
    )  # fmt: skip
    chance = np.random.default_rng(5).integers(0, 2, PEOPLE).astype(str)

    def judged(part):
        rows = pa.table({"home": known, "part": part})
        return judge_kept(release, rows, np.arange(PEOPLE), np.zeros(PEOPLE, int), paths=paths)[0]

    assert judged(kept).stops
    assert judged(list(chance)).passed


def test_kept_columns_that_give_a_quasi_identifier_back_only_together_are_all_named():
    chance, ages, towns = crowd(20_000)
    key = chance.integers(0, 10, len(ages))

    verdict = judged_crowd(ages, towns, a=key, b=(key + ages) % 10)

    assert verdict.measured["columns"] == "a, b"


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(lambda chance, ages: chance.integers(0, 2, len(ages)), id="two-values"),
        pytest.param(lambda chance, ages: chance.integers(0, 100, len(ages)), id="a-hundred-values"),
        pytest.param(lambda chance, ages: ages + chance.normal(0, 15, len(ages)) > 50, id="correlated-by-the-class"),
        pytest.param(lambda _, ages: ages // 10, id="wider-than-the-class"),
    ],
)
def test_a_kept_column_that_tells_no_more_than_its_class_does_holds(kept):
    chance, ages, towns = crowd()

    assert judged_crowd(ages, towns, a=kept(chance, ages)).passed


FEW = [0.12, 0.2, 0.3]


@pytest.mark.parametrize("share", FEW)
@pytest.mark.parametrize("fillers", [["none"], ["none", "n/a"]], ids=["one-filler", "two"])
def test_a_kept_column_that_tells_the_age_of_a_few_and_nothing_of_the_others_stops_the_release(share, fillers):
    chance, ages, towns = crowd(12_000)
    told, filler = chance.random(len(ages)) < share, chance.choice(fillers, len(ages))

    assert judged_crowd(ages, towns, a=np.where(told, ages.astype(str), filler)).stops
    assert judged_crowd(ages, towns, a=np.where(told, chance.permutation(ages).astype(str), filler)).passed


COINS = np.random.default_rng(9)


def judged_visits(visits, told):
    """Judge ``visits`` rows of each of a crowd, of which ``told`` gives the kept value by age and number of the row."""
    _, ages, towns = crowd(2_000)
    who, number = np.repeat(np.arange(2_000), visits), np.tile(np.arange(visits), 2_000)
    rows = pa.table({
        "who": [f"s{one}" for one in who], "age": ages[who], "town": [f"t{one}" for one in towns[who]],
        "a": [told(age, at) for age, at in zip(ages[who], number, strict=True)],
    })  # fmt: skip
    release = TableRelease(
        name="t", description="d", purpose="p", reads="f", subject="who", keep=("a",),
        quasi_ids={"age": {"kind": "numeric"}, "town": {"kind": "categorical"}},
        models=({"model": "k_anonymity", "k": 10},),
    )  # fmt: skip
    found = []
    for order in (slice(None), slice(None, None, -1)):
        mixed = rows.take(pa.array(np.arange(rows.num_rows)[order]))
        found += judge_kept(release, mixed, who[order], ages[who][order] // 5)
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(
    ("visits", "told"),
    [
        pytest.param(3, lambda age, at: f"g{age // 2}" if at else "none", id="all-rows-but-the-first"),
        pytest.param(3, lambda age, at: f"g{age // 2}" if at == 2 else "none", id="the-last"),
        pytest.param(12, lambda age, at: f"g{age // 2}" if at == 7 else f"visit {at}", id="one-of-many"),
        pytest.param(2, lambda age, at: f"{age % 2 if at else COINS.integers(2)}", id="beside-a-coin"),
    ],
)
def test_what_any_row_of_a_person_tells_stops_the_release_in_whatever_order_the_rows_are(visits, told):
    assert judged_visits(visits, told).stops
    assert judged_visits(visits, lambda age, at: told(at * 7 % 60, at)).passed


@pytest.mark.parametrize(
    ("values", "telling", "passed"),
    [
        pytest.param("abcd", 400, False, id="one-to-one-beside-none"),
        pytest.param("abcd", 24, False, id="of-six-in-a-hundred"),
        pytest.param("abcd", 16, True, id="of-four-in-a-hundred"),
        pytest.param("aaaa", 400, True, id="one-value-beside-none"),
    ],
)
def test_a_value_that_all_have_does_not_hide_a_column_that_is_one_to_one(values, telling, passed):
    """Each of four groups of people has a day of its own; one row of each says "none"."""
    who, first = np.repeat(np.arange(400), 2), np.tile([True, False], 400)
    kept = ["none" if one or at >= telling else values[at % 4] for at, one in zip(who, first, strict=True)]
    release = TableRelease(
        name="t", description="d", purpose="p", reads="f", subject="who", keep=("a",), gates={"kept_alone": 1},
        quasi_ids={"day": {"kind": "categorical"}}, models=({"model": "k_anonymity", "k": 2},),
    )  # fmt: skip
    rows = pa.table({"who": [f"s{at}" for at in who], "day": [f"d{at % 4}" for at in who], "a": kept})

    [verdict] = judge_kept(release, rows, who, np.zeros(800, int))

    assert verdict.passed == passed


@pytest.mark.parametrize(
    ("own", "passed"), [pytest.param(0, True, id="of-none"), pytest.param(1, False, id="of-one"),
                        pytest.param(99, False, id="of-99")]
)  # fmt: skip
def test_nobodys_own_account_may_stand_in_a_kept_column(own, passed):
    _, ages, towns = crowd()

    verdict = judged_crowd(ages, towns, ssn=[f"s{at}" if at < own else "n/a" for at in range(len(ages))])

    assert verdict.passed == passed


def test_numbers_that_meet_an_account_by_chance_are_no_account():
    rows = {"who": [str(at) for at in range(300)], "age": [30] * 300, "visits": [str(at * 7 % 5) for at in range(300)]}
    release = TableRelease(
        name="t", description="d", purpose="p", reads="f", subject="who", quasi_ids={"age": {"kind": "numeric"}},
        keep=("visits",), models=({"model": "k_anonymity", "k": 2},),
    )  # fmt: skip

    assert judge_kept(release, pa.table(rows), np.arange(300), np.zeros(300, int))[0].passed


def test_where_nobody_is_published_nothing_is_given_back():
    chance, ages, towns = crowd(100)

    assert judged_crowd(ages, towns, classes=np.full(100, -1), a=chance.integers(0, 2, 100)).passed


@pytest.mark.parametrize(
    "classes",
    [
        pytest.param(
            lambda ages: np.argsort(np.argsort(ages // 4 * 100 + np.arange(len(ages)) % 100)) // 5, id="of-five-people"
        )
    ]
    + [pytest.param(lambda ages, at=at: np.full(len(ages), at), id=f"all-in-class-{at}") for at in range(4)],
)
def test_of_many_people_a_part_is_looked_at_that_has_whole_crowds(monkeypatch, classes):
    monkeypatch.setattr("quality.checks.anonymity.telling_columns.PAIRED", 2_000)
    chance, ages, towns = crowd(8_000)

    assert judged_crowd(ages, towns, classes=classes(ages), a=ages % 2).stops
    assert judged_crowd(ages, towns, classes=classes(ages), a=chance.integers(0, 5, 8_000)).passed
