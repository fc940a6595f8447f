"""A planted violation of each model fails its verdict, and only that."""

from __future__ import annotations

import pytest

from quality.checks.anonymity.hierarchy_file import read_paths
from quality.checks.anonymity.judge_models import judge_models, recursive_levels
from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.published_table import Roles
from quality.releases.privacy_models import DeltaPresence, KAnonymity, KMap, LDiversity, TCloseness
from tests.quality.checks.anonymity.tables import put

PATHS = read_paths("flu;lung;*\ncough;lung;*\nulcer;belly;*\ngastritis;belly;*\n")
ALL = ("flu", "cough", "ulcer", "gastritis")
EVEN = [(f"{age}*", illness, f"{age}{illness}{n}") for age in (1, 2) for illness in ALL for n in range(2)]

MODELS = [
    KAnonymity(model="k_anonymity", k=8),
    LDiversity(model="l_diversity", column="illness", l=4),
    LDiversity(model="l_diversity", column="illness", l=3.9, variant="entropy"),
    LDiversity(model="l_diversity", column="illness", l=3, variant="recursive", c=1.1),
    TCloseness(model="t_closeness", column="illness", t=0.1),
    TCloseness(model="t_closeness", column="illness", t=0.05, distance="ordered"),
    TCloseness(model="t_closeness", column="illness", t=0.06, distance="hierarchical"),
    KMap(model="k_map", k=12, population="people"),
    DeltaPresence(model="delta_presence", minimum=0.6, maximum=0.7, population="people"),
]
NAMES = [f"{m.model}-{getattr(m, 'variant', getattr(m, 'distance', ''))}" for m in MODELS]


def verdicts(db, rows, people, models=MODELS):
    put(db, [(age, p) for p, age in people.items()], "age person", name="people")
    measured = measure_anonymity(
        db, put(db, rows, "age illness person"), Roles(("age",), ("illness",), "person"), population="people",
        population_subject="person", hierarchies={"illness": PATHS}, recursive=recursive_levels(models),
    )  # fmt: skip
    return judge_models(measured, models)


PEOPLE = {f"{age}{n}": f"{age}*" for age in (1, 2) for n in range(12)}


def test_a_release_that_keeps_every_model_passes_each(db):
    found = verdicts(db, EVEN, PEOPLE)

    assert [v.passed for v in found] == [True] * len(MODELS)


SAME = [r for r in EVEN if r[2] != "1flu0"]  # seven are left in class 1*
DULL = [(a, "cough" if (a, i) == ("1*", "flu") else i, p) for a, i, p in EVEN]
SKEW = [(a, "cough" if p == "1flu0" else i, p) for a, i, p in EVEN]
FAR = [(a, "ulcer" if p == "1flu0" else i, p) for a, i, p in EVEN]
HALF = [(a, "flu" if (a, i) == ("1*", "cough") else i, p) for a, i, p in EVEN]
LAST = [(a, "ulcer" if (a, i) == ("1*", "flu") else i, p) for a, i, p in EVEN]
FEWER = {p: a for p, a in PEOPLE.items() if p != "20"}


@pytest.mark.parametrize(
    ("rows", "people", "broken"),
    [
        pytest.param(SAME, PEOPLE, {"k_anonymity-"}, id="one-person-too-few"),
        pytest.param([*SAME, SAME[0]], PEOPLE, {"k_anonymity-"}, id="a-person-twice-does-not-fill-a-class"),
        pytest.param(DULL, PEOPLE, {"l_diversity-distinct"}, id="a-value-missing"),
        pytest.param(SKEW, PEOPLE, {"l_diversity-entropy"}, id="a-value-in-the-lead"),
        pytest.param(FAR, PEOPLE, {"t_closeness-hierarchical"}, id="mass-moved-far"),
        pytest.param(EVEN, FEWER, {"k_map-"}, id="eleven-in-the-population"),
        pytest.param(EVEN, FEWER, {"delta_presence-"}, id="presence-too-certain"),
        pytest.param(EVEN, PEOPLE | {"x": "3*"}, {"delta_presence-"}, id="some-of-the-population-certainly-absent"),
        pytest.param(HALF, PEOPLE, {"l_diversity-recursive", "t_closeness-equal"}, id="half-of-a-class-alike"),
        pytest.param(LAST, PEOPLE, {"t_closeness-ordered"}, id="mass-moved-to-the-end"),
    ],
)
def test_a_planted_violation_is_caught(db, rows, people, broken):
    found = dict(zip(NAMES, verdicts(db, rows, people), strict=True))

    assert broken <= {name for name, verdict in found.items() if not verdict.passed}
    assert all(found[name].mend and found[name].stops for name in broken)


def test_a_share_within_its_limits_proves_nothing_where_classes_overlap(db):
    rows = [("[1, 2]", "flu", "a"), ("[2, 3]", "flu", "b")]
    model = DeltaPresence(model="delta_presence", maximum=0.6, population="people")

    apart, both = (
        verdicts(db, rows, people, [model])[0]
        for people in ({"a": "1", "c": "1", "b": "3", "d": "3"}, {"a": "1", "c": "2", "b": "3"})
    )

    assert [v.measured["presence_max"] for v in (apart, both)] == [0.5, 0.5]
    assert (apart.passed, both.passed) == (True, False)
    assert "match several classes" in both.mend


def test_a_model_that_was_not_measured_fails(db):
    measured = measure_anonymity(db, put(db, EVEN, "age illness person"), Roles(("age",), (), "person"))

    found = judge_models(measured, MODELS)

    assert [v.passed for v in found] == [True] + [False] * (len(MODELS) - 1)
    assert all(v.mend == "Measure the release with what this model needs." for v in found[1:])


def test_a_limit_that_is_just_reached_holds_but_for_recursive_diversity(db):
    rows = [("1", v, f"{v}{n}") for v, many in (("flu", 3), ("cough", 1)) for n in range(many)]
    rows += [("2", v, f"2{v}{n}") for v, many in (("flu", 1), ("cough", 1)) for n in range(many)]
    models = [
        TCloseness(model="t_closeness", column="illness", t=1 / 6),
        LDiversity(model="l_diversity", column="illness", l=2, variant="recursive", c=3),
    ]

    found = verdicts(db, rows, {"a": "1"}, models)

    assert [v.passed for v in found] == [True, False]
