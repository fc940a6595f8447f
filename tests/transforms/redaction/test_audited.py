"""What redaction leaves is held to the audit's detector, which shares no code with it."""

from __future__ import annotations

import csv
import gzip
import json
import random

import pytest

from quality.checks.scan_texts import entities_in
from quality.policies.redaction import KINDS
from transforms.redaction.engine import findings
from transforms.redaction.finding import UNREAD, WHOLE
from transforms.redaction.operators import placeholder, redact

HIDDEN = {
    "e-mail": ("mail jane.doe+x@example.org now", "mail [EMAIL_ADDRESS] now"),
    "spelled-e-mail": ("jane [at] example [dot] org", "[EMAIL_ADDRESS]"),
    "full-width-e-mail": ("mail ｊａｎｅ＠ｅｘａｍｐｌｅ．ｏｒｇ now", "mail [EMAIL_ADDRESS] now"),
    "e-mail-with-invisible-marks": ("jane\u200b@exam\u200dple.org", "[EMAIL_ADDRESS]"),
    "e-mail-in-another-script": ("пиши вася@пример.рф", "пиши [EMAIL_ADDRESS]"),
    "link": ("see https://x.test/a?b=1 ok", "see [URL] ok"),
    "full-width-link": ("ｈｔｔｐ：／／ｗｗｗ．ｅｂａｙ．ｃｏｍ／ｕｓｒ", "[URL]"),
    "host-without-scheme": ("maps.google.fr/maps/@1 or bit.ly/x", "[MAP_LINK] or [URL]"),
    "phone": ("call +1 (415) 555-2671 now", "call [PHONE_NUMBER] now"),
    "phone-in-arabic-digits": ("tel ٤١٥٥٥٥٢٦٧١", "tel [PHONE_NUMBER]"),
    "phone-in-full-width-digits": ("tel ４１５－５５５－２６７１", "tel [PHONE_NUMBER]"),
    "phone-in-styled-digits": ("tel 𝟒𝟏𝟓𝟓𝟓𝟓𝟐𝟔𝟕𝟏", "tel [PHONE_NUMBER]"),
    "iban": ("to DE89 3704 0044 0532 0130 00", "to [IBAN_CODE]"),
    "ssn": ("ssn 536-22-1234", "ssn [US_SSN]"),
    "ipv4": ("from 192.168.10.44/24 today", "from [IP_ADDRESS] today"),
    "ipv6": ("v6 2001:db8::ff00:42:8329 up", "v6 [IP_ADDRESS] up"),
    "mac-address": ("mac aa:bb:cc:dd:ee:0f", "mac [MAC_ADDRESS]"),
    "coordinates": ("at 37.7749, -122.4194!", "at [COORDINATES]!"),
    "named-coordinates": ("lat: 37.7749 lng: -122.4194", "[COORDINATES]"),
    "geo-uri": ("meet geo:37.78,-122.39", "meet [COORDINATES]"),
    "three-words": ("at ///filled.count.soap", "at [MAP_LINK]"),
    "degrees-and-minutes": ("40° 26′ 46″ N", "[COORDINATES]"),
    "ordinal-sign-as-degree": ("40º26'", "[COORDINATES]"),
    "plus-code": ("849VCWC8+R9", "[PLUS_CODE]"),
    "h3-index": ("cell 8928308280fffff", "cell [H3_INDEX]"),
    "nmea": ("$GPRMC,123519,A,4807.038,N", "[NMEA_SENTENCE]"),
    "named-geohash": ("geohash: 9q8yy", "geohash: [GEOHASH]"),
    "bare-geohash": ("meet 9q8yyk8ytp there", "meet [GEOHASH] there"),
    "handle": ("RT @jane_d: hi", "RT [HANDLE]: hi"),
    "a-number-of-no-kind": ("member 00123-45-67, ok", "member [NUMBER], ok"),
    "a-card-with-a-wrong-digit": ("card 4111 1111 1111 1112", "card [NUMBER]"),
    "bare-link": ("see www.: or http://>", "see [URL] or [URL]"),
    "behind-an-invisible-mark": ("415-555-2671\u200bwww.1111", "[NUMBER]\u200b[URL]"),
    "within-a-word": ("fe80::www.a.example", "[IP_ADDRESS][URL]"),
    "fractions-in-a-row": ("½½½½½½½", "[NUMBER]"),
}

