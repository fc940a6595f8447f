from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from jobs.reveal.request import Approval, Asked, Request, read_request

ASKED = Asked("00ff", "actor", "eu", "C-17", "taken over")
REQUEST = Request(ASKED, "ada", "2026-11-27T10:00:00+00:00", "aa", "bb")
APPROVAL = Approval("bob", "2026-11-27T11:00:00+00:00", "cc")


@pytest.mark.parametrize("request_", [REQUEST, replace(REQUEST, approval=APPROVAL)], ids=["waiting", "approved"])
def test_a_request_is_read_as_it_was_written(request_):
    assert read_request(request_.written()) == request_


@pytest.mark.parametrize("field", Asked._fields)
def test_whatever_is_asked_is_signed_and_in_the_name(field):
    other = replace(REQUEST, asked=ASKED._replace(**{field: "other"}))

    assert other.said() != REQUEST.said() and other.id != REQUEST.id
    assert APPROVAL.said(other) != APPROVAL.said(REQUEST)


@pytest.mark.parametrize("field", ["principal", "at", "nonce"])
def test_who_asks_and_when_is_signed_and_in_the_name(field):
    other = replace(REQUEST, **{field: "other"})

    assert other.said() != REQUEST.said() and other.id != REQUEST.id


@pytest.mark.parametrize("field", ["principal", "at"])
def test_who_approves_and_when_is_signed(field):
    assert replace(APPROVAL, **{field: "other"}).said(REQUEST) != APPROVAL.said(REQUEST)


def test_no_part_runs_into_the_next():
    for one, other in pairwise(Asked._fields):
        moved = (
            ASKED._replace(**{one: getattr(ASKED, one) + "x"}),
            ASKED._replace(**{other: "x" + getattr(ASKED, other)}),
        )
        first, second = (replace(REQUEST, asked=asked).said() for asked in moved)
        assert first != second


def test_what_is_signed_as_a_request_is_none_as_an_approval():
    assert not APPROVAL.said(REQUEST).startswith(REQUEST.said())


def changed(**fields):
    return json.dumps({**json.loads(REQUEST.written()), **fields}, sort_keys=True, indent=1) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="list"),
        pytest.param("{", id="cut"),
        pytest.param(changed(more=1), id="a-field-more"),
        pytest.param(changed(asked={"token": "planted"}), id="fields-fewer"),
        pytest.param(changed(asked={**ASKED._asdict(), "case": 7}), id="a-number"),
        pytest.param(changed(at="yesterday"), id="no-time"),
        pytest.param(changed(at="2026-11-27T10:00:00"), id="a-time-of-nowhere"),
        pytest.param(changed(approval="planted"), id="no-approval"),
        pytest.param(REQUEST.written().strip(), id="another-form"),
    ],
)
def test_what_is_no_request_in_its_one_form_is_refused_without_its_text(text):
    with pytest.raises(ValueError) as refused:
        read_request(text)
    assert "planted" not in str(refused.value)


def test_neither_token_nor_its_digest_tells_more_in_a_repr():
    assert ASKED.token not in repr(REQUEST) and len(REQUEST.token_digest) == 64
