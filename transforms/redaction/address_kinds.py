"""Street addresses in plain words: a number beside a street's name, with the town, country and code after it."""

from __future__ import annotations

import re

from transforms.redaction.kind import Kind

_UP = r"[A-ZÀ-ÞĀ-ŽΑ-Ω]"
_SMALL = r"(?:de|da|do|dos|das|del|della|di|du|des|dei|degli|delle|dello|los|las|la|le|les|von|van|der|den|am|an|af|av|og|of|the|y|e|ul|u\.|út|tér|nám\.)"
_WORD = rf"(?:{_UP}[\w'.-]*|{_SMALL}|St\.)"
_WORDS = rf"(?:{_WORD}[ ]+){{0,5}}{_UP}[\w'.-]*"
_END = r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Court|Ct|Close|Place|Pl|Square|Sq|Boulevard|Blvd|Terrace|Crescent|Highway|Hwy|Parkway|Alley|Trail|Walk|Parade|Grove|Gardens?|Way|utca|ulica)"
_FRONT = r"(?:Rua|Rue|Via|Avenida|Avenue|Calle|C/|Plaza|Piazza|Ulica|ul\.|Corso|Viale|Chemin|Place|Quai|Strada|Praça|Travessa)"
_NUM = r"\d{1,6}[A-Za-z]?"
_ROOM = r"(?:Apt|Suite|Ste|Unit|Flat|Room|Floor|Box)\.?[ ]?\#?\d+"
_TOWN = rf"(?:{_WORDS}(?:[ ]\({_UP}\w*\))?|\?\?\?|[A-Z]{{1,3}}\b)"
_SEP = r"[ ]?[,\n][ \n,]{0,3}"
_CODE = r"(?:[A-Z]{1,2}[ -]?)?\d{3,6}(?:-\d{3,4})?\b"
_REST = (
    rf"(?:[ ]{_WORDS}(?=[ ,\n]{{1,3}}(?i:{_ROOM})))?(?:[ ,\n]{{0,3}}(?i:{_ROOM})(?=[ ,\n]{{1,3}}(?i:{_ROOM}))){{0,2}}(?:[ ,\n]{{0,3}}(?i:{_ROOM})(?:[ ](?!{_ROOM}){_WORDS})?)?(?:{_SEP}{_ROOM})?"
    rf"(?:{_SEP}(?!{_ROOM}){_TOWN}){{0,4}}(?:(?:[ ]|{_SEP}){_CODE})?"
)
_SIDE = r"(?<![\d.,:/$€£#-])(?<!\d[ \n-])"
_NOT = r"(?![ ]*(?:[Oo]ffice|[Hh]ome|[Ff]ax|[Ww]ork|[Mm]obile|January|February|March|April|May|June|July|August|September|October|November|December|AM|PM|GMT|UTC|EUR|USD|GBP)\b)"
_FRONTS = re.compile(rf"{_FRONT}[ ]")

ADDRESS_KINDS = (
    Kind(
        "ADDRESS",
        (
            rf"(?-i:(?:\b(?i:{_ROOM})[ ,]{{1,2}}|{_SIDE}\b){_NUM}(?:[ ]{_NUM})?[ ]{_NOT}(?:{_WORDS}[ ]){_END}\b\.?(?:[ ]{_NUM})?{_REST})",
            rf"(?-i:{_SIDE}\b{_NUM}[ ]{_NUM}[ ]{_NOT}(?=\S*[a-z]){_WORDS}(?:[ ]{_NUM}\b)?{_REST})",
            rf"(?-i:{_SIDE}\b{_NUM}[ ]{_NOT}(?=\S*[a-z]){_WORDS}[ ](?!\d+s\b){_NUM}\b(?![/.:]\d|[%€$]){_REST})",
            rf"(?-i:\b(?:{_NUM}[ ])?{_FRONT}[ ]{_WORDS}(?:,?[ ]{_NUM}\b)?{_REST})",
            rf"(?-i:\b{_UP}[\w'-]*(?:straße|strasse|gasse|weg|platz|gatan|vägen|veien|gata|vej|gade|tie|katu|utca|straat|laan|plein|allee)[ ]{_NUM}\b{_REST})",
            rf"{_SIDE}\b{_NUM}[ ](?:rue|rua|via|avenida|calle|ulica)[ ](?:[^\W\d_][\w'.-]*[ ]){{0,4}}[^\W\d_][\w'-]*",
            rf"\b(?:the[ ])?corner[ ]of[ ](?:[\w'.-]+[ ]){{1,5}}and[ ](?:[\w'.-]+[ ]){{0,4}}(?:{_END}|{_NUM})\b",
            rf"{_SIDE}\b{_NUM}[ ](?:[^\W\d_][\w'.-]*[ ]+){{1,6}}(?:{_NUM}\.?)?[ ,\n]{{0,3}}(?={_ROOM})(?-i:{_REST})",
            rf"(?:\bP\.?[ ]?O\.?[ ]?Box[ ]\d+\b|\bpost(?:boks|box|fach)[ ]\d+\b)(?-i:{_REST})",
            r"\b(?:PSC|Unit|CMR|USNS|USS|USNV|USCGC)[ ][\w-]+(?:,?[ ]Box[ ]\d+)?\n(?:APO|FPO|DPO)[ ][A-Z]{2}[ ]\d{5}\b",
            rf"(?-i:\b{_WORDS}[ ]{_NUM}\.?(?:[ ]{_WORDS})?(?=[ ,\n]{{1,3}}(?i:{_ROOM})){_REST})",
            rf"(?-i:\b(?:[Tt]he[ ])?corner[ ]of[ ](?:[\w'./-]+[ ]){{1,6}}and[ ](?:{_NUM}[ ])?{_WORDS}(?:[ ]{_NUM}\b)?)",
            rf"(?-i:{_SIDE}\b{_NUM}[ ](?:Av|Ave|Avda|Bd|Bld)\.?[ ]{_WORDS}{_REST})",
            rf"\b{_ROOM}[ ,]{{0,2}}\n[> ?]{{0,6}}[^\W\d_][^\n\d]{{1,40}}\n[> ?]{{0,6}}[^\W\d_][^\n\d]{{2,40}}[ ]\K{_CODE}(?=[ .,]{{0,3}}$)",
            rf"(?-i:^[> ?]{{0,6}}{_WORDS},?[ ][A-Z]{{2}}[ ]\K\d{{4,6}}(?:-\d{{4}})?(?=[ .,]{{0,3}}$))",
            r"\b(?:zip|post(?:al)?)(?:[ -]?code)?(?:[ ]is|:|[ ]?=)[ ]?\K\d{4,6}(?:-\d{3,4})?\b",
            r"\b(?:apt|suite|flat)\.?[ ]\d+\b",
        ),
        lambda clues: clues.digits > 0 or "corner" in clues.lower or _FRONTS.search(clues.text) is not None,
        score=0.5,
    ),
)  # fmt: skip
"""Where somebody lives or is to be found."""
