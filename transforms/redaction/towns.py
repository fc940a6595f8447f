"""Names of countries and towns: from a gazetteer, with words around them that say so, or by such words alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from transforms.redaction.gazetteer import ALSO_WORDS, WORDS, countries, first_words, fold, lower_countries, towns
from transforms.redaction.kind import Clues
from transforms.redaction.names import COMPANY, NO_NAMES, is_given

_UP = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩΆ-Ώ]"
_WORD = rf"{_UP}[^\W\d_]*(?:['.-](?!s\b(?![ ][A-Z]))[^\W\d_]+){{0,4}}"
_SMALL = r"(?:(?:of|the|and|de|da|do|dos|del|di|du|des|la|le|el|am|an|der|den|en|sur|nad|pod|near|upon)[ ])"
_NAME = rf"{_WORD}(?:[ ]{_SMALL}{{0,2}}{_WORD}){{0,4}}"
_CAPITALS = re.compile(rf"(?<![\w@#/])(?:{_NAME})(?![\w@])")

_SAID = re.compile(
    r"\b(?:liv(?:e|es|ed|ing)[ ]in|born(?:[ ]and[ ]raised)?[ ]in|gr[eo]ws?[ ]up[ ]in|based[ ]in|raised[ ]in|resid(?:e|es|ed|ing)[ ]in|located[ ]in|"
    r"(?:mov(?:e|es|ed|ing)|relocat(?:e|es|ed|ing))(?:[ ](?:here|back|away|over))?[ ](?:from|to)|arriv(?:e|es|ed|ing)[ ](?:at|in|from)|"
    r"(?:fl(?:y|ies|ew|ying)|travel(?:s|ed|led|ing|ling)?|trips?|flights?|trains?|way|head(?:ed|ing)|going|went|drove|drive|visits?|world)[ ](?:back[ ])?(?:from|to)|"
    r"visit(?:s|ed|ing)?|tour(?:s|ed|ing)?|leaving|left[ ]for|(?:com(?:es?|ing)|came|hails?)[ ]from|"
    r"(?:home[ ]?town|home[ ]city)(?:[ ]of|[ ]is)?|(?:city|town|village|state|province|capital|citizen|president|king|queen|government|people|republic|mayor|embassy|suburb|native|resident|map|north|south|east|west|outskirts|coast)[ ]of|weather[ ]in|"
    r"(?:this|the|last|next)[ ](?:morning|evening|week|month|year|summer|winter)[ ](?:from|in|at)|year[ ]in|"
    r"(?:where|location|place|city|town|country|venue|destination|from|to):)[ ](?:the[ ])?$",
    re.IGNORECASE,
)
"""Words after which a place comes."""

_LAST = frozenset(
    [
        "in",
        "from",
        "to",
        "at",
        "of",
        "for",
        "is",
        "visit",
        "visits",
        "visited",
        "visiting",
        "tour",
        "tours",
        "toured",
        "touring",
        "leaving",
        "city",
        "town",
        "hometown",
        "where:",
        "location:",
        "place:",
        "city:",
        "town:",
        "country:",
        "venue:",
        "destination:",
        "from:",
        "to:",
    ]
)
"""What those words end with: most words end otherwise, and need no more than a look at the last."""

_NEAR = frozenset(["in", "at", "from", "to", "near", "via", "around", "across", "throughout", "outside"])
"""Words after which a place may come."""

_TOWARDS = frozenset(["at", "from", "to"])
"""People are spoken to and heard from as well: after these a given name is no place."""

_IN = re.compile(r"(?:\b[a-z]+[ ]in|\bnear|\boutside)[ ]$")
"""Words after which a name in capitals that nobody bears is a place more often than not."""

_COMPANY = re.compile(COMPANY)
_LINE_BEFORE = re.compile(r"(?:^|\n)[> ?]*$")
_BLOCK = re.compile(
    r"\n[> ?]*(?P<town>[^\W\d_][^\n\d,]{1,40})(?=\n[> ?]*(?P<country>[^\W\d_][^\n\d]{2,40}?)(?:[ ]\d{3,6})?[ .]*(?:\n|$))"
)
"""A line of words above one of a country, with its code or without, as addresses have."""

_COMMA_CODE = re.compile(rf"(?:^|\n|,[ ])[> ?]*(?P<town>{_NAME},?[ ][A-Z]{{2}})[ ]\d{{4,6}}(?:-\d{{4}})?\b")
_CODE_AFTER = re.compile(r"[ ]+(?:[A-Z]{1,2}[ -]?)?\d{3,6}\b")
_REGION_AFTER = re.compile(rf",[ ]?({_NAME})")
_CONTEXT = 40
_LONGEST = 6
"""Words of a country's name at most."""


