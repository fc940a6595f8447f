from __future__ import annotations

from collections import Counter

from jobs.sample.labels import PlantedAction, label_lines


def labels(cast, planted=()):
    return [line.split(",") for line in label_lines(cast, planted)]


def test_a_minority_of_abusive_accounts_is_found(cast_of):
    cast = cast_of(actors=3_000)
    abusive = {cast.actor_id(actor) for actor, (kind, _) in cast.roles.abuse().items() if kind != "victim"}
    found = {entity for kind, entity, label, *_ in labels(cast) if kind == "actor" and label != "legitimate"}
    assert 0.2 < len(found & abusive) / len(abusive) < 0.4


def test_a_mistaken_label_is_overturned_later(cast_of):
    cast = cast_of(actors=3_000)
    ordinary = {cast.actor_id(int(actor)) for actor in cast.roles.ordinary}
    mistaken = {row[1]: row[5] for row in labels(cast) if row[1] in ordinary and row[2] == "spam"}
    overturned = {row[1]: row[5] for row in labels(cast) if row[3] == "appeal"}
    assert mistaken
    assert mistaken.keys() == overturned.keys()
    assert all(overturned[actor] > mistaken[actor] for actor in mistaken)


def test_only_purchases_are_charged_back(cast_of):
    planted = [PlantedAction(f"e{n}", 1_780_300_000, "takeover", paid=n % 2 == 0) for n in range(200)]
    charged = [row[1] for row in labels(cast_of(), planted) if row[2] == "chargeback"]
    assert 40 < len(charged) < 80
    assert all(int(event[1:]) % 2 == 0 for event in charged)


def test_every_label_is_known_only_later_and_they_come_in_that_order(cast_of):
    planted = [PlantedAction(f"e{n}", 1_780_300_000 + n, "spam", paid=False) for n in range(50)]
    rows = labels(cast_of(), planted)
    assert all(time < observed for *_, time, observed in rows)
    assert [row[5] for row in rows] == sorted(row[5] for row in rows)
    assert {"actor", "action", "device"} == set(Counter(row[0] for row in rows))
