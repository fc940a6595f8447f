"""Who sees an identifier, when, and what auditors know by then."""

from __future__ import annotations

import json
import stat
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Barrier, BrokenBarrierError, Thread

import pytest

from jobs.home import open_home
from jobs.region_keys import region_keys, vault_of
from jobs.reveal import told as told_module
from jobs.reveal.desk import Desk
from jobs.reveal.open_token import SubjectGone, look_up
from jobs.reveal.request import Asked
from jobs.reveal.requests import Requests
from jobs.reveal.told import refusals_told
from quality.contracts.errors import ConfigError, EnvironmentFault, KeyUnusable, PolicyBreach, UsageError
from tests.jobs.reveal.conftest import GRANT, WHO, token_of
from transforms.privacy.tokens import TokenRefused


def files(home):
    return sorted((home.path / "reveals").glob("*.json"))


def edit(path, **changes):
    """Change fields of a request's file, keeping its form."""
    found = json.loads(path.read_text())
    for name, value in changes.items():
        found[name] = {**found[name], **value} if isinstance(value, dict) and found[name] else value
    path.write_text(json.dumps(found, sort_keys=True, indent=1) + "\n")


def test_a_second_person_approves_and_the_first_sees_the_identifier_once(ask, approve, told):
    first = ask()
    assert first.value is None and ask().value is None, "it waits"
    approve(first.request)

    assert ask().value == WHO
    again = ask()
    assert again.value is None and again.request.id != first.request.id, "a new request waits"
    assert told() == ["requested", "approved", "revealed", "requested"]


def test_auditors_are_told_who_which_case_and_why_but_no_token_and_no_identifier(home, ask, approve, told, asked):
    approve(ask().request)
    ask()

    *_, last = told(whole=True)
    assert last["region"] == "eu" and last["subject"]
    assert {name: last["detail"][name] for name in ("principal", "approver", "case", "reason", "kind")} == {
        "principal": "ada", "approver": "bob", "case": "C-17", "reason": "account taken over", "kind": "actor",
    }  # fmt: skip
    said = json.dumps(told(whole=True)).encode()
    assert asked.token.encode() not in said and WHO.encode() not in said
    assert not any(WHO.encode() in path.read_bytes() for path in home.path.rglob("*") if path.is_file())


def test_a_request_waits_in_a_file_of_its_owner_alone(home, ask):
    ask()

    (path,) = files(home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert WHO not in path.read_text()


@pytest.mark.parametrize("name", ["bob", "cy", "eve"], ids=["may-only-approve", "no-grant", "unknown"])
def test_whom_the_policy_does_not_let_ask_is_refused_and_told(home, ask, told, name):
    with pytest.raises(PolicyBreach):
        ask(name)

    assert told() == ["refused"] and files(home) == []


@pytest.mark.parametrize("name", ["ada", "dan", "cy", "eve"], ids=["their-own", "may-only-ask", "no-grant", "unknown"])
def test_whom_the_policy_does_not_let_approve_is_refused_and_told(ask, approve, told, name):
    request = ask().request
    with pytest.raises(PolicyBreach):
        approve(request, name)

    assert told() == ["requested", "refused"] and ask().value is None


def test_the_asker_under_a_second_name_is_no_second_person(ask, policy):
    ask()
    with pytest.raises(ConfigError, match="two principals have one public key"):
        policy(keys={"bob": "ada"})


def test_without_a_section_of_the_policy_nobody_sees_anything(ask, approve, told, policy):
    request = ask().request
    approve(request)
    policy(nobody=True)

    for attempt in (ask, lambda: approve(request)):
        with pytest.raises(PolicyBreach, match="lets nobody"):
            attempt()
    assert told()[-2:] == ["refused", "refused"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"grants": [{**GRANT, "may_ask": ["dan"]}]}, id="asker-not-granted"),
        pytest.param({"grants": [{**GRANT, "may_approve": ["dan"]}]}, id="approver-not-granted"),
        pytest.param({"grants": [{**GRANT, "kinds": ["ip"]}]}, id="kind-not-granted"),
        pytest.param({"grants": [{**GRANT, "jurisdictions": ["us"]}]}, id="jurisdiction-not-granted"),
        pytest.param({"keys": {"bob": "eve"}}, id="approver-has-another-key"),
        pytest.param({"hours": 0.000001}, id="shorter"),
    ],
)
def test_what_the_policy_no_longer_bears_out_shows_nothing(ask, approve, told, policy, change):
    approve(ask().request)
    policy(**change)

    with pytest.raises(PolicyBreach):
        ask()
    assert told()[-1] == "refused" and "revealed" not in told()


