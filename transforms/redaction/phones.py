"""Telephone numbers: shapes with a plan behind them, or shapes with words around them that say what they are."""

from __future__ import annotations

import re

from transforms.redaction.kind import Clues

REGIONS = ("US", "GB", "DE", "FR", "JP", "BR", "IN", "CN", "AU")
"""Where a number without a country code may be from; with one, any country's is found."""

_SEP = r"[ .\-/()\u00a0~]"
_BEGIN = r"(?<![\w$€£¥.@=&+])(?<!\d[ .,:/#*-])(?<![$€£¥] )(?<!&#)"
_LEAD = rf"(?:\+{_SEP}?|00{_SEP}{{0,2}}|\({_SEP}?\+?)?"
CANDIDATE = re.compile(
    rf"{_BEGIN}{_LEAD}[0-9](?:{_SEP}{{0,3}}[0-9]){{5,16}}(?=\s?(?:x|ext\.?)\s?\d|(?![\w]|[.,:]\d|[-/]\d|[€$£¥%]))",
    re.IGNORECASE,
)
_DIALLED = re.compile(rf"(?<![0-9#])[0-9](?:{_SEP}{{0,3}}[0-9]){{5}}|(?<!&)#[0-9](?:{_SEP}{{0,3}}[0-9]){{5}}")
_EXTENSION = re.compile(r"\s?(?:x|ext\.?|extension)\s?\d{1,6}\b", re.IGNORECASE)
_WORDS = re.compile(
    r"\b(?:phones?|telephone|tel|tele?fon\w*|t[ée]l[ée]phone|telefone|handy\w*|mobile?s?|mob|cell(?:phone|ular)?|celular|portable|fax|calls?|called|calling|"
    r"dial|ring|reach(?:able)?|contact|whats?app|sms|text|txt|landline|answering|numbers?|num(?:mer|éro|ero)|rufnummer|appel\w*|ligue|ligar|"
    r"hotline|registered|receiv\w+|voicemail|helpline)\b|電話|携帯|番号|でんわ|连絡|連絡|☎|📞|✆|[℡]",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\W{0,3}(?:office|home|work|direct|main|fax|mobile|cell|tel)\b", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:order|invoice|ticket|tracking|isbn|issn|ref(?:erence)?|serial|sku|article|zip|postcode|version|build|id|imei|iban|"
    r"card|account|acct|passport|policy|case|batch|part|model|date|ean|upc|doi|apt|suite|box|unit|room|flat)\b\W{0,3}(?:(?:number|no|nr|num|code|is|id)\b\W{0,3}){0,2}$", re.IGNORECASE)  # fmt: skip
_NO_PHONE = re.compile(
    r"^(?:(?:19|20)\d{2}[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:0?[1-9]|[12]\d|3[01])(?:\D+\d{1,2}){0,3}"  # dates, spans of years
    r"|(?:0?[1-9]|[12]\d|3[01])[-/. ](?:0?[1-9]|[12]\d|3[01])[-/. ](?:19|20)\d{2}(?:\D+\d{1,2}){0,3}|(?:19|20)\d{2}\s?-\s?(?:19|20)\d{2}"
    r"|\d{3}([- .])\d{2}\1\d{4}|\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?|\d{1,3}\.\d{4,})$"  # social security, IPv4, decimals
)
_THOUSANDS = re.compile(r"^\d{1,3}(?:([. ])\d{3})(?:\1\d{3})+$")
_TWO_NUMBERS = re.compile(r"^\d{1,5} \d{1,5}$")
"""Beside a street's name: the house's number and one more."""

_GROUPED = re.compile(r"^\(?\d{2,4}\)?(?:[ .-]\d{2,4}){2,4}$")
_NATIONAL = re.compile(
    r"^(?:\(?[2-9]\d{2}\)?[-. ]{0,2}\d{3}[-. ]\d{4}|1[-. ]\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}"  # North America
    r"|\(?0\d{1,5}\)?[-./ ]{1,3}\d[\d\-./ ]{4,14}\d"  # with a trunk prefix: Europe, Japan
    r"|0[1-9](?:[ .-]?\d{2}){4}|0[5789]0-?\d{4}-?\d{4}|01[567]\d{8,9}"  # France; Japanese and German mobiles
    r"|\(?[1-9]{2}\)?[ -]{1,2}9?[ ]?\d{4}[- ]\d{4}|\([1-9]{2}\) ?9?\d{8})$"  # Brazil
)
_BEFORE, _AFTER = 60, 30


def phone_gate(clues: Clues) -> bool:
    """Return whether there are digits enough, close together."""
    return clues.digits >= 6 and _DIALLED.search(clues.text) is not None


def phone_spans(text: str) -> list[tuple[int, int]]:
    """Return where a plain text holds a telephone number, extension and brackets included."""
    found = []
    for match in CANDIDATE.finditer(text):
        start, end = match.span()
        if match.group().startswith("(") and ")" not in match.group():
            start += 1
        shape = text[start:end].lstrip(" ")
        if _is_phone(shape, text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]):
            extension = _EXTENSION.match(text, end)
            found.append((start, extension.end() if extension else end))
    return found


def _is_phone(shape: str, before: str, after: str) -> bool:
    digits = "".join(filter(str.isdigit, shape))
    international = shape.lstrip("( ").startswith("+") or (shape.startswith("00") and len(digits) >= 10)
    if international:
        return 8 <= len(digits) <= 17
    if len(digits) > 13 or len(set(digits)) == 1 or _NO_PHONE.match(shape) or _OTHER.search(before):
        return False
    if len(digits) == 6 and (shape.isdigit() or not (_WORDS.search(before) or _LABEL.match(after))):
        return False
    if _TWO_NUMBERS.match(shape) and re.match(r" [A-ZÀ-Þ]", after):
        return False
    told = _WORDS.search(before) or _WORDS.search(after) or _LABEL.match(after)
    if told:
        return True
    if _TWO_NUMBERS.match(shape):
        return not after.strip() or after.lstrip(" ")[0] in ".,;!?\n"
    if _GROUPED.match(shape) and len(digits) >= 9:
        return True
    if _THOUSANDS.match(shape):
        return False
    return (_NATIONAL.match(shape) is not None) or (not shape.isdigit() and _has_plan(shape))


def _has_plan(shape: str) -> bool:
    import phonenumbers

    for region in REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(shape, region)):
                return True
        except phonenumbers.NumberParseException:
            return False
    return False
