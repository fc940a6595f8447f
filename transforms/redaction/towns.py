"""Names of countries and towns: from a gazetteer, with words around them that say so, or by such words alone.

Names come from the package phonenumbers (Apache 2.0): what its geocoder calls the places of area codes, and countries
in the languages of its locale data (Unicode CLDR).
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import islice

from transforms.redaction.kind import Clues
from transforms.redaction.names import NO_NAMES, ORGANIZATION, is_given

_LANGUAGES = ("aa", "en", "de", "fr", "es", "pt", "it", "nl", "da", "sv", "nb", "fi", "pl", "cs", "hu", "el", "ro")
_MORE = ("usa", "u.s.a.", "u.s.", "uk", "u.k.", "england", "scotland", "wales", "czech republic", "holland", "macedonia",
         "people's republic of china", "ivory coast", "cape verde", "burma", "swaziland", "east timor", "usa", "uae")  # fmt: skip
_ALSO_WORDS = frozenset(["chad", "jordan", "georgia", "turkey", "guinea", "jersey", "niger", "man", "us", "reunion", "kuba"])
"""Countries whose name is also something else: they count where the words around say so."""

_UP = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩΆ-Ώ]"
_WORD = rf"{_UP}[^\W\d_]*(?:['.-][^\W\d_]+){{0,4}}"
_SMALL = r"(?:(?:of|the|and|de|da|do|dos|del|di|du|des|la|le|el|am|an|der|den|en|sur|nad|pod|near|upon)[ ])"
_NAME = rf"{_WORD}(?:[ ]{_SMALL}{{0,2}}{_WORD}){{0,4}}"
_ANY = r"[^\W\d_]+(?:['.-][^\W\d_]+){0,4}"
_CAPITALS = re.compile(rf"(?<![\w@#/])(?:{_NAME})(?![\w@])")
_WORDS = re.compile(_ANY)

_SAID = re.compile(
    r"\b(?:liv(?:e|es|ed|ing)[ ]in|born(?:[ ]and[ ]raised)?[ ]in|gr[eo]ws?[ ]up[ ]in|based[ ]in|raised[ ]in|resid(?:e|es|ed|ing)[ ]in|located[ ]in|"
    r"(?:mov(?:e|es|ed|ing)|relocat(?:e|es|ed|ing))(?:[ ](?:here|back|away|over))?[ ](?:from|to)|arriv(?:e|es|ed|ing)[ ](?:at|in|from)|"
    r"(?:fl(?:y|ies|ew|ying)|travel(?:s|ed|led|ing|ling)?|trips?|flights?|trains?|way|head(?:ed|ing)|going|went|drove|drive|visits?|world)[ ](?:back[ ])?(?:from|to)|"
    r"visit(?:s|ed|ing)?|tour(?:s|ed|ing)?|leaving|left[ ]for|(?:com(?:es?|ing)|came|hails?)[ ]from|"
    r"(?:home[ ]?town|home[ ]city)(?:[ ]of|[ ]is)?|(?:city|town|village|state|province|capital|citizen)[ ]of|weather[ ]in|"
    r"(?:this|the|last|next)[ ](?:morning|evening|week|month|year|summer|winter)[ ](?:from|in|at)|year[ ]in|"
    r"(?:where|location|place|city|town|country|venue|destination|from|to):)[ ](?:the[ ])?",
    re.IGNORECASE,
)
"""Words after which a place comes."""

_NEAR = re.compile(r"\b(?:in|at|from|to|near|via|around|across|throughout|outside)[ ](?:the[ ])?", re.IGNORECASE)
"""Words after which a place may come."""

_TOWARDS = re.compile(r"\b(?:at|from|to)[ ]$", re.IGNORECASE)
"""People are spoken to and heard from as well: after these a given name is no place."""

_BEGIN = re.compile(r"(?:^|[\n.!])[> ?]*")
_LINE_BEFORE = re.compile(r"(?:^|\n)[> ?]*$")
_LINE_AFTER = re.compile(rf"\n[> ?]*({_NAME})(?:[ ]\d{{3,6}})?\b")
_CODE_AFTER = re.compile(r"[ ]+(?:[A-Z]{1,2}[ -]?)?\d{3,6}\b")
_REGION_AFTER = re.compile(rf",[ ]?({_NAME})")
_PARTS = re.compile(r"[,/()]| - ")
_LONGEST = 6
"""Words of a country's name at most."""


