"""Names of countries and towns: from a gazetteer, with words around them that say so, or by such words alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from transforms.redaction.gazetteer import (
    ALSO_WORDS,
    WORDS,
    countries,
    first_words,
    fold,
    large_towns,
    lower_countries,
    towns,
)
from transforms.redaction.kind import Clues
from transforms.redaction.names import COMPANY, NO_PLACES, common_words, is_given
from transforms.redaction.place_words import (
    AFTER,
    ALONE,
    BEFORE,
    LABEL,
    NEAR,
    PERSONS,
    QUIET,
    STATES,
    TOWARDS,
    WORDS_IN,
)

_UP = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩΆ-Ώ]"
_WORD = rf"(?:(?:St|Ste|Mt|Ft)\.[ ](?=[A-Z]))?{_UP}[^\W\d_]*(?:['.-](?!s\b(?![ ][A-Z]))[^\W\d_]+){{0,4}}"
_SMALL = r"(?:(?:of|the|and|de|da|do|dos|del|di|du|des|la|le|el|am|an|der|den|en|sur|nad|pod|near|upon|u|na|pri|aan|ob|im|bei|sous|lès)[ ])"
_NAME = rf"{_WORD}(?:[ ]{_SMALL}{{0,2}}{_WORD}){{0,4}}"
_CAPITALS = re.compile(rf"(?<![\w@#/])(?:{_NAME})(?![\w@])")

_IN = re.compile(r"(?:(?:[\w,)'\"][ ]|(?:^|[.!?:\n])[ ]?)[Ii]n|\b[Nn]ear|\b[Oo]utside(?:[ ]of)?)[ ]$")
"""Words after which a name in capitals that nobody bears is a place more often than not."""

_COMPANY = re.compile(COMPANY)
_LINE_BEFORE = re.compile(r"(?:^|\n)[> ?]*$")
_BLOCK = re.compile(
    r"\n[> ?]*(?P<town>[^\W\d_][^\n\d,]{1,40})(?=\n[> ?]*(?P<country>[^\W\d_][^\n\d]{2,40}?)(?:[ ]\d{3,6})?[ .]*(?:\n|$))"
)
"""A line of words above one of a country, with its code or without, as addresses have."""

_COMMA_CODE = re.compile(rf"(?:^|\n|,[ ])[> ?]*(?P<town>{_NAME},?[ ][A-Z]{{2}})[ ]\d{{4,6}}(?:-\d{{4}})?\b")
_SAINTS = frozenset(["San", "Santa", "Santo", "Saint", "São", "Los", "Las", "El", "La"])
"""Words with which names of towns begin, whoever else is called so."""

_BASED = re.compile(r"-(?:based|born|bound|bred|raised|area)$")
_CODE = re.compile(r"[ ]\d{4}")
_CODE_AFTER = re.compile(r"[ ]+(?:[A-Z]{1,2}[ -]?)?\d{3,6}\b")
_REGION_AFTER = re.compile(rf",[ ]?({_NAME})")
_AND = re.compile(r",?[ ](?:and|or|&|und|et|y|e|-|–)[ ]|,[ ]|/")
_SMALL_WITHIN = re.compile(rf"[ ]{_SMALL}")
_DISTRICT = re.compile(r"[ ](?:\d{1,2}(?=[.,;:!?\n]|$)|\([A-ZÀ-Þ][^\W\d_]+\))")
_CONTEXT = 48
_ABBREVIATED = 5
"""Letters that an abbreviation has at most."""

_LONGEST = 6
"""Words of a country's name at most."""


def town_gate(clues: Clues) -> bool:
    """Return whether there is a capital letter, or a known name in small ones."""
    return clues.text != clues.lower or bool(town_spans(clues.text))


def town_spans(text: str) -> list[tuple[int, int]]:
    """Return where a plain text names a country or a town."""
    found: list[tuple[int, int]] = []
    for match in _CAPITALS.finditer(text):
        spans = [(start, _grown(text, end)) for start, end in _capitals(text, *match.span())]
        found += spans or _listed(text, found[-1] if found else None, match.span())
    known = first_words(towns)
    for match in WORDS.finditer(text):
        word = match.group()
        if word[0].islower() and fold(word) in known and (span := _small(text, match.start(), fold(word))):
            found.append(span)
    return [*found, *_in_addresses(text), *(_quiet(text) if text.islower() else ())]