def test_whoever_was_taken_out_of_the_policy_has_approved_nothing(ask, approve, policy, told):
    approve(ask().request)
    policy(only=("ada", "dan"), grants=[{**GRANT, "may_ask": ["ada"], "may_approve": ["dan"]}])

    with pytest.raises(PolicyBreach, match="does not let bob approve"):
        ask()
    assert "revealed" not in told()


def test_another_may_approve_what_a_person_approved_who_may_no_more(ask, approve, policy):
    request = ask().request
    approve(request)
    policy(grants=[{**GRANT, "may_approve": ["dan"]}])

    approve(request, "dan")
    assert ask().value == WHO


def test_a_request_that_is_approved_is_not_approved_again(ask, approve):
    request = ask().request
    approve(request)

    with pytest.raises(UsageError, match="is approved"):
        approve(request)


@pytest.mark.parametrize("hours", [8.01, -1], ids=["expired", "of-a-later-time"])
def test_a_request_of_another_time_is_neither_approved_nor_used(ask, approve, told, clock, hours):
    request = ask().request
    clock(hours)
    with pytest.raises(PolicyBreach):
        approve(request)

    clock(0)
    request = ask().request
    approve(request)
    clock(hours)
    with pytest.raises(PolicyBreach):
        ask()
    assert "revealed" not in told()


def test_one_that_expired_makes_room_for_a_new_one(ask, approve, clock):
    old = ask().request
    approve(old)
    clock(9)
    with pytest.raises(PolicyBreach, match="expired"):
        ask()

    new = ask().request
    assert new.id != old.id and ask().value is None


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"asked": {"case": "C-18"}}, id="case"),
        pytest.param({"asked": {"token": "00" * 70}}, id="token"),
        pytest.param({"principal": "dan"}, id="principal"),
        pytest.param({"at": "2000-01-01T00:00:00+00:00"}, id="time"),
        pytest.param({"nonce": "0"}, id="nonce"),
    ],
)
def test_a_request_that_was_edited_is_neither_approved_nor_used(home, ask, approve, told, changes):
    request = ask().request
    edit(files(home)[0], **changes)
    with pytest.raises(PolicyBreach, match="was changed"):
        approve(request)

    assert ask().value is None and "revealed" not in told()


@pytest.mark.parametrize("field", ["signature", "approval"])
@pytest.mark.parametrize("forged", ["00" * 64, "no hex", ""], ids=["other", "no-hex", "empty"])
def test_a_forged_signature_shows_nothing(home, ask, approve, told, field, forged):
    approve(ask().request)
    edit(files(home)[0], **{field: forged if field == "signature" else {"signature": forged}})

    with pytest.raises(PolicyBreach, match="is not what"):
        ask()
    assert told()[-1] == "refused" and "revealed" not in told()


def test_an_approval_is_good_for_its_request_alone(home, ask, approve, told, asked):
    first = ask().request
    approve(first)
    approval = json.loads(files(home)[0].read_text())["approval"]
    other = asked._replace(token=token_of(open_home(), "bob@example.org"))
    ask(what=other)
    (path,) = [path for path in files(home) if path.stem != first.id]
    edit(path, approval=approval)

    with pytest.raises(PolicyBreach, match="is not what bob signed"):
        ask(what=other)
    assert "revealed" not in told()


def test_an_approval_in_anothers_name_is_none(home, ask, approve, told, policy):
    policy(grants=[{**GRANT, "may_approve": ["bob", "cy"]}])
    approve(ask().request)
    edit(files(home)[0], approval={"principal": "cy"})

    with pytest.raises(PolicyBreach, match="is not what cy signed"):
        ask()
    assert "revealed" not in told()


def test_an_approval_of_before_the_request_or_of_later_is_none(home, ask, approve, people, told):
    for at in ("2000-01-01T00:00:00+00:00", "2100-01-01T00:00:00+00:00"):
        request = approve(ask("ada").request)
        approval = replace(request.approval, at=at)
        signature = people["bob"].identity.sign(approval.said(request)).hex()
        edit(files(home)[0], approval={"at": at, "signature": signature})
        with pytest.raises(PolicyBreach, match="not of the time"):
            ask()
        files(home)[0].unlink()
    assert "revealed" not in told()