def town_gate(clues: Clues) -> bool:
    """Return whether there is a capital letter, or a known name in small ones."""
    return clues.text != clues.lower or bool(town_spans(clues.text))


def town_spans(text: str) -> list[tuple[int, int]]:
    """Return where a plain text names a country or a town."""
    found = [span for match in _CAPITALS.finditer(text) for span in _capitals(text, *match.span())]
    known = first_words(towns)
    for match in WORDS.finditer(text):
        word = match.group()
        if word[0].islower() and fold(word) in known and (span := _small(text, match.start(), fold(word))):
            found.append(span)
    return [*found, *_in_addresses(text)]


def _capitals(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the places among words with capitals, the longest names first."""
    if _COMPANY.match(text, end) or _COMPANY.search(text, start, end):
        return
    name = fold(text[start:end])
    if (name in countries() or name not in NO_NAMES) and (_said(text, start) or _is_unlisted(text, start, end)):
        yield start, end
        return
    words = [match.span() for match in WORDS.finditer(text, start, end)]
    at = 0
    while at < len(words):
        taken = 1
        if fold(text[slice(*words[at])]) in first_words(towns):
            for last in range(min(len(words), at + _LONGEST), at, -1):
                span = words[at][0], words[last - 1][1]
                if _is_place(text, *span):
                    yield span
                    taken = last - at
                    break
        at += taken


def _is_place(text: str, start: int, end: int) -> bool:
    name = fold(text[start:end])
    if name in countries() and name not in ALSO_WORDS:
        return True
    if name not in towns() or name in NO_NAMES:
        return False
    if (last := _last_word(text, start)) in _NEAR and not (last in _TOWARDS and is_given(text[start:end])):
        return True
    if region := _REGION_AFTER.match(text, end):
        return fold(region[1]) in countries()
    return _CODE_AFTER.match(text, end) is not None and _begins_a_line(text, start)


def _is_unlisted(text: str, start: int, end: int) -> bool:
    """Return whether words in capitals are a place that no list needs to hold."""
    first = WORDS.match(text, start)
    if first is None or end - start < 4 or is_given(first.group()) or fold(first.group()) in NO_NAMES:
        return False
    if _IN.search(text[max(0, start - 24) : start]):
        return not text[start:end].isupper() or " " in text[start:end]
    region = _REGION_AFTER.match(text, end)
    return region is not None and fold(region[1]) in countries()


def _in_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places that their lines tell: town above country, town before a state and its code."""
    for block in _BLOCK.finditer(text):
        if fold(block["country"].strip()) in countries():
            yield block.span("town")
            yield block.span("country")
    for line in _COMMA_CODE.finditer(text):
        yield line.span("town")


def _begins_a_line(text: str, start: int) -> bool:
    return _LINE_BEFORE.search(text[max(0, start - 8) : start] if start > 8 else text[:start]) is not None


def _last_word(text: str, start: int) -> str:
    """Return the word before, in small letters; not "the", which says nothing."""
    words = text[max(0, start - 24) : start].lower().split() if start and text[start - 1] == " " else []
    return next((word for word in reversed(words) if word != "the"), "")


def _said(text: str, start: int) -> bool:
    """Return whether the words before say that a place comes."""
    return _last_word(text, start) in _LAST and _SAID.search(text[max(0, start - _CONTEXT) : start]) is not None


def _small(text: str, start: int, first: str) -> tuple[int, int] | None:
    """Return where a place in small letters begins and ends: a known country, or a known town where words say so."""
    known = towns if _said(text, start) else countries
    if known is countries and first not in lower_countries() and _last_word(text, start) not in _NEAR:
        return None
    ends = [match.end() for match in islice(WORDS.finditer(text, start), _LONGEST)]
    for end in reversed(ends):
        name = fold(text[start:end])
        if name in known() and name not in ALSO_WORDS and (name in countries() or name not in NO_NAMES):
            return start, end
    return None
