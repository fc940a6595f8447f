"""What an operator's remark may not hold, and what it may: numbers of cases, laws and days are no persons."""

from __future__ import annotations

import pytest

from transforms.redaction.engine import LONGEST
from transforms.redaction.sure_kinds import sure_kinds


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("asked by ada@example.org", "EMAIL_ADDRESS"),
        ("call +49 30 1234567", "PHONE_NUMBER"),
        ("her number is 030 1234567", "PHONE_NUMBER"),
        ("0049 170 1234567 rang", "PHONE_NUMBER"),
        ("(212) 555-0123", "PHONE_NUMBER"),
        ("212-555-0123", "PHONE_NUMBER"),
        ("card 4111 1111 1111 1111", "CREDIT_CARD"),
        ("seen at 52.520008, 13.404954", "COORDINATES"),
        ("from 203.0.113.9", "IP_ADDRESS"),
        ("from 2001:db8::1", "IP_ADDRESS"),
        ("DE89370400440532013000", "IBAN_CODE"),
        ("00:1A:2B:3C:4D:5E", "MAC_ADDRESS"),
        ("imei 490154203237518", "IMEI"),
        ("8FVC9G8F+6X", "PLUS_CODE"),
        ("x" * (LONGEST + 1), "UNREAD"),
    ],
)
def test_what_surely_points_at_a_person_is_named_by_its_kind(said, kind):
    assert sure_kinds(said) == (kind,)


def test_each_kind_is_named_once_in_order():
    assert sure_kinds("a@example.org 203.0.113.9 b@example.org") == ("EMAIL_ADDRESS", "IP_ADDRESS")


@pytest.mark.parametrize(
    "said",
    [
        "", "C-17", "4711", "4711-2026-001", "CASE-2026-001234", "INC0012345678", "0815 4711", "Az. 12 C 345/26",
        "Fall 2026/0815/4711", "CVE-2026-12345", "ticket 20261127123456", "GDPR art. 17(1), 2016/679", "version 1.2.3.4",
        "account taken over", "disk of June 2 lost, backup of June 1", "2026-11-27 10:00 nightly", "wrong tiling",
        "123e4567-e89b-12d3-a456-426614174000", "key-0123456789abcdef", "0123456789abcdef0123456789abcdef",
        "500,000 rows; 12.5, 13.5 percent", "https://tickets.example/C-17", "lawful request 44-2026/7781-3",
    ],
)  # fmt: skip
def test_numbers_of_cases_laws_and_days_may_be_said(said):
    assert sure_kinds(said) == ()
