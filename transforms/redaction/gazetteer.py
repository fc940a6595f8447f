"""Names of countries and towns, from the packages phonenumbers and tzdata (both Apache 2.0).

What phonenumbers' geocoder calls the places of area codes, and countries in the languages of its locale data (Unicode
CLDR); and the cities after which time zones are called.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files

_LANGUAGES = ("aa", "en", "de", "fr", "es", "pt", "it", "nl", "da", "sv", "nb", "fi", "pl", "cs", "hu", "el", "ro")
_MORE = ("usa", "u.s.a.", "u.s.", "uk", "u.k.", "england", "scotland", "wales", "czech republic", "holland", "macedonia",
         "people's republic of china", "ivory coast", "cape verde", "burma", "swaziland", "east timor", "uae", "republic of ireland", "federated states of micronesia")  # fmt: skip
ALSO_WORDS = frozenset(
    [
        "chad",
        "jordan",
        "georgia",
        "turkey",
        "guinea",
        "jersey",
        "niger",
        "man",
        "us",
        "reunion",
        "kuba",
        "maurice",
        "dominique",
        "mauricio",
        "maurizio",
        "georgie",
        "guadalupe",
        "ira",
        "indie",
        "dania",
        "malte",
        "liban",
        "kina",
    ]
)
"""Countries whose name is also something else: they count where the words around say so."""

_MANY = 60
"""Area codes from which a town is large: the package says nothing of inhabitants."""

_CONTINENTS = ("Africa", "America", "Asia", "Australia", "Europe")

WORDS = re.compile(r"[^\W\d_]+(?:['.-](?!s\b(?![ ][A-Z]))[^\W\d_]+){0,4}")
_PARTS = re.compile(r"[,/()]| - ")


def fold(name: str) -> str:
    """Return a name as it is compared: in small letters without marks."""
    if name.isascii():
        return name.lower()
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


@cache
def countries() -> frozenset[str]:
    """Return the names of countries, folded."""
    return _names()[0]


@cache
def towns() -> frozenset[str]:
    """Return the names of countries, regions and towns, folded."""
    return _names()[1]


@cache
def large_towns() -> frozenset[str]:
    """Return the towns of many area codes, folded: more people live there than are called so."""
    return _names()[3]


@cache
def first_words(names: Callable[[], frozenset[str]]) -> frozenset[str]:
    """Return how ``countries`` or ``towns`` begin."""
    return frozenset(word.group() for name in names() if (word := WORDS.match(name)))


def lower_countries() -> frozenset[str]:
    """Return the first words of countries' English names, of which small letters are enough."""
    return _names()[2]


@cache
def _names() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """Return what the four above say. The package's 50 MB are let go again, unless somebody else had asked for them."""
    import phonenumbers

    held = "phonenumbers.geodata" in sys.modules
    from phonenumbers.geodata import GEOCODE_DATA
    from phonenumbers.geodata.locale import LOCALE_DATA

    known = frozenset(_folded(LOCALE_DATA, _LANGUAGES)) | set(_MORE)
    written = {name for names in GEOCODE_DATA.values() for name in names.values()}
    codes = Counter(fold(_PARTS.split(name)[0]) for names in GEOCODE_DATA.values() for name in set(names.values()))
    parts = (part.strip() for name in written for part in _PARTS.split(name))
    places = frozenset(fold(part) for part in parts if len(part) > 2 and part[0].isalpha()) | known
    english = frozenset(word.group() for name in _folded(LOCALE_DATA, ("aa", "en")) if (word := WORDS.match(name)))
    if not held:
        for module in [name for name in sys.modules if name.startswith("phonenumbers.geodata")]:
            del sys.modules[module]
        vars(phonenumbers).pop("geodata", None)
    large = frozenset(name for name, count in codes.items() if count >= _MANY) | _of_zones()
    return known, places | large, frozenset(word for word in english if len(word) > 2) - ALSO_WORDS, large


def _of_zones() -> frozenset[str]:
    """Return the cities of time zones: the capitals, and others that area codes do not tell from villages."""
    zones = (files("tzdata") / "zones").read_text(encoding="ascii").split()
    placed = (zone.split("/") for zone in zones)
    cities = {fold(zone[1].replace("_", " ")) for zone in placed if len(zone) == 2 and zone[0] in _CONTINENTS}
    return frozenset(name for name in cities if len(name) > 3) - {"oral", "virgin", "resolute", "knox in"}


def _folded(named: Mapping[str, Mapping[str, str]], languages: Iterable[str]) -> set[str]:
    """Return names of countries in some languages; ``*xx`` says that a language writes as another does."""
    written = {names.get(language, "") for names in named.values() for language in languages}
    return {fold(name) for name in written if len(name) > 2 and not name.startswith("*")}
