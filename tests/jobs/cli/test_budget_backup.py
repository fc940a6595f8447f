"""A ledger that came back from a backup spends nothing twice."""

from __future__ import annotations

import sqlite3

import pytest

from tests.audited import audited


def _ledger(home):
    return home.path / "budget" / "ledger.sqlite"


def test_a_ledger_from_an_older_backup_spends_nothing_until_it_knows_what_was_spent(granted, geoward, noisy, home):
    """0.2 of 0.5 is spent before the backup and 0.2 after it: 0.1 is left, which an older ledger does not know."""
    noisy()
    backup = _ledger(home).read_bytes()
    noisy("--from", "2026-05-02", "--to", "2026-05-02", out="second.csv")
    _ledger(home).write_bytes(backup)

    refused, rows = noisy("--from", "2026-05-03", "--to", "2026-05-03", out="third.csv")

    assert (rows, type(refused.exception).__name__) == (None, "LedgerTooOld")
    assert "of its spends the audit log tells 2, and it knows 1" in str(refused.exception)
    recovered = geoward("budget", "recover", "--json").document["budgets"]
    assert [(one["spends"], one["left"][0]) for one in recovered] == [(2, pytest.approx(0.1))] * 2
    third, _ = noisy("--from", "2026-05-03", "--to", "2026-05-03", out="third.csv", loss={
        "accounting": "zcdp", "rho": 0.1,
    })  # fmt: skip
    assert third.document["in_all"]["loss"] == 0.2
    assert [one["spends"] for one in geoward("budget", "recover", "--json").document["budgets"]] == [3, 3]


def test_another_ledger_of_as_many_losses_is_not_taken_for_the_newest(granted, noisy, home):
    noisy()
    with sqlite3.connect(_ledger(home)) as db:
        db.execute("UPDATE spends SET main = '0.01'")

    done, rows = noisy("--from", "2026-05-02", "--to", "2026-05-02", out="second.csv")

    assert (rows, type(done.exception).__name__) == (None, "LedgerTooOld")


def test_a_loss_that_a_killed_process_never_told_stops_nothing(granted, noisy, home, monkeypatch):
    from jobs.budget.witness_ledger import LedgerWitness

    with monkeypatch.context() as patched:
        patched.setattr(LedgerWitness, "tell", lambda *_: 1 / 0)
        assert noisy()[1] is None

    done, rows = noisy("--from", "2026-05-02", "--to", "2026-05-02", out="second.csv")

    assert (done.exit_code, len(rows)) == (0, 3)
    (told,) = [one["detail"]["spends"] for one in audited(home) if one["outcome"] == "losses entered"]
    assert (told["known"], len(told["new"])) == (2, 2)


def test_a_log_that_was_cut_with_the_ledger_hides_no_loss(granted, noisy, home):
    backup, log = _ledger(home).read_bytes(), home.path / "audit" / "_delta_log"
    before = set(log.iterdir())
    noisy()
    _ledger(home).write_bytes(backup)
    for file in set(log.iterdir()) - before:
        file.unlink()

    done, rows = noisy(out="again.csv")

    assert (rows, type(done.exception).__name__) == (None, "EnvironmentFault")
    assert "audit log is damaged" in str(done.exception)
