"""Free text loses what points at a person: addresses, links, numbers, coordinates."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

_AT = r"(?:@|\s?[\[({]\s?at\s?[\])}]\s?|\s+at\s+)"
_DOMAINS = "com|net|org|info|biz|io|co|me|ru|cn|de|uk|eu|us|xyz|top|ly|gl|app|dev|link|shop"
_IPV4 = r"\b\d{1,3}(?:\.\d{1,3}){3}\b"
_IPV6 = r"(?i:\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}\b)|(?i:(?:[0-9a-f]{0,4}:){2,7}:[0-9a-f]{1,4})"
_DEGREES = r"[-+−]?\d{1,3}[.,]\d{3,}\s?[°º]?"
_DOT = r"(?:\.|\s?[\[({]\s?dot\s?[\])}]\s?|\s+dot\s+)"

PATTERNS: tuple[tuple[str, str], ...] = (
    (r"(?i)\b[a-z][a-z0-9+.-]{1,15}://\S+|\bwww\.\S+", "[URL]"),
    (rf"(?i)[\p{{L}}0-9._%+'-]+{_AT}[\p{{L}}0-9-]+(?:{_DOT}[\p{{L}}0-9-]+)*{_DOT}[\p{{L}}]{{2,}}", "[EMAIL]"),
    (rf"(?i)\b(?:[a-z0-9-]+\.)+(?:{_DOMAINS})\b(?:/\S*)?", "[URL]"),
    (r"(?i)\$G[PNLA][A-Z]{3},\S*", "[COORDINATES]"),
    (r"""\d{1,3}\s?[°º]\s?\d{1,2}\s?['′]\s?(?:\d{1,2}(?:[.,]\d+)?\s?["″])?\s?[NSEWnsew]?""", "[COORDINATES]"),
    (rf"{_DEGREES}\s?[NSns]?\s?[,;/ ]\s?{_DEGREES}\s?[EWew]?", "[COORDINATES]"),
    (r"\b[23456789CFGHJMPQRVWXcfghjmpqrvwx]{4,8}\+[23456789CFGHJMPQRVWXcfghjmpqrvwx]{2,3}\b", "[COORDINATES]"),
    (r"\b8[0-9a-f]{14}\b", "[COORDINATES]"),
    (f"{_IPV4}|{_IPV6}", "[IP]"),
    (r"(?i)\b[a-z]{2}\d{2}(?:\s?[a-z0-9]{4}){2,7}(?:\s?[a-z0-9]{1,4})?\b", "[NUMBER]"),
    (r"[+(]?\d(?:[\s().\-/–]{0,3}\d){5,}", "[NUMBER]"),
    (r"@[\p{L}0-9_]{2,}", "[HANDLE]"),
)  # fmt: skip
"""Java patterns in the order they are applied, with what replaces them."""


def redact_text(text: Column) -> Column:
    """Replace e-mail addresses, links, coordinates, network addresses, long numbers and handles by placeholders.

    It finds patterns, not meaning: a name or a street in plain words stays. An independent detector checks the
    result before it is published.
    """
    for pattern, placeholder in PATTERNS:
        text = F.regexp_replace(text, F.lit(pattern), F.lit(placeholder))
    return text
