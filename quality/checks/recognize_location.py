"""Patterns of places in free text. Presidio has none of these."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import regex  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from presidio_analyzer import PatternRecognizer

_GAP = r"(?:[\s,;/|&°º:='\"()\[\]{}]|[NSEW](?![a-z])|lat(?:itude)?|l(?:o)?ng?(?:itude)?)"
_LATITUDE = r"(?<![\d.,])[-+\u2212]?(?:90|[0-8]?\d)\.\d{3,}"
_LONGITUDE = r"[-+\u2212]?(?:180|1[0-7]\d|\d{1,2})\.\d{3,}(?![\d.])"
_CODE = "23456789CFGHJMPQRVWX"
_GEOHASH = "0-9b-hjkmnp-z"

LOCATION_PATTERNS: dict[str, tuple[str, ...]] = {
    "COORDINATES": (
        # Two decimals of at least 3 places (111 m or finer), only marks of a coordinate between, in either order.
        rf"(?i){_LATITUDE}{_GAP}{{1,14}}{_LONGITUDE}",
        rf"(?i)(?<![\d.,])[-+\u2212]?(?:180|1[0-7]\d|\d{{1,2}})\.\d{{3,}}{_GAP}{{1,14}}[-+\u2212]?(?:90|[0-8]?\d)\.\d{{3,}}(?![\d.])",
        r"(?i)\bgeo:-?\d{1,2}(?:\.\d+)?,-?\d{1,3}",
        # Degrees and minutes, with or without seconds.
        r"\d{1,3}\s?[°º]\s?\d{1,2}(?:\.\d+)?\s?['′’]",
    ),
    # A bare geohash looks like leetspeak, so ask for three digits, four changes between letters and digits and a letter
    # beyond hex: about a third of all geohashes of 8 are so. With the word before it, any is found.
    "GEOHASH": (
        rf"(?<![\w-])(?=[{_GEOHASH}]{{7,12}}(?![\w-]))(?=\w*[g-z])(?=(?:[a-z]*[0-9]){{3}})"
        r"(?:[0-9]+[a-z]+){2}[0-9]\w*|"
        rf"(?<![\w-])(?=[{_GEOHASH}]{{7,12}}(?![\w-]))(?=\w*[g-z])(?=(?:[a-z]*[0-9]){{3}})(?:[a-z]+[0-9]+){{2}}[a-z]\w*",
        rf"(?i)(?!(?<=\[)(?-i:GEOHASH)[\]:])\bgeohash\W{{1,3}}(?!NUMBER\])[{_GEOHASH}]{{5,12}}\b",
    ),
    "PLUS_CODE": (
        rf"(?i)(?<!\w)[{_CODE}]{{8}}\+[{_CODE}]{{2,7}}(?!\w)",
        rf"(?<![\w+])(?=[2-9]*[C-X])(?=[C-X]*[2-9])[{_CODE}]{{4}}\+[{_CODE}]{{2,3}}(?![\w+])",
    ),
    "H3_INDEX": (r"(?i)(?<!\w)8[0-9a-f]{14}(?!\w)",),
    "NMEA_SENTENCE": (r"\$(?:G[ABILNPQ]|BD|QZ)(?:GGA|GLL|GNS|RMC|VTG|GSA|GSV),",),
    "MAP_LINK": (
        r"(?i)\b(?:goo\.gl/maps|maps\.(?:app\.goo\.gl|google\.[a-z.]{2,6}|apple\.com)|google\.[a-z.]{2,6}/maps|"
        r"(?:openstreetmap|osm)\.org|bing\.com/maps|waze\.com/ul|w3w\.co|what3words\.com)/",
        r"(?<![/\w:])///[^\W\d_]+\.[^\W\d_]+\.[^\W\d_]+",
    ),
}
"""Entity types to patterns, case-sensitive unless they say otherwise."""


def places_in(text: str) -> frozenset[str]:
    """Return the entity types whose patterns match: what Presidio would find, without its cost for each text."""
    if text.isascii() and not any(sign in text for sign in "+/$") and not any(map(str.isdigit, text)):
        return frozenset()
    return frozenset(entity for entity, patterns in _compiled().items() if any(p.search(text) for p in patterns))


def location_recognizers() -> list[PatternRecognizer]:
    """Return Presidio recognizers of coordinates, geohashes, plus codes, H3 indexes, NMEA and map links."""
    from presidio_analyzer import Pattern, PatternRecognizer

    return [
        PatternRecognizer(
            supported_entity=entity,
            name=entity,
            patterns=[Pattern(f"{entity} {place}", pattern, 0.6) for place, pattern in enumerate(patterns)],
            global_regex_flags=int(regex.MULTILINE),  # without any, Presidio ignores case
        )
        for entity, patterns in LOCATION_PATTERNS.items()
    ]


@cache
def _compiled() -> dict[str, list[regex.Pattern[str]]]:
    return {entity: [regex.compile(p, regex.MULTILINE) for p in found] for entity, found in LOCATION_PATTERNS.items()}
