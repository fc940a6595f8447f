"""How a request comes to its end for good: refused, withdrawn, or of before a damaged audit log was accepted."""

from __future__ import annotations

import pytest

from jobs.accept_audit import accept_audit
from jobs.audit_chain import entry_files
from jobs.audit_witness import audit_path
from jobs.home import open_home
from jobs.manifest import log_file, log_versions
from jobs.reveal.list_requests import list_requests
from jobs.reveal.requests import Requests
from quality.contracts.errors import EnvironmentFault, PolicyBreach, UsageError
from tests.jobs.reveal.conftest import WHO


@pytest.fixture
def file(home):
    """Return the one request's file."""

    def file():
        (path,) = (home.path / "reveals").glob("*.json")
        return path

    return file


@pytest.fixture
def states(home):
    return lambda: [one.state for one in list_requests(open_home(), Requests(home.path / "reveals")).requests]


def lose_the_newest_entry(home):
    log = audit_path(home)
    newest = log_versions(log)[-1]
    for path in (*entry_files(log, newest), log_file(log, newest)):
        path.unlink()


def test_a_used_request_is_not_shown_again_once_the_lost_log_is_accepted(home, ask, approve, told, file, states):
    approve(ask().request)
    path = file()
    kept = path.read_text()
    assert ask().value == WHO
    lose_the_newest_entry(home)
    path.write_text(kept)
    with pytest.raises(EnvironmentFault, match="damaged"):
        ask()

    accept_audit(open_home(), "disk lost")

    assert states() == ["refused"]
    with pytest.raises(PolicyBreach, match="older than the log that was accepted"):
        ask()
    assert "revealed" not in told()


def test_after_a_log_was_accepted_a_request_is_entered_anew_and_shown(home, ask, approve, told):
    old = ask().request
    lose_the_newest_entry(home)
    accept_audit(open_home(), "disk lost")
    with pytest.raises(PolicyBreach):
        approve(old)

    new = ask().request
    approve(new)
    assert new.id != old.id and ask().value == WHO


def test_a_request_that_auditors_were_not_told_of_is_neither_approved_nor_shown(home, ask, approve, file):
    request = ask(dry_run=True).request
    Requests(home.path / "reveals").put(request)

    with pytest.raises(PolicyBreach, match="is not in the audit log"):
        approve(request)
    assert ask().request.id != request.id


def test_a_refused_request_is_never_shown_also_if_it_was_approved_and_put_back(
    ask, approve, refuse, told, file, states
):
    approve(ask().request)
    path = file()
    kept = path.read_text()
    refuse(list_of(path))
    path.write_text(kept)

    assert states() == ["refused"]
    with pytest.raises(PolicyBreach, match="was refused by a second person"):
        ask()
    assert told() == ["requested", "approved", "request refused", "refused"]
    assert ask().value is None, "a new request waits"


def list_of(path):
    return Requests(path.parent).get(path.stem)


def test_auditors_are_told_who_refused_which_request_for_which_case(ask, refuse, told):
    request = ask().request
    refuse(request)

    *_, last = told(whole=True)
    assert (last["subject"], last["outcome"], last["region"]) == (request.id, "request refused", "eu")
    facts = {name: last["detail"][name] for name in ("refused_by", "principal", "case", "reason", "kind")}
    assert facts == {
        "refused_by": "bob", "principal": "ada", "case": "C-17", "reason": "account taken over", "kind": "actor",
    }  # fmt: skip


def test_whoever_asked_takes_it_back(ask, approve, refuse, told, file, states):
    request = ask().request
    approve(request)
    path = file()
    kept = path.read_text()
    refuse(request, "ada")
    path.write_text(kept)

    assert states() == ["withdrawn"] and told()[-1] == "request withdrawn"
    with pytest.raises(PolicyBreach, match="was withdrawn"):
        ask()


@pytest.mark.parametrize("name", ["dan", "cy", "eve"], ids=["may-only-ask", "no-grant", "unknown"])
def test_whom_the_policy_does_not_let_approve_cannot_refuse_either(ask, refuse, approve, told, name):
    request = ask().request
    with pytest.raises(PolicyBreach):
        refuse(request, name)

    assert told() == ["requested", "refused"]
    approve(request)
    assert ask().value == WHO, "it is as good as before"


def test_one_that_came_to_its_end_is_not_refused_again(ask, approve, refuse, told):
    request = ask().request
    approve(request)
    ask()

    with pytest.raises(UsageError, match="no such request"):
        refuse(request)
    assert told()[-2:] == ["revealed", "refused"]


def test_a_dry_run_of_a_refusal_changes_no_byte(home, ask, refuse):
    request = ask().request
    before = {path: path.read_bytes() for path in home.path.rglob("*") if path.is_file()}
    refuse(request, dry_run=True)
    refuse(request, "ada", dry_run=True)

    assert {path: path.read_bytes() for path in home.path.rglob("*") if path.is_file()} == before


def test_one_that_nobody_could_be_told_of_is_not_refused(ask, approve, refuse, monkeypatch):
    from jobs.reveal import told as told_module

    request = ask().request

    def full(*_, **__):
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(told_module, "audit_many", full)
        with pytest.raises(EnvironmentFault, match="Auditors could not be told"):
            refuse(request)
    approve(request)
    assert ask().value == WHO
