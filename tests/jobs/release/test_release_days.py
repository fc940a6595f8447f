"""A day's rows are published with their proof, or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from jobs.release.release_days import PROOF, _with_proof, release_day
from quality.contracts.untold import ValueRefused
from quality.releases.contract_of import table_release
from quality.releases.declaration import Gates
from quality.releases.privacy_models import KAnonymity

DAY = date(2026, 5, 1)
NO_ATTACKS = Gates(singling_out=None, linkability=None, inference=None, max_information_loss=1)


def release(**changed):
    small = {"models": (KAnonymity(model="k_anonymity", k=2),), "gates": NO_ATTACKS}
    return table_release("actions_anonymous").model_copy(update={**small, **changed})


ATTACKS = ("attack_linkability", "attack_singling_out")


def rows(*whose):
    told = [
        {
            "actor_key": who, "device_key": None, "event_time": datetime(2026, 5, 1, 12, tzinfo=UTC), "action": "post",
            "app_id": app, "client": "iOS", "country": "NL",
        }
        for who, app in whose
    ]  # fmt: skip
    return pa.Table.from_pylist(told)


FOUR = (("ann", "feed"), ("bob", "feed"), ("eve", "maps"), ("joe", "maps"))


def test_rows_of_nobody_are_left_out_and_counted():
    table, proof = release_day(rows(*FOUR, (None, "feed")), release(), {}, DAY)

    assert (table.num_rows, proof.rows_in, proof.rows_out, proof.left_out) == (4, 5, 4, {"no_subject": 1})
    assert (proof.k, proof.failed) == (2, ())


@pytest.mark.parametrize(
    ("people", "changed", "failed"),
    [
        pytest.param((("ann", "feed"),), {}, ("models",), id="one-person"),
        pytest.param(
            (("ann", "feed"), ("bob", "maps")), {"gates": NO_ATTACKS.model_copy(update={"max_information_loss": 0.1})},
            ("information_loss",), id="nothing-useful-is-left",
        ),
        pytest.param(FOUR, {"gates": Gates(max_information_loss=1)}, ATTACKS, id="too-few-to-attack"),
    ],
)  # fmt: skip
def test_what_fails_is_named_and_nothing_is_published(people, changed, failed):
    table, proof = release_day(rows(*people), release(**changed), {}, DAY)

    assert (table.num_rows, proof.failed) == (0, failed)


def test_a_day_that_does_not_fit_the_declaration_is_that_days_matter_alone():
    nobody_knows = release(nulls="suppress")
    table = rows(*FOUR).drop_columns(["country"]).append_column("country", pa.nulls(4, pa.string()))

    told, proof = release_day(table, nobody_knows, {}, DAY)

    assert (told.num_rows, proof.rows_in, proof.failed) == (0, 4, ("models",))


def test_an_undecided_attack_that_is_accepted_is_told_and_stops_nothing():
    accepted = release(gates=Gates(max_information_loss=1, accept_too_small=True))

    six = [(f"p{one}", f"a{one}") for one in range(6)]

    table, proof = release_day(rows(*six), accepted, {}, DAY)  # of whom one part is one person, in no class of two

    assert (table.num_rows, proof.failed, proof.undecided) == (6, (), ("attacks",))


def test_what_breaks_in_a_worker_tells_no_value(monkeypatch):
    def broken(*_, **__):
        raise ValueError("zebra was here")

    monkeypatch.setattr("jobs.release.build_file.judge_utility", broken)
    day = rows(*FOUR).append_column("event_date", pa.array([DAY] * 4))

    with pytest.raises(ValueRefused) as raised:
        _with_proof(day, release(), {}, pa.schema({"event_date": pa.date32(), PROOF: pa.string()}))
    assert "zebra" not in str(raised.value)
