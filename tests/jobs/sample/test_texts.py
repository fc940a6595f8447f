from __future__ import annotations

import re

import numpy as np
import pytest

from jobs.sample.rows import home_address
from jobs.sample.texts import obfuscate, post, spam


def texts() -> list[str]:
    rng = np.random.default_rng(1)
    return [spam(rng, 0.0) for _ in range(400)] + [post(rng) for _ in range(2_000)]


@pytest.mark.parametrize(
    ("contact", "hidden"),
    [
        pytest.param("mila20@example.com", "mila2o at example dot com", id="mail"),
        pytest.param("https://tom.example.org/731", "tom dot example dot org/73l", id="link"),
        pytest.param("+44 7700 900123", "plus 44 77oo 9ool23", id="phone"),
    ],
)
def test_contacts_are_hidden_as_people_hide_them(contact, hidden):
    assert obfuscate(contact) == hidden


def test_domains_and_numbers_are_reserved_ones():
    for text in texts():
        assert all(re.search(r"example\.(com|org|net)$", m) for m in re.findall(r"@(\S+)", text))
        assert all(re.search(r"example\.(com|org|net)/", m) for m in re.findall(r"https://(\S+)", text))
        assert all(
            re.fullmatch(r"1-\d{3}-555-01\d\d|44 7700 900\d{3}", m) for m in re.findall(r"\+(\d[\d -]*\d)", text)
        )


def test_spam_holds_mail_phones_links_and_coordinates():
    pushed = " ".join(texts()[:400])
    for pattern in (r"@example\.", r"\+1-\d{3}-555-01", r"\+44 7700 900", r"https://", r"-?\d+\.\d{5}, -?\d+\.\d{5}"):
        assert re.search(pattern, pushed)


def test_few_ordinary_posts_hold_a_contact():
    held = [("@" in text or "+" in text) for text in texts()[400:]]
    assert 0.01 < np.mean(held) < 0.06


def test_home_addresses_are_private():
    assert [home_address(number) for number in (0, 256, 65_537)] == ["10.0.0.0", "10.0.1.0", "10.1.0.1"]