KEPT = {
    "nothing": "",
    "small-numbers": "i have 3 dogs, 12 cats since 2019 or 2020",
    "code": "std::cout << x; C::D::E",
    "accents": "Crème brûlée, 日本語, Straße 5",
    "dates": "on 2024-05-01 10:30, 1/5/2024 or in 2019-2020",
    "price-with-a-fraction": "1½ pounds...",
    "leetspeak": "gr8 m8, l33t h4x0r",
    "placeholders": "see [URL], call [NUMBER]; from [IP_ADDRESS] [EMAIL_ADDRESS] [COORDINATES] [HANDLE]",
}


def redacted(text):
    return redact(text, findings(text), placeholder)


@pytest.mark.parametrize("name", HIDDEN)
def test_what_points_at_a_person_is_replaced(name):
    text, left = HIDDEN[name]

    assert redacted(text) == left


@pytest.mark.parametrize("name", KEPT)
def test_ordinary_text_and_placeholders_stay(name):
    assert redacted(KEPT[name]) == KEPT[name]


@pytest.mark.parametrize("name", HIDDEN)
def test_the_independent_detector_finds_nothing_in_what_is_left(name):
    assert entities_in(redacted(HIDDEN[name][0])) == frozenset()


def test_the_detector_would_find_the_identifiers_were_they_not_redacted():
    assert sum(bool(entities_in(text)) for text, _ in HIDDEN.values()) >= 24


@pytest.mark.parametrize("kind", [*KINDS, UNREAD, WHOLE])
@pytest.mark.parametrize("word", ["between", "hund9q", "1234 56"])
def test_the_detector_takes_no_placeholder_for_a_word_that_names_what_follows(kind, word):
    assert entities_in(f"[{kind}] {word} [{kind}]: {word}") == frozenset()


PIECES = [
    "call", "+49", "30", "415-555-2671", "12.5", "a@b", "@x.org", "1.2.3.4", "::1", "fe80::", ":", "DE89", "3704",
    "0044", "www.", "://", "37.7749", "-122.4194", "٤١", "9q8yyk8y", "$GPRMC,", "+R9", "8FVC9G8F", "40°26'", "4111",
    "1111", "536-22-1234", "geo:1.5,2", "///a.b.c", "１２", "½", "⑩", "…", "é", "_", "-", ".", "GB29NWBK60161331926819",
    "8928308280fffff", "geohash", "[", "(", "x", "＠", "\u200b", "º", "²", "google.", "maps/", "\n", "N", ",",
    "64:ff9b::",
]  # fmt: skip


def test_no_mixture_of_pieces_leaves_anything_that_the_detector_finds():
    dice = random.Random(7)
    mixtures = [
        dice.choice(["", " ", "-"]).join(dice.choices(PIECES, k=dice.randint(1, 7))) for _ in range(4000)
    ]  # fmt: skip

    left = [text for text in mixtures if entities_in(redacted(text))]

    assert left[:30] == []


def real_texts(folder):
    csv.field_size_limit(1 << 24)
    with gzip.open(folder / "text_spam_sms/SMSSpamCollection_dev.tsv.gz", "rt", encoding="utf-8") as file:
        yield from (line.rstrip("\n").partition("\t")[2] for line in file)
    for name, column in (
        ("text_spam_youtube/comments_dev", "CONTENT"),
        ("text_hate_davidson/labeled_data_dev", "tweet"),
    ):
        with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            yield from (row[column] for row in csv.DictReader(file))
    for name in ("generated_large_dev", "synth_dataset_v2_dev"):
        with gzip.open(folder / f"text_pii_presidio/{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            yield from (json.loads(line)["full_text"] for line in file)


@pytest.mark.realdata
def test_in_real_texts_the_detector_finds_nothing_after_redaction_and_much_before(shared_data):
    texts = list(real_texts(shared_data))

    found_before = sum(bool(entities_in(text)) for text in texts[::10])
    found_after = sum(bool(entities_in(redacted(text))) for text in texts)

    assert len(texts) > 25_000
    assert (found_before > 100, found_after) == (True, 0)
