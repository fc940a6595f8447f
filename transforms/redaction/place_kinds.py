"""Places in the words of machines: coordinates, grid codes, receivers' sentences, tags of pictures, links to maps."""

from __future__ import annotations

import re

from transforms.redaction.kind import Clues, Kind

_GAP = r"(?:[\s,;/|&°:='\"()\[\]{}]|[NSEW](?![a-z])|lat(?:itude)?|lo?ng?(?:itude)?){1,14}"
_UNIT = r"(?!\s?(?:[€$£¥%]|(?:eur|usd|gbp|k?g|k?m|cm|mm|ms|sec|s|h|l|ml|kb|mb|gb|kwh|v|w|hz|mhz|ghz|points?|pts)\b))"
_MONEY = r"(?<![\d.,])(?<![€$£¥]\s?)(?<!\b(?:v|version|eur|usd|gbp)\s?)"
_LAT = r"[-+]?(?:90|[0-8]?\d)\.\d{3,}"
_LON = r"[-+]?(?:180|1[0-7]\d|0?\d{1,2})\.\d{3,}"
_END = r"(?![\d]|\.\d)"
_DEGREES = r"[NSEW]?\s?\d{1,3}\s?(?:°|deg\b|d)\s?\d{1,2}(?:[.,]\d+)?\s?(?:'|m(?:in)?\b|m(?=\d))(?:\s?\d{1,2}(?:[.,]\d+)?\s?(?:\"|''|s(?:ec)?\b|s(?=[NSEW])))?(?:\s?[NSEW]\b)?"
_MINUTES = r"[NS]\s?\d{1,2}[\s°]{1,2}\d{1,2}\.\d{2,}'?[\s,;]{1,3}[EW]\s?\d{1,3}[\s°]{1,2}\d{1,2}\.\d{2,}'?"
_LABELLED = r"\blat(?:itude)?\b[\"']?\s?[:=]?\s?[\"']?[-+]?\d{1,2}\.\d+[\"']?°?\s?[NS]?[\s,;&/|]{1,4}[\"']?\blo?n?g?(?:itude)?\b[\"']?\s?[:=]?\s?[\"']?[-+]?\d{1,3}\.\d+"
_SIDES = r"\d{1,2}\.\d+\s?°?\s?[NS]\b[\s,;/]{1,3}\d{1,3}\.\d+\s?°?\s?[EW]\b"
_CODE = "23456789CFGHJMPQRVWX"
_HASH = "0-9b-hjkmnp-z"
_CONSONANTS = "bcdfghjkmnpqrstvwxz"
_NAMED_HASH = r"\bgeo[\s_-]?hash(?:es)?\b(?:\W{1,3}(?:of|code|cell|prefix|value|id)\b)?"
_SPEAKERS = r"(?:G[ABILNPQ]|BD|QZ)(?:GGA|GLL|GNS|RMC|VTG|GSA|GSV|ZDA|GST|GBS)"
_TAG = r"GPS\s?(?:Dest)?(?:Latitude|Longitude|Altitude|Position|Coordinates|DateStamp|TimeStamp|ImgDirection|Speed|Track)(?:Ref)?"
_MAPS = (
    r"\b(?:https?://)?(?:www\.)?(?:goo\.gl/maps|maps\.app\.goo\.gl|maps\.google\.[a-z.]{2,6}|maps\.apple\.com|google\.[a-z.]{2,6}/maps|"
    r"(?:openstreetmap|osm)\.org|bing\.com/maps|waze\.com/ul|w3w\.co|what3words\.com|yandex\.[a-z]{2,3}/maps|map\.baidu\.com)"
    r"[/?#][^\s\[\]<>\"]*(?<![.,;:!?)'\"])"
)
_HEX_RUN = re.compile(r"[0-9a-f]{14}", re.IGNORECASE)
_HASH_LIKE = re.compile(rf"[0-9][a-z]|[a-z][0-9]|[{_CONSONANTS}]{{5}}")
_DECIMAL = re.compile(r"[0-9]\.[0-9]")
_IN_DEGREES = re.compile(r"[0-9]\s?(?:°|d)", re.IGNORECASE)
_MAP_WORDS = ("maps", "osm.org", "openstreetmap", "waze.", "w3w.", "what3words", "///")


def _coordinates(clues: Clues) -> bool:
    if clues.digits < 2:
        return False
    text = clues.text
    return len(_DECIMAL.findall(text)) >= 2 or _IN_DEGREES.search(text) is not None or "geo:" in clues.lower


def _map_link(clues: Clues) -> bool:
    return any(sign in clues.text for sign in "/?#") and any(word in clues.lower for word in _MAP_WORDS)


