"""Where people are reached on the net, and numbers that the state or a bank gave them."""

from __future__ import annotations

import re

from transforms.redaction.kind import Clues, Kind

_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~°-]"
_AT = r"\s?[\[({]\s?at\s?[\])}]\s?"
_DOT = r"(?:\.|\s?[\[({]\s?dot\s?[\])}]\s?)"
_TLD = r"(?:com|net|org|edu|gov|info|biz|io|app|dev|xyz|shop|online|site|(?:co|com|org|net|ac|gov)\.[a-z]{2}|de|fr|uk|eu|jp|br|nl|pl|ru|cn|ch|es|se|dk|cz|hu|ly|gl|tv)"
_LAST = r"(?<![.,;:!?)'\"*])"
_BARE = re.compile(rf"\w\.{_TLD}\b", re.IGNORECASE)
_ADDRESSED = re.compile(r"@\[?\w[\w-]*\.")
_SPELLED = re.compile(_AT, re.IGNORECASE)


def _email(clues: Clues) -> bool:
    text = clues.text
    return ("@" in text and _ADDRESSED.search(text) is not None) or (
        any(sign in text for sign in "[({") and _SPELLED.search(text) is not None
    )


def _url(clues: Clues) -> bool:
    text = clues.text
    return "://" in text or "www." in clues.lower or ("." in text and _BARE.search(text) is not None)


CONTACT_KINDS = (
    Kind(
        "EMAIL_ADDRESS",
        (
            rf"{_LOCAL}{{1,64}}(?<![.])@(?:\w[\w-]{{0,62}}\.){{1,8}}\w[\w-]{{0,62}}",
            rf"(?<!\w)[\w.+-]{{1,64}}{_AT}(?:\w[\w-]{{0,62}}{_DOT}){{1,8}}\w[\w-]{{1,62}}",
            rf"{_LOCAL}{{1,64}}@\[?(?:\d{{1,3}}\.){{3}}\d{{1,3}}\]?",
        ),
        _email,
        score=1.0,
    ),
    Kind(
        "URL",
        (
            rf"(?<![a-z0-9])(?:[a-z°][a-z0-9+.°-]{{1,20}}://|\bwww\.)(?:[^\s\[\]<>\"]+{_LAST}|[^\s\[\]]+)",
            rf"(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,6}}{_TLD}\b(?![\w@-]|\.[a-z0-9])(?::\d{{2,5}})?(?:[/?#][^\s\[\]<>\"]*{_LAST})?",
        ),
        _url,
        score=0.7,
    ),
    Kind(
        "US_SSN",
        (
            r"(?<![\w-])(?!000|666|9)\d{3}([- .])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])",
            r"\b(?:ssn|social\s+security)\b(?:\W{1,3}(?:number|no|is|nr|#)){0,3}\W{1,4}\K(?!000|666|9)\d{9}\b",
        ),
        lambda clues: clues.digits >= 9,
    ),
    Kind("HANDLE", (r"@\w{2,}",), lambda clues: "@" in clues.text, score=0.4),
)
"""Kinds that have a form of their own."""

CARD_PATTERNS = (
    r"(?<![\w.-])4\d{3}([- ]?)\d{4}\1\d{4}\1\d{4}(?![\w-]|\.\d)",
    r"(?<![\w.-])(?:4\d{12}|4\d{18})(?![\w-]|\.\d)",
    r"(?<![\w.-])(?:5\d{3}|2[2-7]\d{2}|6\d{3}|35\d{2}|8[16]\d{2})([- ]?)\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?(?![\w-]|\.\d)",
    r"(?<![\w.-])3[47]\d{2}([- ]?)\d{6}\1\d{5}(?![\w-]|\.\d)",
    r"(?<![\w.-])3(?:0[0-59]|[689]\d)\d([- ]?)\d{6}\1\d{4}(?![\w-]|\.\d)",
    r"(?<![\w.-])(?:1800|2131)\d{11}(?![\w-]|\.\d)",
    r"(?<![\w.-])(?:50[0-9]{2}|5[6-9]\d{2}|6\d{3})\d{8,9}(?![\w-]|\.\d)",
)
"""Issuers' prefixes and lengths (ISO/IEC 7812): Visa, Mastercard, Discover, UnionPay, JCB, Amex, Diners, Maestro. Each
must end in Luhn's check digit."""
