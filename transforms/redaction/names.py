"""Names of persons: a given name that many have, with what follows it in capitals; or capitals after a title or words.

Given names come from the package nomquamgender (MIT): 700,000 names with the number of persons that its sources count.
A surname alone, or a name in small letters, is not found.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib.metadata import distribution

from transforms.redaction.kind import Clues
from transforms.redaction.place_words import PERSONS

_BEARERS = 300
"""Persons of that name from which it counts: rarer entries of the sources are words and slips."""

_SOURCES = 12
"""Sources of the package that know a name."""

_MANY = re.compile(rb'("(?:[^"\\]|\\.)+"): \[([0-9]{2,}), ([0-9]{3,}),')
"""A name in the package's data with its sources and bearers: 700,000 read as JSON take 200 MB in every worker."""

_UP = r"[A-ZÀ-ÖØ-ÞĀ-Ž]"
_WORD = rf"(?:(?!(?:Apt|Suite|Ste|Unit|Flat|Room|Box)\b){_UP}[^\W\d_]*(?:['-]{_UP}[^\W\d_]+)?)"
_BETWEEN = r"(?:(?:de|da|do|dos|di|von|van|der|den|bin|al|el|la|le|ter)[ ]+){0,2}"
_NAME = rf"{_WORD}(?:[ ]+(?:{_UP}\.?[ ]+)?{_BETWEEN}{_WORD}){{0,2}}"
_CAPITALS = re.compile(rf"(?<![\w@#/.'-]){_NAME}(?![\w@])")
_TOLD = re.compile(
    r"\b(?:(?i:mr|mrs|ms|miss|dr|prof|mx|herr|frau|mme|monsieur|señora?)\.?[ ]+|(?i:my|his|her|their|(?:sur|last|first|maiden|full)?[ ]?)name(?:[ ]is|:)[ ]+"
    rf"|(?i:dear|regards,|sincerely,|signed|named|called)[ ]+)(?={_UP})"
)
_TOLD_OF = re.compile(
    r"(?:\b(?i:starring|(?:sung|written|directed|composed|performed|narrated)[ ]by|(?:call(?:s|ed)?|name[sd]?)[ ](?:me|him|her))|[\"'][ ](?:says|said|asked))[ ]+$"
)
"""Words after which a person comes, if it is no word that stands in any text."""
COMPANY = r",?[ ](?:Inc|Ltd|LLC|Group|Corp|GmbH|PLC|Co|and Sons|Company|Consulting|Solutions|University|Street|Road|Avenue|St)\b|[ ]and[ ][A-Z]\w+[ ](?:Inc|Ltd|LLC|Group)"
"""What comes after a name that is not a person's nor a place's."""

_TOLD_LAST = ("starring", "by", "me", "him", "her", "says", "said", "asked")

_DOES = re.compile(
    r"[ ](?:shouted|whispered|smiled|laughed|cried|nodded|sighed|lives[ ](?:at|in|on)|was[ ]born|grew[ ]up)\b"
)
"""What persons alone do."""

_ORGANIZATION = re.compile(rf"{COMPANY}|-[A-Z]|,[ ][A-Z]\w+ and [A-Z]")
_PLACE_BEFORE = re.compile(r"(?:\b(?i:in|at|near|from|visit|corner of)[ ]|\d[ ]|[\"“])$")
_WORDS = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
september october november december visa card street road avenue lane king queen prince princess president bank
hotel university christmas easter baby will would english french german spanish american italian russian chinese
dutch thai greek polish city country state north south east west new old lord god love happy royal real person
good great big black white golden orange shadow gold sun moon art you your this that what where when why how who
please thanks hello hey see let get got can all any and are but not now one our out too was yes yeah okay home
sir madam mom dad man girl boy son sister brother wife babe dear miss angel santa pay free win call text reply
send stop nokia sony america africa asia europe ask tell show give take use try even ever never also am im ima
young thy forever captain birthday truth live mobile song album father mother uncle aunt doctor teacher judge
bishop saint major general baron duke earl prime minister summer winter autumn lol omg wat wit dat den dis dem
tho him her she they them his has had did does just like make more most some than then there these
"""
_PLACES = """
england france germany india china italy london paris jordan georgia kenya chad israel cuba jamaica saudi arabia peru
mali angola malaysia chile cyprus romania austria guinea ivory monaco malta oman qatar zealand
"""
NO_PLACES = frozenset(_WORDS.split())
"""Words that begin with a capital for other reasons, though some persons and places are called so."""

NO_NAMES = NO_PLACES | frozenset(_PLACES.split())
"""Those, and places that are better known than the persons who are called so."""


def person_gate(clues: Clues) -> bool:
    """Return whether there is a capital letter."""
    return clues.text != clues.lower


def person_spans(text: str) -> list[tuple[int, int]]:
    """Return where a plain text holds a person's name, without a title before or an 's after it."""
    found = []
    for match in _CAPITALS.finditer(text):
        start, end = match.span()
        told = _TOLD.search(text[max(0, start - 24) : start + 1])
        if told and told.end() == min(start, 24):
            found.append((start, end))
            continue
        if (_DOES.match(text, end) or _is_told_of(text[max(0, start - 24) : start])) and _is_name(text[start:end]):
            found.append((start, end))
            continue
        start = _given(text, start, end)
        if start >= 0 and not _is_organization(text, start, end) and not _is_place(text, start, end):
            found.append((start, end))
    return found


def _is_told_of(before: str) -> bool:
    """Return whether words say that a person comes; most words are no such ones, and need no more than a look."""
    return before.rstrip().endswith(_TOLD_LAST) and _TOLD_OF.search(before) is not None


def _is_name(words: str) -> bool:
    known = NO_NAMES | common_words()
    return not words.isupper() and not any(word.lower() in known for word in words.split())


@cache
def common_words() -> frozenset[str]:
    """Return words that stand in any text, in small letters."""
    from spacy.lang.en.stop_words import STOP_WORDS

    return frozenset(STOP_WORDS) | NO_PLACES


def _given(text: str, start: int, end: int) -> int:
    """Return where the first given name among capitalized words begins, or -1."""
    if text[start:end].isupper():
        return -1
    for word in re.finditer(_WORD, text[start:end]):
        if is_given(word.group()):
            return start + word.start()
    return -1


def _is_organization(text: str, start: int, end: int) -> bool:
    return _ORGANIZATION.match(text, end) is not None or _ORGANIZATION.search(text, start, end) is not None


def _is_place(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 40) : start]
    return " " not in text[start:end] and _PLACE_BEFORE.search(before[-10:]) is not None and not PERSONS.search(before)


@lru_cache(maxsize=4096)
def is_given(word: str) -> bool:
    """Return whether many persons have that given name."""
    folded = "".join(sign for sign in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(sign))
    return len(folded) > 2 and (folded in _given_names() or word.lower() in _given_names())


@cache
def _given_names() -> frozenset[str]:
    data = distribution("nomquamgender").locate_file("nomquamgender/name_data.json")  # an import would import pandas
    listed = _MANY.finditer(data.read_bytes())  # type: ignore[attr-defined]
    many = (json.loads(known[1]) for known in listed if int(known[2]) >= _SOURCES and int(known[3]) >= _BEARERS)
    return frozenset(name for name in many if name.isalpha()) - NO_NAMES - common_words()
