"""Words around a place's name: those after which one comes, those after which one may, and those that follow one."""

from __future__ import annotations

import re

_MOVING = (
    r"(?:mov(?:e|es|ed|ing)|relocat(?:e|es|ed|ing)|(?:im|e)?migrat(?:e|es|ed|ing)|fl(?:y|ies|ew|ying)|travel(?:s|ed|led|ing|ling)?|trips?|flights?|trains?|"
    r"way|head(?:s|ed|ing)|going|went|drove|drive|driving|visits?|world|bus|buses|ferry|cruises?|road|route|journey|voyage|tickets?|sail(?:s|ed|ing)?|"
    r"commut(?:e|es|ed|ing)|deported|evacuated|exiled|directions|pilgrimage|expedition|holidays?|vacation|miles|km|kilomet(?:er|re)s|hours|far)"
    r"(?:[ ](?:here|back|away|over|home|out))?"
)
_TIME = r"(?:this|the|last|next)[ ](?:morning|evening|week|month|year|summer|winter|spring|autumn|fall)"
_OF = (
    "city|town|village|state|province|capital|citizens?|president|king|queen|government|people|republic|mayor|embassy|suburbs?|natives?|residents?|map|"
    "north|south|east|west|outskirts|coast|streets|center|centre|district|county|region|island|port|municipality|population|bishop|inhabitants|kingdom|"
    "governor|siege|battle|skyline|airport"
)
_PLACED = (
    r"liv(?:e|es|ed|ing)|born(?:[ ]and[ ]raised)?|gr[eo]ws?[ ]up|growing[ ]up|based|raised|resid(?:e|es|ed|ing)|located|situated|headquartered|stationed|"
    r"settl(?:e|es|ed|ing)|land(?:s|ed|ing)|stay(?:s|ed|ing)?|arriv(?:e|es|ed|ing)|weather|year|home|house|apartment|hotel|office|somewhere|here|back|"
    rf"holidays?|vacation(?:s|ed|ing)?|{_TIME}"
)
_NAMED = r"(?:home[ -]?town|home[ ]city|birth[ -]?place|capital|city|town|village|country|destination)"
_LABEL = (
    r"(?:where|location|place|city|town|village|country|venue|destination|from|to|hometown|birthplace|place[ ]of[ ]birth|state|province|region|county|"
    r"origin|residence|departure|arrival|nationality)"
)

SAID = {
    "in": rf"(?:{_PLACED})",
    "at": rf"(?:arriv(?:e|es|ed|ing)|land(?:s|ed|ing)|docked|{_TIME})",
    "to": rf"(?:{_MOVING}|return(?:s|ed|ing)?|been)",
    "from": rf"(?:{_MOVING}|(?:arriv(?:e|es|ed|ing)|com(?:es?|ing)|came|hails?|originally|return(?:s|ed|ing)?|escaped?|fled|depart(?:s|ed|ing)?|native|greetings|live)|{_TIME})",
    "of": rf"(?:home[ -]?town|home[ ]city|{_OF})",
    "for": r"(?:left|depart(?:s|ed|ing)|bound|head(?:s|ed|ing))",
    "is": rf"{_NAMED}",
    "city": "home",
    "town": "home",
}  # fmt: skip
"""By the last word before a place: what comes before that word where a place follows."""

ALONE = re.compile(
    r"(?:visit(?:s|ed|ing)?|tour(?:s|ed|ing)?|leaving|hometown|downtown|upstate|mainland|suburban)$",
    re.IGNORECASE,
)
"""Words after which a place follows, whatever comes before them."""

LABEL = re.compile(rf"\b{_LABEL}:$", re.IGNORECASE)
"""What stands before a place in a form, with its colon."""

BEFORE = {last: re.compile(rf"\b{words}[ ]{last}[ ](?:the[ ])?$", re.IGNORECASE) for last, words in SAID.items()}

NEAR = frozenset(
    [
        "in",
        "at",
        "from",
        "to",
        "near",
        "via",
        "around",
        "across",
        "throughout",
        "outside",
        "through",
        "into",
        "towards",
        "toward",
        "beyond",
        "à",
        "nach",
        "aus",
        "bei",
        "em",
        "en",
        "naar",
        "uit",
        "fra",
        "från",
        "till",
        "til",
        "desde",
        "hasta",
        "hacia",
        "vers",
        "depuis",
        "w",
        "z",
        "na",
        "do",
    ]
)
"""Words after which a known town may come, in some languages."""

TOWARDS = frozenset(["at", "from", "to"])
"""People are spoken to and heard from as well: after these a given name is a place only if many live there."""