def test_what_another_asked_for_is_not_shown_to_whoever_asks_the_same(ask, approve):
    approve(ask("ada").request)

    assert ask("dan").value is None
    assert ask("ada").value == WHO


def test_one_that_was_used_and_put_back_shows_nothing(home, ask, approve, told):
    approve(ask().request)
    (path,) = files(home)
    kept = path.read_text()
    assert ask().value == WHO
    path.write_text(kept)

    with pytest.raises(PolicyBreach, match="used before"):
        ask()
    assert told()[-1] == "refused" and told().count("revealed") == 1


def test_of_two_at_once_one_sees_it(ask, approve, told):
    approve(ask().request)
    barrier, seen = Barrier(2), []

    def look(home, asked):
        show = look_up(home, asked)
        with suppress(BrokenBarrierError):
            barrier.wait(1)  # both found the request good by then, if ever
        return show

    def one():
        seen.append(ask(look=look).value)

    threads = [Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen, key=str) == [None, WHO] and told().count("revealed") == 1


def test_nothing_is_shown_that_auditors_could_not_be_told(ask, approve, monkeypatch):
    approve(ask().request)

    def full(*_, **__):
        raise OSError("no room")

    monkeypatch.setattr(told_module, "audit_many", full)
    with pytest.raises(EnvironmentFault, match="Auditors could not be told") as refused:
        ask()
    assert WHO not in str(refused.value)


def test_it_is_opened_and_shown_only_after_auditors_were_told(home, ask, approve, told):
    request = ask().request
    approve(request)
    answer = ask()

    assert answer.value == WHO and told()[-1] == "revealed" and files(home) == []


@pytest.mark.parametrize("gone", [0, 1, -1], ids=["its-beginning", "a-line", "its-end"])
def test_nothing_is_shown_while_the_audit_log_is_damaged(home, ask, approve, gone):
    approve(ask().request)
    sorted((home.path / "audit" / "_delta_log").glob("*.json"))[gone].unlink()

    with pytest.raises(EnvironmentFault, match="audit log is damaged"):
        ask()


