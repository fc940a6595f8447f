"""Free text loses what points at a person: addresses, links, numbers, coordinates."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import chain

from pyspark.sql import Column
from pyspark.sql import functions as F

_W = r"\p{L}\p{M}\p{N}_"
_END = r"(?![A-Za-z0-9])"
_START = r"(?<![A-Za-z0-9])"
_AT = r"(?i:@|\s?[\[({]\s?at\s?[\])}]\s?|\s+at\s+)"
_DOT = r"(?i:\.|\s?[\[({]\s?dot\s?[\])}]\s?|\s+dot\s+)"
_DOMAINS = "com|net|org|info|biz|io|co|me|ru|cn|de|uk|eu|us|xyz|top|ly|gl|app|dev|link|shop"
_LOCAL = rf"!#$%&'*+/=?^`{{|}}~.{_W}-"
_HEX = "[0-9a-fA-F]{1,4}"
_DECIMAL = r"[-+−]?(?<!\d)\d++[.,]\d{3,}"
_GAP = r"""(?i:[\s,;/|&°º:='"()\[\]{}]|[nsew]|lat(?:itude)?|lo?ng?(?:itude)?){1,14}"""
_CODE = "23456789CFGHJMPQRVWX"
_GEOHASH = "0-9b-hjkmnp-z"
_SEPARATOR = r"[\sxX().\[\]/~\-‐-―−ー⁓∼]"

PATTERNS: tuple[tuple[str, str], ...] = (
    (r"(?<![A-Za-z0-9+.-])[A-Za-z0-9+.-]++://\S+|(?i:www\.)\S+", "[URL]"),
    (
        r"///[^\s./\[\]]+\.[^\s./\[\]]+\.[^\s./\[\]]+|\$(?:G[A-Z]|BD|QZ)[A-Z]{3},\S*|(?i:geo):[-+]?\d\S*|"
        rf"(?i:geohash[^a-z0-9]{{1,3}}[{_GEOHASH}]{{5,12}}){_END}|"
        r"""\d{1,3}\s?[°º]\s?\d{1,2}(?:[.,]\d+)?\s?['′’″‴](?:\s?\d{1,2}(?:[.,]\d+)?\s?(?:["″”]|''|′′))?(?:\s?[NSEW]\b)?|"""
        rf"{_DECIMAL}{_GAP}{_DECIMAL}(?:\s?°?\s?[NSEW]\b)?",
        "[COORDINATES]",
    ),
    (rf"(?<![{_LOCAL}])[{_LOCAL}]++{_AT}[{_W}-]+(?:{_DOT}[{_W}-]+)*{_DOT}[{_W}-]+", "[EMAIL]"),
    (
        rf"(?<![A-Za-z0-9-])(?:[A-Za-z0-9-]++\.){{1,20}}(?:(?i:{_DOMAINS})\b(?:[/?#:]\S*)?|[A-Za-z]{{2,6}}/\S*)|"
        r"(?i:google)\.[A-Za-z.]{2,6}/\S*",
        "[URL]",
    ),
    (
        rf"(?i){_START}(?:[{_CODE}]{{8}}|(?=[2-9]*[c-x])(?=[c-x]*[2-9])[{_CODE}]{{4,7}})\+[{_CODE}]{{2,7}}{_END}|"
        rf"8[0-9a-f]{{14}}{_END}",
        "[COORDINATES]",
    ),
    (r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?", "[IP]"),
    (
        # "geohash [NUMBER]" would read like a named geohash, so the word goes too.
        rf"(?i)(?:geohash[^a-z0-9]{{0,3}})?(?:[+(]?\d(?:{_SEPARATOR}{{0,4}}\d){{5,}}+|"
        rf"{_START}[a-z]{{2}}\d{{2}}(?:[ -]?[a-z0-9]{{4}}){{2,7}}(?:[ -]?[a-z0-9]{{1,3}}{_END})?)",
        "[NUMBER]",
    ),
    (rf"@[{_W}]{{2,}}", "[HANDLE]"),
    (
        # As a word, a geohash needs digits and letters that take turns, and a letter that no hex number has.
        rf"(?<![A-Za-z0-9_-])(?=[{_GEOHASH}]{{7,12}}(?![A-Za-z0-9_-]))(?=[a-z0-9]*[g-z])(?=(?:[a-z]*[0-9]){{3}})"
        r"(?:(?:[0-9]+[a-z]+){2}[0-9]|(?:[a-z]+[0-9]+){2}[a-z])[a-z0-9]*",
        "[COORDINATES]",
    ),
    (
        rf"(?<![A-Za-z_:])(?:(?:{_HEX}:){{3,7}}{_HEX}|{_HEX}(?::{_HEX}){{0,6}}::(?:{_HEX}(?::{_HEX}){{0,6}})?|"
        rf"::{_HEX}(?::{_HEX}){{0,6}})(?:\.\d{{1,3}}){{0,3}}(?![A-Za-z_:])|"
        rf"{_START}[0-9a-fA-F]{{2}}(?:[:-][0-9a-fA-F]{{2}}){{5}}{_END}",
        "[IP]",
    ),
)  # fmt: skip
"""Java patterns in the order they are applied, with what replaces them. Words that need a border come last: a
cut may give them one. Java repeats a group by recursion unless that is possessive or bounded: without, one long run
of digits ends a task with a full stack."""

_FRACTIONS = "¼-¾⅐-⅟↉"
_RUN_BEGINS = rf"(?<![0-9]{_SEPARATOR}{{0,4}})"
_CROWDED_FRACTIONS = (
    rf"{_RUN_BEGINS}(?:[0-9]{_SEPARATOR}{{0,4}})*+[{_FRACTIONS}](?:{_SEPARATOR}{{0,4}}[0-9{_FRACTIONS}]){{2,}}+|"
    rf"{_RUN_BEGINS}(?:[0-9]{_SEPARATOR}{{0,4}}){{2,}}+[{_FRACTIONS}]|"
    rf"[0-9]{_SEPARATOR}{{0,4}}[{_FRACTIONS}]{_SEPARATOR}{{0,4}}[0-9]"
)
"""A fraction counts as two digits or more: alone it is a price, in a row of three it may be part of a number."""


LONGEST = 20_000
"""Characters that are looked at and kept. No person writes more at once, and Java's patterns would take minutes."""

_CUT = " [CUT]"


def redact_text(text: Column) -> Column:
    """Replace e-mail addresses, links, coordinates, network addresses, long numbers and handles by placeholders.

    Text beyond ASCII is first written in plain signs: full-width and styled letters, digits of any script, no
    invisible marks (after Unicode's form NFKC, UAX 15). It finds patterns, not meaning: a name or a street in plain
    words stays. An independent detector checks the result before it is published. What is past ``LONGEST`` is cut off.
    """
    text = F.when(F.length(text) > LONGEST, F.concat(F.substring(text, 1, LONGEST), F.lit(_CUT))).otherwise(text)
    text = F.when(text.rlike(r"[^\t\n\r -~]"), _plain(text)).otherwise(text)
    for pattern, placeholder in PATTERNS:
        text = F.regexp_replace(text, F.lit(pattern), F.lit(placeholder))
    return text


def _plain(text: Column) -> Column:
    signs, plain = plain_signs()
    text = F.replace(F.translate(text, signs, plain), F.lit("…"), F.lit("..."))
    return F.regexp_replace(text, _CROWDED_FRACTIONS, "[NUMBER]")


_BLOCKS = (range(0x80, 0x3400), range(0xA600, 0xAC00), range(0xF900, 0x1FC00), range(0xE0000, 0xE0080))
"""Code points among which compatibility forms, digits and format characters are; between them are ideographs."""


@cache
def plain_signs() -> tuple[str, str]:
    """Return signs and what each is written as; those beyond the second's length are dropped (format characters)."""
    plain: dict[str, str] = {chr(code): " " for code in (*range(0x0B, 0x0D), *range(0x1C, 0x20))}
    dropped = []
    for sign in map(chr, chain(*_BLOCKS)):
        if unicodedata.category(sign) == "Cf":
            dropped.append(sign)
        elif (written := _written(sign)) != sign:
            plain[sign] = written
    return "".join(plain) + "".join(dropped), "".join(plain.values())


def _written(sign: str) -> str:
    if unicodedata.category(sign) == "Nd":
        return str(unicodedata.digit(sign))
    if sign.isspace():
        return " "
    form = unicodedata.normalize("NFKC", sign)
    if sign in "ºª…" or form == sign or unicodedata.category(sign) == "No" and "\u2044" in form:
        return sign
    if len(form) == 1:
        return form if form.isascii() or form in "°−ー′" else sign
    if not set(form) & set("0123456789@.:/+$°,'-"):
        return sign
    return form[0] if form[0].isalpha() or form[0] == "°" else " "  # one sign for several: ㎡ is written m