def town_gate(clues: Clues) -> bool:
    """Return whether there is a capital letter, or a known name in small ones."""
    return clues.text != clues.lower or bool(town_spans(clues.text))


def town_spans(text: str) -> list[tuple[int, int]]:
    """Return where a plain text names a country or a town."""
    said, near = ({match.end() for match in words.finditer(text)} for words in (_SAID, _NEAR))
    found = [span for match in _CAPITALS.finditer(text) for span in _capitals(text, *match.span(), said, near)]
    begins = {match.end() for match in _BEGIN.finditer(text)}
    small = (_small(text, start, start in said) for start in said | near | begins if text[start : start + 1].islower())
    return found + [span for span in small if span]


def _capitals(text: str, start: int, end: int, said: set[int], near: set[int]) -> Iterator[tuple[int, int]]:
    """Yield the places among words with capitals, the longest names first."""
    if ORGANIZATION.match(text, end) or ORGANIZATION.search(text, start, end):
        return
    name = fold(text[start:end])
    if (name in countries() or name not in NO_NAMES) and (start in said or _in_a_block(text, start, end)):
        yield start, end
        return
    words = [match.span() for match in _WORDS.finditer(text, start, end)]
    at = 0
    while at < len(words):
        taken = 1
        if fold(text[slice(*words[at])]) in _first_words(towns):
            for last in range(min(len(words), at + _LONGEST), at, -1):
                span = words[at][0], words[last - 1][1]
                if _is_place(text, *span, near):
                    yield span
                    taken = last - at
                    break
        at += taken


def _is_place(text: str, start: int, end: int, near: set[int]) -> bool:
    name = fold(text[start:end])
    if name in countries() and name not in _ALSO_WORDS:
        return True
    if name not in towns() or name in NO_NAMES:
        return False
    if start in near and not (_TOWARDS.search(text[max(0, start - 6) : start]) and is_given(text[start:end])):
        return True
    if region := _REGION_AFTER.match(text, end):
        return fold(region[1]) in countries()
    return _CODE_AFTER.match(text, end) is not None and _begins_a_line(text, start)


def _in_a_block(text: str, start: int, end: int) -> bool:
    """Return whether a line holds these words only and the next a country, as addresses do."""
    after = _LINE_AFTER.match(text, end)
    return after is not None and fold(after[1]) in countries() and _begins_a_line(text, start)


def _begins_a_line(text: str, start: int) -> bool:
    return _LINE_BEFORE.search(text[max(0, start - 8) : start] if start > 8 else text[:start]) is not None


def _small(text: str, start: int, said: bool) -> tuple[int, int] | None:
    """Return where a place in small letters begins and ends: a known country, or a known town where words say so."""
    known = towns if said else countries
    first = _WORDS.match(text, start)
    if first is None or fold(first.group()) not in _first_words(known):
        return None
    ends = [match.end() for match in islice(_WORDS.finditer(text, start), _LONGEST)]
    for end in reversed(ends):
        name = fold(text[start:end])
        if name in known() and name not in _ALSO_WORDS and name not in NO_NAMES:
            return start, end
    return None


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Return a name as it is compared: in small letters without marks."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


@cache
def countries() -> frozenset[str]:
    """Return the names of countries, folded."""
    from phonenumbers.geodata.locale import LOCALE_DATA

    named = (names.get(language, "") for names in LOCALE_DATA.values() for language in _LANGUAGES)
    return frozenset(fold(name) for name in named if len(name) > 2 and not name.startswith("*")) | set(_MORE)


@cache
def towns() -> frozenset[str]:
    """Return the names of countries, regions and towns, folded."""
    from phonenumbers.geodata import GEOCODE_DATA

    written = {name for names in GEOCODE_DATA.values() for name in names.values()}
    for module in [name for name in sys.modules if name.startswith("phonenumbers.geodata.data")]:
        del sys.modules[module]  # 100 MB that nobody asks for again
    parts = (part.strip() for name in written for part in _PARTS.split(name))
    return frozenset(fold(part) for part in parts if len(part) > 2 and part[0].isalpha()) | countries()


@cache
def _first_words(names: Callable[[], frozenset[str]]) -> frozenset[str]:
    return frozenset(word.group() for name in names() if (word := _WORDS.match(name)))
