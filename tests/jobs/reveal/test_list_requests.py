from __future__ import annotations

import pytest

from jobs.home import open_home
from jobs.reveal.list_requests import list_requests
from jobs.reveal.requests import Requests
from tests.jobs.reveal.conftest import GRANT


@pytest.fixture
def listing(home):
    def listing():
        now = open_home()
        return list_requests(now, Requests(now.path / "reveals"))

    return listing


def states(found):
    return [one.state for one in found.requests]


def test_nothing_is_listed_and_nothing_made_where_nobody_asked(home, listing):
    assert listing().requests == [] and not (home.path / "reveals").exists()


def test_a_request_waits_is_approved_expires_and_never_shows_its_token(ask, approve, listing, clock, asked):
    request = ask().request
    assert states(listing()) == ["waiting"]
    approve(request)
    (one,) = listing().requests
    assert (one.state, one.principal, one.approver, one.case) == ("approved", "ada", "bob", "C-17")
    assert asked.token not in listing().model_dump_json()
    clock(9)
    assert states(listing()) == ["expired"]


def test_what_the_policy_does_not_bear_out_is_listed_as_refused(ask, listing, policy):
    ask()
    policy(grants=[{**GRANT, "may_ask": ["dan"]}])
    assert states(listing()) == ["refused"]
    policy(nobody=True)
    (one,) = listing().requests
    assert one.state == "refused" and one.expires is None


def test_a_used_one_that_was_put_back_is_listed_as_used(home, ask, approve, listing):
    approve(ask().request)
    (path,) = (home.path / "reveals").glob("*.json")
    kept = path.read_text()
    ask()
    path.write_text(kept)

    assert states(listing()) == ["used"]


def test_files_that_were_changed_are_named(home, ask, listing):
    name = ask().request.id
    (path,) = (home.path / "reveals").glob("*.json")
    path.write_text(path.read_text().replace("C-17", "C-18"))
    (home.path / "reveals" / "\x1bx.json").write_text("no request")

    found = listing()
    assert found.requests == [] and sorted(found.changed) == sorted([name, "\\x1bx"])


def test_texts_that_a_terminal_obeys_are_listed_escaped(ask, listing, asked):
    ask(what=asked._replace(case="\x1b[2J"))

    assert listing().requests[0].case == "\\x1b[2J"
