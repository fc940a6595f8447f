"""What is said to auditors, by any command, holds nobody's data."""

from __future__ import annotations

import json

import pytest
import typer

import jobs.cli.commands  # noqa: F401
from jobs.audit_log import read_audit
from jobs.cli.app import app
from jobs.cli.remarks import impersonal
from quality.contracts.errors import UsageError

WORDS = {
    "reveal": ["00ff", "--kind", "actor", "--region", "eu"],
    "link": ["none.csv", "--column", "a", "--kind", "actor", "--from", "risk", "--to", "risk", "--purpose", "risk"],
    "withdraw": ["curated.mobility", "--version", "1", "--region", "eu"],
    "quarantine dismiss": ["raw.pings"],
    "audit accept": [],
    "redact": ["none.jsonl", "--field", "body", "--purpose", "risk", "--operator", "token", "--region", "eu"],
}
"""Each command that tells auditors what a person said, with what else it needs."""

HELD = {"--case": "C-17", "--reason": "taken over"}


def _commands(group, path=()):
    for name, command in getattr(group, "commands", {}).items():
        yield from _commands(command, (*path, name))
    if not getattr(group, "commands", {}):
        yield " ".join(path), {option for one in group.params for option in one.opts}


def said_by(command):
    options = dict(_commands(typer.main.get_command(app)))[command]
    return [option for option in HELD if option in options]


def test_each_command_that_takes_a_case_or_a_reason_is_looked_at_here():
    assert {command for command, options in _commands(typer.main.get_command(app)) if options & {*HELD}} == {*WORDS}


@pytest.mark.parametrize(
    ("command", "option"), [(command, option) for command in WORDS for option in said_by(command)], ids=str
)
@pytest.mark.parametrize(
    ("value", "kind"),
    [
        pytest.param("ask ada.planted@example.org", "EMAIL_ADDRESS", id="e-mail"),
        pytest.param("+49 30 1234567", "PHONE_NUMBER", id="phone"),
        pytest.param("52.520008, 13.404954", "COORDINATES", id="coordinates"),
    ],
)
def test_somebodys_data_is_refused_by_its_kind_and_told_nowhere(home, geoward, command, option, value, kind):
    said = {name: held for name, held in HELD.items() if name in said_by(command)} | {option: value}
    done = geoward(*command.split(), *WORDS[command], *[word for pair in said.items() for word in pair])

    assert isinstance(done.exception, UsageError) and done.exception.exit_code == 2
    assert f"{option} holds" in str(done.exception) and kind in str(done.exception) and done.exception.mend
    assert value not in done.output + str(done.exception)
    assert value not in json.dumps(read_audit(home)) and not (home.path / "reveals").exists()


def test_what_holds_nothing_is_taken_as_it_is():
    from types import SimpleNamespace

    assert impersonal(SimpleNamespace(name="reason"), "account taken over, 4711-2026-001") == (
        "account taken over, 4711-2026-001"
    )