PERSONS = re.compile(
    r"\b(?:sa(?:id|ys?|ying)|talk(?:s|ed|ing)?|sp(?:eak|eaks|oke|eaking)|listen(?:s|ed|ing)?|wr(?:ite|ites|ote|iting)|g[ai]v(?:e|es|en|ing)|repl(?:y|ies|ied)|"
    r"according|thanks?|married|engaged|belongs?|messages?|texts?|texted|e?mails?|emailed|calls?|letters?|notes?|gifts?|presents?|love|regards|heard?|got|"
    r"borrow(?:ed)?|look(?:s|ed|ing)?|yell(?:s|ed|ing)?|mad|angry|laugh(?:s|ed|ing)?|shout(?:s|ed|ing)?|listened|apologi[sz]ed?|explained|told|introduced?|"
    r"quote|words|kiss(?:es)?|hugs?|similar|next|happen(?:s|ed)?|owed?|lent|proposed)[ ](?:[a-z]+[ ])?(?:at|from|to)[ ]$",
    re.IGNORECASE,
)
"""Words after which it is a person all the same."""

AFTER = re.compile(
    r"(?:'s)?[ ](?:airport|city[ ]cent(?:er|re)|suburbs?|skyline|residents?|natives?|beaches|metro|countryside|nightlife|metropolitan|harbou?r|city[ ]council|town[ ]hall|train[ ]station|railway|international[ ]airport|county|province)\b"
    r"|'s[ ](?:population|economy|president|capital|government|parliament|beaches|harbou?r|police|cathedral|streets|mayor|coast|airport|subway|downtown|old[ ]town|prime[ ]minister|citizens)\b"
    r"|[ ](?:is|was|were|has|looks|seems)[ ][^.!?\n]{0,40}\b(?:to[ ]visit|city|town|village|country|beaches|tourists?|capital|inhabitants)\b"
)
"""Words that only come after a place."""

QUIET = re.compile(
    r"(?:\b(?:liv(?:es|ed|ing)|born|gr[eo]ws?[ ]up|growing[ ]up|raised|resid(?:es|ed|ing))[ ]in|\bmov(?:ed|ing)(?:[ ](?:here|back|away|over))?[ ](?:from|to)|"
    r"\barriv(?:ed|es)[ ](?:in|at)|\bhome[ ]?(?:city|town)(?:[ ]is)?|\b(?:where|location|city|town|birthplace):)[ ]"
    r"(?P<place>[^\W\d_]{3,}(?:[ -][^\W\d_]{2,}){0,2})(?=[.,;:!?\n]|$|[ ](?:this|last)[ ])"
)
"""A place in small letters that no list needs to hold, in a text that has no others."""

_NAMES_OF_STATES = (
    "Alabama,Alaska,Arizona,Arkansas,California,Colorado,Connecticut,Delaware,Florida,Georgia,Hawaii,Idaho,Illinois,Indiana,Iowa,Kansas,Kentucky,"
    "Louisiana,Maine,Maryland,Massachusetts,Michigan,Minnesota,Mississippi,Missouri,Montana,Nebraska,Nevada,New Hampshire,New Jersey,New Mexico,New York,"
    "North Carolina,North Dakota,Ohio,Oklahoma,Oregon,Pennsylvania,Rhode Island,South Carolina,South Dakota,Tennessee,Texas,Utah,Vermont,Virginia,"
    "Washington,West Virginia,Wisconsin,Wyoming,Ontario,Quebec,Alberta,Manitoba,Saskatchewan,British Columbia,Nova Scotia,Queensland,New South Wales"
)
_CODES_OF_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK "
    "OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC AB BC MB NB NL NS ON PE QC SK NSW QLD TAS VIC"
)
STATES = frozenset([*_NAMES_OF_STATES.split(","), *_CODES_OF_STATES.split()])
"""States and provinces as they stand after a town and a comma."""

_ALSO_TOWNS = """
advance bath bed black blue brass bright brown camp central clay clover college common commerce concert concord corn
danger deal deep defiance division eagle eden energy enterprise field force forest front garden general glory golf
grace green harmony heart heaven hell home honor hope independence industry joy justice lake liberty line love luck
mass media meeting mercury mobile mountain nature normal ocean oil orange paradise park parks peace plain plains
point port power pride progress reading reserve rice rock rugby sale salt school short silver soul spring spirit
star success summit sun surprise tank time trade trinity triumph trout truth union unity valley view vision war
water welcome west white winter wood winner
"""
WORDS_IN = frozenset(_ALSO_TOWNS.split())
"""Words that follow "in" or "near" in small letters though there are towns of that name."""
