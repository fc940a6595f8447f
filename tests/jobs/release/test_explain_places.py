from __future__ import annotations

import pytest

from jobs.release.explain_places import explain_places
from jobs.release.limits_by_kind import limits_of_places
from tests.jobs.release.test_places_attacks import LINKED, attacked, commuters
from tests.transforms.location.declared import declared


@pytest.mark.parametrize("changes", [pytest.param({}, id="unlinked"), pytest.param(LINKED, id="trips")])
def test_what_is_explained_of_an_attack_is_what_a_build_does(changes):
    told = {one.attack: one.tried for one in explain_places(declared(gates={"unicity": {4: 0.1}}, **changes)).attacks}
    names = {"epoch_linkage": "linkage", "trajectory_recovery": "recovery"}
    tried = attacked(commuters(4, 3), 2, gates={"unicity": {4: 0.1}}, **changes)

    assert {names.get(check, check) for check in tried} == set(told)
    for check, verdict in tried.items():
        applies = verdict.measured["outcome"] != "not_applicable"
        assert (told[names.get(check, check)] == "does not apply") != applies


def test_an_attack_without_a_limit_is_said_not_to_be_tried():
    release = declared(gates={"home_work": None, "recovery": 0.2})

    told = {one.attack: one.tried for one in explain_places(release).attacks}

    assert (told["home_work"], told["recovery"], told["unicity"]) == ("not tried", "limit 0.2", "does not apply")


def test_each_model_and_knob_is_told_with_its_source():
    told = explain_places(declared(noise={"epsilon_per_km": 2}, **LINKED))

    assert [one.model for one in told.models] == ["k_anonymity", "k_m_anonymity", "geo_indistinguishability"]
    assert all(one.source for one in [*told.models, *told.knobs, *told.attacks])


MODELS_OF_TABLES = ("l-diversity", "t-closeness", "delta-presence", "a sample", "k-anonymity beside")


def test_what_is_advised_can_be_declared_of_places():
    release = declared(noise={"epsilon_per_km": 2}, **LINKED)
    explained = explain_places(release)
    weak = [*explained.always, *(one for model in explained.models for one in model.not_against)]

    told = [one.how for one in [*weak, *limits_of_places(release)]]

    assert [how for how in told if any(name in how.partition("Mend:")[2] for name in MODELS_OF_TABLES)] == []