def _capitals(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the places among words with capitals, the longest names first."""
    if _COMPANY.match(text, end) or _COMPANY.search(text, start, end):
        return
    if based := _BASED.search(text, start, end):
        yield start, based.start()
        return
    start = _after_words(text, start, end)
    name = fold(text[start:end])
    if (name in countries() or name not in NO_PLACES) and (
        (_said(text, start) and not _is_person(text, start, end)) or _is_unlisted(text, start, end)
    ):
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


def _after_words(text: str, start: int, end: int) -> int:
    """Return where words in capitals go on behind one that only begins a sentence: "In Rome"."""
    first = WORDS.match(text, start)
    if first is None or first.group().lower() not in NEAR or text[first.end() : first.end() + 1] != " ":
        return start
    return first.end() + 1 if first.end() < end else start


def _is_place(text: str, start: int, end: int) -> bool:
    name = fold(text[start:end])
    if name in countries() and name not in ALSO_WORDS:
        return True
    if name not in towns() or name in NO_PLACES:
        return False
    if (
        (name in large_towns() or " " in name or text[start:end] in STATES)
        and name not in common_words()
        and not _begins_given(text, start)
    ):
        return True
    if _last_word(text, start) in NEAR and not _is_person(text, start, end):
        return True
    if AFTER.match(text, end) and not is_given(text[start:end]):
        return True
    if _has_region(text, end):
        return True
    return _CODE_AFTER.match(text, end) is not None and _begins_a_line(text, start)


def _is_unlisted(text: str, start: int, end: int) -> bool:
    """Return whether words in capitals are a place that no list needs to hold."""
    first = WORDS.match(text, start)
    if first is None or end - start < 4 or fold(first.group()) in common_words():
        return False
    if is_given(first.group()):
        return _SMALL_WITHIN.search(text, start, end) is not None and _last_word(text, start) == "in"
    if _IN.search(text[max(0, start - 24) : start]):
        return not text[start:end].isupper() or " " in text[start:end] or end - start > _ABBREVIATED
    return AFTER.match(text, end) is not None or _has_region(text, end)


def _has_region(text: str, end: int) -> bool:
    """Return whether a country or a state comes after a comma."""
    region = _REGION_AFTER.match(text, end)
    return region is not None and (fold(region[1]) in countries() or region[1] in STATES)


def _is_person(text: str, start: int, end: int) -> bool:
    """Return whether a given name is spoken to or heard from. Where many live, words must say that somebody speaks."""
    if _last_word(text, start) not in TOWARDS:
        return False
    name = fold(text[start:end])
    if name in large_towns() or name in countries():
        return PERSONS.search(text[max(0, start - _CONTEXT) : start]) is not None and is_given(text[start:end])
    return is_given(text[start:end]) or (name not in towns() and _begins_given(text, start))


def _in_town(text: str, start: int, first: str) -> bool:
    """Return whether a word in small letters may be a town, as "in" comes before it and it is no such word."""
    before = text[max(0, start - 6) : start]
    return (
        before.endswith((" in ", " near ")) and len(first) > 3 and first not in WORDS_IN and first not in common_words()
    )


def _begins_given(text: str, start: int) -> bool:
    first = WORDS.match(text, start)
    return first is not None and first.group() not in _SAINTS and is_given(first.group())


def _listed(text: str, before: tuple[int, int] | None, here: tuple[int, int]) -> list[tuple[int, int]]:
    """Return a known town that is named in one breath with the place before."""
    if before is None or not _AND.fullmatch(text, before[1], here[0]) or is_given(text[slice(*here)]):
        return []
    name = fold(text[slice(*here)])
    return [here] if name in towns() and name not in NO_PLACES and not _COMPANY.match(text, here[1]) else []


def _grown(text: str, end: int) -> int:
    """Return where a place ends with its district: a number, or a word in brackets."""
    more = _DISTRICT.match(text, end)
    return more.end() if more else end


def _quiet(text: str) -> Iterator[tuple[int, int]]:
    """Yield what is a place by its words alone in a text without capitals."""
    for match in QUIET.finditer(text):
        if not common_words() & set(match["place"].split()):
            yield match.span("place")


def _in_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places that their lines tell: town above country, town before a state and its code."""
    for block in _BLOCK.finditer(text) if "\n" in text else ():
        if fold(block["country"].strip()) in countries():
            yield block.span("town")
            yield block.span("country")
    for line in _COMMA_CODE.finditer(text) if _CODE.search(text) else ():
        yield line.span("town")


def _begins_a_line(text: str, start: int) -> bool:
    return _LINE_BEFORE.search(text[max(0, start - 8) : start] if start > 8 else text[:start]) is not None


def _last_word(text: str, start: int) -> str:
    """Return the word before, in small letters; not "the", which says nothing."""
    words = text[max(0, start - 24) : start].lower().split() if start and text[start - 1] == " " else []
    return next((word for word in reversed(words) if word != "the"), "")


def _said(text: str, start: int) -> bool:
    """Return whether the words before say that a place comes."""
    last = _last_word(text, start)
    if last in BEFORE:
        return BEFORE[last].search(text[max(0, start - _CONTEXT) : start]) is not None
    if last.endswith(":"):
        return LABEL.search(text[max(0, start - _CONTEXT) : start].rstrip()) is not None
    return ALONE.match(last) is not None


def _small(text: str, start: int, first: str) -> tuple[int, int] | None:
    """Return where a place in small letters begins and ends: a known country, or a known town where words say so."""
    last = _last_word(text, start)
    known = towns if _said(text, start) or _in_town(text, start, first) else countries
    if known is countries and first not in lower_countries() and last not in NEAR:
        return None
    ends = [match.end() for match in islice(WORDS.finditer(text, start), _LONGEST)]
    for end in reversed(ends):
        name = fold(text[start:end])
        if name in known() and name not in ALSO_WORDS and (name in countries() or name not in NO_PLACES):
            return start, end
    return None
