from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from jobs.release.explain_release import explain_release, limits_of
from jobs.release.release_lessons import LESSONS, WEAKNESSES
from quality.releases.declaration import TableRelease
from quality.releases.privacy_models import PrivacyModel

K = {"model": "k_anonymity", "k": 5}
DIVERSE = {"model": "l_diversity", "column": "ill", "l": 2}
CLOSE = {"model": "t_closeness", "column": "ill", "t": 0.2}
MODELS = [
    K,
    {"model": "k_map", "k": 5, "population": "all.csv"},
    DIVERSE,
    {**DIVERSE, "variant": "entropy"},
    {**DIVERSE, "variant": "recursive", "c": 3},
    CLOSE,
    {"model": "delta_presence", "maximum": 0.5, "population": "all.csv"},
]


def release(*models):
    return TableRelease.model_validate(
        {
            "name": "r", "description": "d", "purpose": "p", "reads": "t.csv",
            "quasi_ids": {"age": {"kind": "numeric"}}, "models": models,
        }
    )  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model['model']} {model.get('variant', '')}".strip())
def test_every_model_that_can_be_declared_has_its_lesson(model):
    (lesson,) = explain_release(release(model)).models

    assert TypeAdapter(PrivacyModel).validate_python(model).model == lesson.model
    assert lesson.source
    assert lesson.not_against


def test_no_lesson_names_a_weakness_that_is_not_told():
    assert {name for lesson in LESSONS.values() for name in lesson.not_against} <= set(WEAKNESSES)


@pytest.mark.parametrize(
    ("models", "open_", "closed"),
    [
        pytest.param([K], "homogeneity", "rare values", id="k-alone"),
        pytest.param([K, DIVERSE], "rare values", "homogeneity", id="diversity-closes-homogeneity"),
        pytest.param([K, CLOSE], "background knowledge", "singling out", id="k-closes-singling-out"),
        pytest.param([CLOSE], "singling out", "skewness", id="closeness-alone"),
    ],
)
def test_what_one_model_leaves_open_and_another_closes_is_no_limit_of_the_release(models, open_, closed):
    names = [one.name for one in limits_of(release(*models))]

    assert open_ in names
    assert closed not in names
    assert "repeated releases" in names