def _is_h3(text: str) -> bool:
    import h3

    index = text.lstrip("0").lower()
    return bool(h3.is_valid_cell(index) or h3.is_valid_directed_edge(index) or h3.is_valid_vertex(index))


PLACE_KINDS = (
    Kind(
        "COORDINATES",
        (
            rf"{_MONEY}{_LAT}{_GAP}{_LON}{_END}{_UNIT}",
            rf"{_MONEY}{_LON}{_GAP}{_LAT}{_END}{_UNIT}",
            rf"(?<![\d.]){_LAT}(?=[-+]){_LON}/?",
            r"\bgeo:-?\d{1,2}(?:\.\d+)?,-?\d{1,3}(?:\.\d+)?",
            rf"(?:{_DEGREES})(?:[\s,;/]{{1,3}}(?:{_DEGREES}))?",
            rf"\b{_MINUTES}",
            _LABELLED,
            rf"(?<![\d.]){_SIDES}",
        ),
        _coordinates,
        score=0.8,
    ),
    # A bare geohash looks like leetspeak: it has letters and digits that take turns, or more consonants in a row than
    # words have, and a letter beyond hex. With the word before it, any is found.
    Kind(
        "GEOHASH",
        (
            rf"{_NAMED_HASH}(?:\W{{0,3}}[:=]\W{{0,3}}|\W{{1,3}}is\W{{1,3}})\K[{_HASH}]{{4,12}}\b",
            rf"{_NAMED_HASH}\W{{1,4}}\K(?=[{_HASH}]{{4,12}}\b)(?=[a-z]*\d|[a-z]*?[{_CONSONANTS}]{{4}})[{_HASH}]{{4,12}}\b",
            rf"(?-i:(?<![\w-])(?=[{_HASH}]{{6,12}}(?![\w-]))(?=\w*[g-z])(?:(?:\d+[a-z]+){{1,6}}\d+|(?:[a-z]+\d+){{1,6}}[a-z]+)\w*)",
            rf"(?-i:(?<![\w-])(?=[{_HASH}]{{7,12}}(?![\w-]))(?=\w*[jkqvwxz])(?!\w*(\w)\1\1)\w*[{_CONSONANTS}]{{5}}\w*)",
        ),
        lambda clues: "hash" in clues.lower or _HASH_LIKE.search(clues.text) is not None,
        score=0.5,
    ),
    Kind(
        "PLUS_CODE",
        (
            rf"(?<![\w+])(?:[{_CODE}]{{8}}\+[{_CODE}]{{2,7}}|[{_CODE}]{{2,6}}0{{2,6}}\+)(?!\w)",
            rf"(?-i:(?<![\w+])(?=[{_CODE}+]*[C-X])[{_CODE}]{{4}}(?:[{_CODE}]{{2}})?\+[{_CODE}]{{2,3}}(?![\w+]))",
        ),
        lambda clues: "+" in clues.text,
        score=0.8,
    ),
    Kind(
        "H3_INDEX",
        (r"(?<!\w)0?[128][0-9a-f]{14,15}(?!\w)",),
        lambda clues: _HEX_RUN.search(clues.text) is not None,
        _is_h3,
        score=1.0,
    ),
    Kind(
        "NMEA_SENTENCE",
        (
            rf"(?:\$|\b){_SPEAKERS},[^\s*]{{0,120}}(?:\*[0-9A-F]{{2}})?",
            r"!AIVD[MO],\d,[^\s*]{0,120}(?:\*[0-9A-F]{2})?",
        ),
        lambda clues: "," in clues.text and any(sign in clues.text for sign in "$!0123456789"),
        lambda text: text[0] in "$!" or sum(map(str.isdigit, text)) > 3,
        score=0.9,
    ),
    Kind(
        "EXIF_GPS",
        (
            rf"(?:\bExif\.GPSInfo\.|\bEXIF:|\bGPS[:\s])?\b{_TAG}\b[\"']?\s{{0,30}}[:=]?\s{{0,5}}(?:(?:[-+\d.,:/'\"°()\[\]\s]|deg\b|(?<![A-Za-z])[NSEWM](?![A-Za-z])){{1,80}})(?<=[\d'\"NSEWMnsewm)\]])(?<![:=]\s?)",
        ),
        lambda clues: "gps" in clues.lower,
        lambda text: any(sign.isdigit() for sign in text) or "ref" in text.lower(),
        score=0.9,
    ),
    Kind(
        "MAP_LINK",
        (_MAPS, r"(?<![/\w:])///[^\W\d_]+\.[^\W\d_]+\.[^\W\d_]+"),
        _map_link,
        score=0.9,
    ),
)  # fmt: skip
"""Kinds that say where somebody was."""
