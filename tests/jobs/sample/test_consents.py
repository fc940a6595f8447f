from __future__ import annotations

import numpy as np
import pytest

from jobs.sample.consents import consent_statements, iso


def test_four_of_five_allow_analytics_some_refuse_withdraw_or_never_speak(cast_of):
    cast = cast_of(actors=3_000)
    said: dict[str, list[bool]] = {cast.actor_id(int(a)): [] for a in cast.roles.people}
    for row in consent_statements(cast):
        if row["subject"] in said:
            said[row["subject"]].append(row["given"])
    answers = [tuple(answer) for answer in said.values()]
    share = {kind: answers.count(kind) / len(answers) for kind in ((True,), (False,), (True, False), ())}
    assert 0.75 < share[(True,)] < 0.87
    assert all(share[kind] > 0.02 for kind in ((False,), (True, False), ()))


@pytest.mark.parametrize(("name", "sends"), [pytest.param("us", True, id="us"), pytest.param("eu", False, id="eu")])
def test_opt_out_signals_are_sent_where_they_exist_and_always_say_no(cast_of, name, sends):
    given = [row["given"] for row in consent_statements(cast_of(name=name)) if row["signal"] == "gpc"]
    assert bool(given) is sends
    assert not any(given)


def test_only_minors_have_a_parent_speak(cast_of):
    cast = cast_of()
    minors = {cast.actor_id(int(actor)) for actor in np.flatnonzero(cast.minors())}
    spoken = {row["subject"] for row in consent_statements(cast) if row["signal"] == "parent"}
    assert spoken and spoken <= minors


def test_a_withdrawal_follows_its_consent_and_falls_into_the_sample(cast_of):
    cast = cast_of()
    latest: dict[str, str] = {}
    for row in consent_statements(cast):
        if not row["given"] and row["subject"] in latest:
            assert row["time"] > latest[row["subject"]]
        latest[row["subject"]] = row["time"]


def test_times_are_iso_in_utc():
    assert iso(1_780_272_000) == "2026-06-01T00:00:00Z"
