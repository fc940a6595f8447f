from __future__ import annotations

import csv
import gzip
import json
import random
import unicodedata

import pytest
from pyspark.sql import functions as F

from quality.checks.scan_texts import entities_in
from transforms.privacy.redact_text import LONGEST, plain_signs, redact_text

pytestmark = pytest.mark.spark

HIDDEN = {
    "e-mail": ("mail jane.doe+x@example.org now", "mail [EMAIL] now"),
    "spelled-e-mail": ("jane [at] example [dot] org", "[EMAIL]"),
    "full-width-e-mail": ("mail ｊａｎｅ＠ｅｘａｍｐｌｅ．ｏｒｇ now", "mail [EMAIL] now"),
    "e-mail-with-invisible-marks": ("jane\u200b@exam\u200dple.org", "[EMAIL]"),
    "e-mail-in-another-script": ("пиши вася@пример.рф", "пиши [EMAIL]"),
    "link": ("see https://x.test/a?b=1 ok", "see [URL] ok"),
    "full-width-link": ("ｈｔｔｐ：／／ｗｗｗ．ｅｂａｙ．ｃｏｍ／ｕｓｒ", "[URL]"),
    "host-without-scheme": ("maps.google.fr/maps/@1 or bit.ly/x", "[URL] or [URL]"),
    "phone": ("call +1 (415) 555-2671 now", "call [NUMBER] now"),
    "phone-in-arabic-digits": ("tel ٤١٥٥٥٥٢٦٧١", "tel [NUMBER]"),
    "phone-in-full-width-digits": ("tel ４１５－５５５－２６７１", "tel [NUMBER]"),
    "phone-in-styled-digits": ("tel 𝟒𝟏𝟓𝟓𝟓𝟓𝟐𝟔𝟕𝟏", "tel [NUMBER]"),
    "iban": ("to DE89 3704 0044 0532 0130 00", "to [NUMBER]"),
    "ssn": ("ssn 536-22-1234", "ssn [NUMBER]"),
    "ipv4": ("from 192.168.10.44/24 today", "from [IP] today"),
    "ipv6": ("v6 2001:db8::ff00:42:8329 up", "v6 [IP] up"),
    "mac-address": ("mac aa:bb:cc:dd:ee:0f", "mac [IP]"),
    "coordinates": ("at 37.7749, -122.4194!", "at [COORDINATES]!"),
    "named-coordinates": ("lat: 37.7749 lng: -122.4194", "lat: [COORDINATES]"),
    "geo-uri": ("meet geo:37.78,-122.39", "meet [COORDINATES]"),
    "three-words": ("at ///filled.count.soap", "at [COORDINATES]"),
    "degrees-and-minutes": ("40° 26′ 46″ N", "[COORDINATES]"),
    "ordinal-sign-as-degree": ("40º26'", "[COORDINATES]"),
    "plus-code": ("849VCWC8+R9", "[COORDINATES]"),
    "h3-index": ("cell 8928308280fffff", "cell [COORDINATES]"),
    "nmea": ("$GPRMC,123519,A,4807.038,N", "[COORDINATES]"),
    "named-geohash": ("geohash: 9q8yy", "[COORDINATES]"),
    "bare-geohash": ("meet 9q8yyk8ytp there", "meet [COORDINATES] there"),
    "handle": ("RT @jane_d: hi", "RT [HANDLE]: hi"),
    "fractions-in-a-row": ("½½½½½½½", "[NUMBER]"),
}

KEPT = {
    "nothing": "",
    "small-numbers": "i have 3 dogs, 12 cats since 2019 or 2020",
    "code": "std::cout << x; C::D::E",
    "accents": "Crème brûlée, 日本語, Straße 5",
    "price-with-a-fraction": "1½ pounds...",
    "leetspeak": "gr8 m8, l33t h4x0r",
    "placeholders": "see [URL], call [NUMBER]; from [IP] [EMAIL] [COORDINATES] [HANDLE]",
}


def redacted(spark, texts):
    df = spark.createDataFrame([(place, text) for place, text in enumerate(texts)], "place int, text string")
    rows = df.select("place", redact_text(F.col("text")).alias("text")).collect()
    return [row.text for row in sorted(rows, key=lambda row: row.place)]