def test_who_cuts_the_line_of_a_use_off_and_puts_the_request_back_sees_nothing(home, ask, approve):
    approve(ask().request)
    (path,) = files(home)
    kept = path.read_text()
    assert ask().value == WHO
    path.write_text(kept)
    sorted((home.path / "audit" / "_delta_log").glob("*.json"))[-1].unlink()

    with pytest.raises(EnvironmentFault, match="audit log is damaged"):
        ask()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param({"case": " "}, UsageError, id="no-case"),
        pytest.param({"reason": ""}, UsageError, id="no-reason"),
        pytest.param({"kind": "person"}, UsageError, id="unknown-kind"),
        pytest.param({"region": "mars"}, UsageError, id="unknown-region"),
        pytest.param({"region": "us"}, PolicyBreach, id="a-region-without-a-grant"),
        pytest.param({"kind": "ip"}, PolicyBreach, id="a-kind-without-a-grant"),
        pytest.param({"token": "00" * 70}, TokenRefused, id="no-token"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_and_told(home, ask, told, asked, change, error):
    with pytest.raises(error):
        ask(what=asked._replace(**change))

    assert told() == ["refused"] and files(home) == []


def test_a_token_of_another_region_is_refused(home, ask, policy, asked, told):
    policy(grants=[{**GRANT, "jurisdictions": ["eu", "us"]}])
    token_of(open_home(), "somebody else", region="us")

    with pytest.raises(TokenRefused):
        ask(what=asked._replace(region="us"))
    assert told() == ["refused"]


@pytest.mark.parametrize("when", ["before", "after-the-approval"])
def test_a_destroyed_subject_is_seen_by_nobody(home, ask, approve, told, when):
    if when != "before":
        approve(ask().request)
    erase()

    with pytest.raises(SubjectGone, match="nobody can read it"):
        ask()
    assert told()[-1] == "refused" and "revealed" not in told()


def erase():
    region_keys(open_home(), open_home().region("eu")).vault.destroy("actor", [WHO])


@pytest.mark.parametrize("approved", [True, False])
def test_who_is_erased_while_the_desk_is_waited_for_is_seen_by_nobody(ask, approve, told, monkeypatch, approved):
    if approved:
        approve(ask().request)
    alone = Requests.alone

    @contextmanager
    def waits(self):
        erase()
        with alone(self):
            yield

    monkeypatch.setattr(Requests, "alone", waits)
    with pytest.raises(SubjectGone):
        ask()
    assert told()[-1] == "refused" and "revealed" not in told()


def test_who_is_erased_while_auditors_are_told_is_seen_by_nobody(ask, approve, told, monkeypatch):
    approve(ask().request)
    tell = told_module.audit_many

    def waits(home, entries):
        if "revealed" in entries[0]:
            erase()
        tell(home, entries)

    monkeypatch.setattr(told_module, "audit_many", waits)
    with pytest.raises(SubjectGone):
        ask()
    assert told()[-2:] == ["revealed", "refused"]


def test_a_vault_that_is_gone_is_not_begun_anew(home, ask, told):
    path = vault_of(open_home(), open_home().region("eu")).database.path
    for file in path.parent.iterdir():
        file.unlink()

    with pytest.raises(EnvironmentFault, match="vault of region eu is missing"):
        ask()
    assert not path.exists() and told() == ["refused"]


def test_an_older_vault_that_does_not_know_the_subject_says_so(home, ask, asked):
    import sqlite3

    with sqlite3.connect(vault_of(open_home(), open_home().region("eu")).database.path) as db:
        db.execute("DELETE FROM vault_keys")

    with pytest.raises(EnvironmentFault, match="no data key for a token's subject"):
        ask()


def test_tokens_of_before_a_rotation_are_revealed_until_their_key_is_closed(home, ask, approve, asked):
    from jobs.keys.config import keyset_of
    from jobs.keys.keyset import KeyDomain

    keyset, domain = keyset_of(open_home()), KeyDomain("token", "eu", "none")
    old = keyset.read().primary(domain).id
    keyset.rotate(domain)
    keyset.rotate(KeyDomain("subject", "eu", "none"))
    approve(ask().request)
    assert ask().value == WHO

    keyset.disable(old)
    with pytest.raises(KeyUnusable, match=f"{old} is disabled"):
        ask()


def test_a_dry_run_changes_no_byte_and_shows_nothing(home, ask, approve, told):
    def state():
        return {path: path.read_bytes() for path in home.path.rglob("*") if path.is_file()}

    before = state()
    assert ask(dry_run=True).value is None
    with pytest.raises(PolicyBreach):
        ask("eve", dry_run=True)
    assert state() == before and told() == []

    request = ask().request
    before = state()
    approve(request, dry_run=True)
    assert state() == before
    approve(request)
    before = state()
    assert ask(dry_run=True).value is None and state() == before
    assert ask().value == WHO


def test_an_error_that_nobody_thought_of_is_told_without_its_text(ask, told):
    def broken(*_):
        raise RuntimeError(WHO)

    with pytest.raises(RuntimeError):
        ask(look=broken)

    (line,) = told(whole=True)
    assert line["outcome"] == "refused" and WHO not in json.dumps(line)


def test_texts_that_a_terminal_obeys_are_told_escaped(ask, told, asked):
    ask(what=asked._replace(case="C\x1b[2J", reason="a\nb"))

    (line,) = told(whole=True)
    assert (line["detail"]["case"], line["detail"]["reason"]) == ("C\\x1b[2J", "a\\nb")


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_policy_that_others_can_write_lets_nobody(home, ask, approve, told, mode):
    request = ask().request
    (home.path / "policy.yaml").chmod(mode)

    for attempt in (ask, lambda: approve(request)):
        with pytest.raises(EnvironmentFault, match="Others than its owner can write .*policy.yaml"):
            attempt()
    assert told() == ["requested", "refused", "refused"]


def test_the_asker_is_told_that_nobody_approves_their_own(ask, approve):
    with pytest.raises(PolicyBreach, match="Nobody approves what they asked for"):
        approve(ask().request, "ada")


def test_a_name_that_leads_out_of_the_folder_is_no_request(home, people, ask):
    ask()
    (home.path / "x.json").write_text("{}")

    with pytest.raises(UsageError, match="no such request"), refusals_told(open_home(), dry_run=False) as line:
        Desk(line.home, look_up).approve(line, people["bob"].identity, "../x")


def test_what_is_typed_for_a_request_leads_nowhere_else(home, people, told):
    for typed in ("../geoward", "0" * 32, "", "A" * 32, "x" * 1000):
        with pytest.raises((UsageError, PolicyBreach)), refusals_told(open_home(), dry_run=False) as line:
            Desk(line.home, look_up).approve(line, people["bob"].identity, typed)


def test_no_token_is_shown_where_a_request_is_printed(ask, asked):
    answer = ask()

    assert asked.token not in repr(answer) and Asked is type(asked)
