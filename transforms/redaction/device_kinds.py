"""Devices and networks: MAC and IP addresses, IMEI, advertising ids, cells of a mobile network."""

from __future__ import annotations

import ipaddress
import re

from transforms.redaction.kind import Kind, luhn

_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_AD = r"(?:idfa|idfv|gaid|aaid|adid|maid|rdid|ifa|(?:google[\s_-]?)?adv(?:ertis(?:ing|er))?[\s_-]?id(?:entifier)?|(?:ad|device)[\s_-]?id(?:entifier)?)"
_CELL = r"\b(?:mcc|mnc|lac|tac|cid?|cell[\s_-]?id|e?cgi|eci|nci|enb(?:[\s_-]?id)?|enodeb|pci)\b[\"']?\s?[:=#]?\s?[\"']?(?:0x[0-9a-f]{1,9}|\d[\d-]{0,20})\b[\"']?"
_ALONE = r"\b(?:cell[\s_-]?(?:tower[\s_-]?)?id|e?cgi|lac|tac|cid|eci|nci)\b[\"']?(?:\s(?:is|of|no\.?|number))?\s?[:=#]?\s?[\"']?(?:0x[0-9a-f]{2,9}|\d{3}[\d-]{0,20})\b"
_HEX = "[0-9a-f]"
_UUID_LIKE = re.compile(r"[0-9a-f]-[0-9a-f]{4}-", re.IGNORECASE)
_CELL_LIKE = re.compile(
    r"\b(?:mcc|mnc|lac|tac|cid?|cell|e?cgi|eci|nci|enb|enodeb|pci)\b|cell[\s_-]?(?:tower[\s_-]?)?id|enb[\s_-]?id|[0-9]([-_:])[0-9]{1,5}\1[0-9]",
    re.IGNORECASE,
)
_MAC_LIKE = re.compile(r"[0-9a-f]{2}[:-][0-9a-f]{2}[:-]|[0-9a-f]{4}\.[0-9a-f]{4}\.|mac|bssid|wi-?fi", re.IGNORECASE)


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0].partition("/")[0])
    except ValueError:
        return False
    return len(text) > 2


DEVICE_KINDS = (
    Kind(
        "IP_ADDRESS",
        (
            r"(?<!\w)(?<!\d\.)(?<!\b(?:v|version|release)\.?\s?)(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\w]|\.\d)",
            r"(?<![\w:])(?=(?:[0-9a-f]{0,4}:){2})(?=[0-9a-f:]*[0-9])[0-9a-f:]{3,39}(?:(?<=:)(?:\d{1,3}\.){3}\d{1,3})?(?:%\w{1,12})?(?:/\d{1,3})?(?<!(?<!:):)(?![\w:])",
        ),
        lambda clues: clues.digits > 0 and (clues.text.count(":") >= 2 or (clues.digits >= 4 and clues.text.count(".") >= 3)),
        _is_ip,
        score=0.9,
    ),
    Kind(
        "MAC_ADDRESS",
        (
            rf"(?<![\w:-]){_HEX}{{2}}(?::{_HEX}{{2}}){{5}}(?![\w]|:{_HEX})",
            rf"(?<![\w:-])(?=[-\d]*[a-f]){_HEX}{{2}}(?:-{_HEX}{{2}}){{5}}(?![\w]|-{_HEX})",
            rf"(?<![\w.]){_HEX}{{4}}\.{_HEX}{{4}}\.{_HEX}{{4}}(?![\w]|\.\w)",
            rf"\b(?:mac|bssid|wi-?fi|bluetooth)\b(?:\W{{1,3}}(?:addr(?:ess)?|is|id))?\W{{1,4}}\K(?:{_HEX}{{12}}|{_HEX}{{2}}(?:-{_HEX}{{2}}){{5}})\b",
        ),
        lambda clues: _MAC_LIKE.search(clues.text) is not None,
        lambda text: any(sign not in "0:-." for sign in text),
        score=0.95,
    ),
    # 15 digits of a payment card begin with 34, 37, 1800 or 2131; no type allocation code of a phone does.
    Kind(
        "IMEI",
        (
            r"(?<![\w.-])(?!3[47]|1800|2131)\d{15}(?![\w-]|\.\d)",
            r"(?<![\w.-])(?!3[47]|1800|2131)\d{2}([ -])\d{6}\1\d{6}\1\d(?![\w-])",
            r"(?<![\w.-])(?!3[47]|1800|2131)\d{6}([ -])\d{2}\1\d{6}\1\d(?![\w-])",
            r"\bimei\b(?:\W{1,3}(?:is|no|number|code))?\W{1,4}\K\d{15}\b",
        ),
        lambda clues: clues.digits >= 15,
        luhn,
        score=0.95,
    ),
    Kind(
        "ADVERTISING_ID",
        (
            rf"\b{_AD}\b\W{{0,5}}(?:\w{{1,12}}\W{{1,4}}){{0,3}}?\K\b{_UUID}\b",
            rf"\b{_UUID}\b(?=\W{{1,4}}(?:\w{{1,12}}\W{{1,3}}){{0,3}}?{_AD}\b)",
        ),
        lambda clues: clues.text.count("-") >= 4 and _UUID_LIKE.search(clues.text) is not None,
        score=0.9,
    ),
    Kind(
        "CELL_ID",
        (
            rf"(?:{_CELL}[\s,;|/&\"'-]{{0,4}}){{2,8}}(?<=[\w\"'])",
            _ALONE,
            r"(?<![\w.:-])[2-7]\d\d([-_:])\d{2,3}\1\d{1,5}\1\d{1,9}(?![\w]|[-_:]\w)",
        ),
        lambda clues: clues.digits >= 1 and _CELL_LIKE.search(clues.text) is not None,
        score=0.8,
    ),
)  # fmt: skip
"""Kinds that name a device or where it is plugged in."""