@pytest.fixture(scope="module")
def results(spark):
    texts = [text for text, _ in HIDDEN.values()] + list(KEPT.values())
    return dict(zip([*HIDDEN, *KEPT], redacted(spark, texts), strict=True))


@pytest.mark.parametrize("name", HIDDEN)
def test_what_points_at_a_person_is_replaced(results, name):
    assert results[name] == HIDDEN[name][1]


@pytest.mark.parametrize("name", KEPT)
def test_ordinary_text_and_placeholders_stay(results, name):
    assert results[name] == KEPT[name]


@pytest.mark.parametrize("name", HIDDEN)
def test_the_independent_detector_finds_nothing_in_what_is_left(results, name):
    assert entities_in(results[name]) == frozenset()


def test_the_detector_would_find_the_identifiers_were_they_not_redacted():
    assert sum(bool(entities_in(text)) for text, _ in HIDDEN.values()) >= 24


def test_a_missing_text_stays_missing(spark):
    assert redacted(spark, [None]) == [None]


ENDLESS = ["1", "1-", "a.", "1.2.3.4.", "www.", "½", "1½", "ab:", "a@b.", "9q8y", "DE44 1234 ", "y", "\u0301", "\\"]


def test_a_text_without_end_is_cut_and_neither_fills_the_stack_nor_takes_minutes(spark):
    found = redacted(spark, [piece * (3_000_000 // len(piece)) for piece in ENDLESS])

    assert [piece for piece, text in zip(ENDLESS, found, strict=True) if not text.endswith("[CUT]")] == []
    assert max(map(len, found)) < 2 * LONGEST
    assert found[ENDLESS.index("1")] == "[NUMBER] [CUT]"
    assert found[ENDLESS.index("y")] == "y" * LONGEST + " [CUT]"


def test_a_text_that_is_as_long_as_may_be_stays_whole(spark):
    assert redacted(spark, ["y" * LONGEST]) == ["y" * LONGEST]


PIECES = [
    "call", "+49", "30", "415-555-2671", "12.5", "a@b", "@x.org", "1.2.3.4", "::1", "fe80::", ":", "DE89", "3704",
    "0044", "www.", "://", "37.7749", "-122.4194", "٤١", "9q8yyk8y", "$GPRMC,", "+R9", "8FVC9G8F", "40°26'", "4111",
    "1111", "536-22-1234", "geo:1.5,2", "///a.b.c", "１２", "½", "⑩", "…", "é", "_", "-", ".", "GB29NWBK60161331926819",
    "8928308280fffff", "geohash", "[", "(", "x", "＠", "\u200b", "º", "²", "google.", "maps/", "\n", "N", ",",
    "64:ff9b::",
]  # fmt: skip


def test_no_mixture_of_pieces_leaves_anything_that_the_detector_finds(spark):
    dice = random.Random(7)
    mixtures = [
        dice.choice(["", " ", "-"]).join(dice.choices(PIECES, k=dice.randint(1, 7))) for _ in range(4000)
    ]  # fmt: skip

    left = {text: out for text, out in zip(mixtures, redacted(spark, mixtures), strict=True) if entities_in(out)}

    assert list(left.items())[:30] == []


def test_digits_of_every_script_and_full_width_signs_are_written_plainly():
    signs, plain = plain_signs()
    written = dict(zip(signs, plain, strict=False))

    every_digit = [chr(code) for code in range(0x80, 0x20000) if unicodedata.category(chr(code)) == "Nd"]
    assert {sign: written.get(sign) for sign in every_digit} == {s: str(unicodedata.digit(s)) for s in every_digit}
    assert [written[chr(code + 0xFEE0)] for code in range(0x21, 0x7F)] == [chr(code) for code in range(0x21, 0x7F)]
    assert {"\u200b", "\u00ad", "\u2060"} <= set(signs[len(plain) :])


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
def test_in_real_texts_the_detector_finds_nothing_after_redaction_and_much_before(spark, shared_data):
    texts = list(real_texts(shared_data))

    found_before = sum(bool(entities_in(text)) for text in texts[::10])
    found_after = sum(bool(entities_in(text)) for text in redacted(spark, texts))

    assert len(texts) > 25_000
    assert (found_before > 100, found_after) == (True, 0)
