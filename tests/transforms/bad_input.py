"""Bad input for every public function of `transforms` that takes values: each holds one that must not be told."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa

from quality.contracts import Column, Contract, Sensitivity
from quality.contracts.shared_columns import EVENT_DATE
from tests.transforms.bad_lattices import LATTICES
from tests.transforms.bad_noise import NOISE
from tests.transforms.planted import NUMBER, PLANTED, SECRET, Case
from transforms.location import generalize_places, tile_cells
from transforms.privacy import (
    canonical,
    hmac_sha256,
    identifiers,
    link_pseudonyms,
    pack_rows,
    protect_rows,
    seal_rows,
    subject_tokens,
    tokens,
)
from transforms.privacy import pseudonymize_columns as pseudonymize
from transforms.privacy.aes_siv import AesSiv
from transforms.privacy.identifiers import Domain
from transforms.privacy.tokenize_columns import token_function
from transforms.redaction import (
    engine,
    finding,
    gazetteer,
    kind,
    names,
    numbers,
    operators,
    phones,
    plain_text,
    sure_kinds,
    towns,
)
from transforms.redaction.finding import Finding
from transforms.risk import summarize_actor_days

EU = Domain("eu", "risk", "none")
KEY = SECRET
SURROGATE, NUL, LONG = f"{PLANTED}\ud800{PLANTED}", f"{PLANTED}\0{PLANTED}", PLANTED * 2000
CONTRACT = Contract(
    "raw.notes",
    "Notes.",
    "one",
    (
        Column("who", "string", "Who.", Sensitivity.DIRECT_ID, identifies="actor"),
        Column("note", "string", "Text.", Sensitivity.FREE_TEXT),
        Column("size", "double", "Size.", Sensitivity.SENSITIVE),
        EVENT_DATE,
    ),
    erasure_key="who",
)


def text(*values: str | None) -> pa.Array:
    return pa.array(values, pa.string())


def garbled(raw: bytes = PLANTED.encode() + b"\xff\xfe") -> pa.Array:
    """Return a text of Arrow that is not UTF-8."""
    ends = pa.array([0, len(raw)], pa.int32()).buffers()[1]
    return pa.Array.from_buffers(pa.string(), 1, [None, ends, pa.py_buffer(raw)])


def flipped(value: bytes, at: int = 1) -> bytes:
    return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]


NUMBERS, LISTS, TEXT = pa.array([NUMBER]), pa.array([[PLANTED]]), text(PLANTED)


@dataclass(frozen=True)
class Keys:
    """A key reference, a vault for tokens and one for data keys; ``broken`` ones fail and say of whom."""

    broken: bool = False

    @property
    def pseudonym(self):
        return self

    @property
    def subjects(self):
        return self

    def open(self):
        self._fail(PLANTED)
        return KEY

    def tokens(self, kind, subjects):
        self._fail(subjects)
        return [hashlib.sha256(one.encode()).digest()[:16] for one in subjects]

    def epoch_of(self, month):
        return month

    def of(self, kind, identifiers, epoch):
        self._fail(identifiers)
        indexes = [hashlib.sha256(one.encode()).digest() for one in identifiers]
        return [seal_rows.SubjectKey(one, hashlib.sha256(one).digest()) for one in indexes]

    to_seal = of

    def to_open(self, indexes, epoch):
        return [hashlib.sha256(one).digest() for one in indexes]

    def nonces(self, count):
        return bytes(12 * count)

    def _fail(self, value):
        if self.broken:
            raise OSError(f"no such row: {value}")


KEYS, BROKEN = Keys(), Keys(broken=True)
TOKEN = tokens.tokenize(KEY, TEXT, domain=EU, kind="actor")[0].as_py()
SUBJECT_TOKEN = subject_tokens.subject_tokens(KEY, TEXT, KEYS, domain=EU, kind="actor").tokens[0].as_py()
SEALED_IN = subject_tokens.sealed_in(KEY, SUBJECT_TOKEN, domain=EU, kind="actor")
TYPES = {"who": pa.string(), "note": pa.string(), "size": pa.float64()}
ROWS = {"who": TEXT, "note": TEXT, "size": pa.array([float(NUMBER)])}
SEALED = seal_rows.seal_values("raw.notes", ROWS, TEXT, text("2024-06"), KEYS, "actor")
PACKED = pack_rows.pack_rows(list(ROWS.values()))
FOUND = Finding(0, len(PLANTED), "PERSON", 1.0)
ENCRYPTED = operators.Encrypt(KEYS, "case")(FOUND, PLANTED)
CELL = "871fb4662ffffff"
TILING = tile_cells.tile_by_residents({CELL: 5}, [], finest=7, coarsest=5, tile_residents=1)
TILE = {"finest": 7, "coarsest": 5, "tile_residents": 1}


def altered(token: str, at: int = 7) -> str:
    """Return a token with one bit of a digit flipped."""
    return token[:at] + chr(ord(token[at]) ^ 1) + token[at + 1 :]


def sealed(**other: pa.Array) -> seal_rows.Sealed:
    return SEALED._replace(**other)


def _open(of: seal_rows.Sealed, table: str = "raw.notes") -> object:
    return seal_rows.open_values(table, TYPES, of, KEYS)


def _reveal(token: pa.Array, key: bytes = KEY) -> object:
    return tokens.reveal(key, token, domain=EU, kind="actor")


def _sealed_in(token: object) -> object:
    return subject_tokens.sealed_in(KEY, token, domain=EU, kind="actor")


def _of_kind(function: object, *values: object, kind: str = PLANTED, **more: object) -> object:
    return function(*values, domain=EU, kind=kind, **more)


_TOKENS = (TOKEN.encode(), SUBJECT_TOKEN.encode(), ENCRYPTED.encode()[8:-1])
_secret = partial(Case, also=_TOKENS)
_fed = [
    # -- privacy
    Case("privacy.aes_siv.AesSiv", "key-of-no-length", lambda: AesSiv(PLANTED.encode())),
    Case("privacy.aes_siv.AesSiv.seal", "texts", lambda: AesSiv(KEY * 2).seal(np.array([[PLANTED]], object))),
    Case("privacy.aes_siv.AesSiv.seal", "a-text", lambda: AesSiv(KEY * 2).seal(PLANTED)),
    Case("privacy.aes_siv.AesSiv.open", "texts", lambda: AesSiv(KEY * 2).open(np.array([[PLANTED]], object))),
    Case("privacy.canonical.canonical", "number", lambda: canonical.canonical(PLANTED, NUMBER)),
    Case("privacy.canonical.canonical", "null", lambda: canonical.canonical(PLANTED, None)),
    Case("privacy.canonical.canonical", "surrogate", lambda: canonical.canonical(SURROGATE), refused=False),
    Case("privacy.hmac_sha256.hmac_sha256", "numbers", lambda: hmac_sha256.hmac_sha256("k", NUMBERS)),
    Case("privacy.hmac_sha256.hmac_sha256", "lists", lambda: hmac_sha256.hmac_sha256("k", LISTS)),
    Case("privacy.hmac_sha256.hmac_sha256", "key-is-no-text", lambda: hmac_sha256.hmac_sha256(NUMBER, TEXT)),
    Case("privacy.identifiers.Domain", "epoch", lambda: Domain("eu", "risk", PLANTED)),
    Case("privacy.identifiers.refuse_unknown_kind", "kind", lambda: identifiers.refuse_unknown_kind(PLANTED)),
    Case("privacy.identifiers.refuse_unknown_kind", "a-list", lambda: identifiers.refuse_unknown_kind([PLANTED])),
    Case("privacy.identifiers.domain_key", "kind", lambda: identifiers.domain_key(KEY, "use", EU, PLANTED)),
    Case("privacy.identifiers.domain_key", "short-key", lambda: identifiers.domain_key(PLANTED.encode(), "", EU, "ip")),
    Case("privacy.identifiers.domain_key", "key-is-text", lambda: identifiers.domain_key(PLANTED * 4, "", EU, "ip")),
    Case("privacy.identifiers.domain_info", "kind", lambda: identifiers.domain_info("use", EU, PLANTED)),
    Case("privacy.identifiers.domain_info", "epoch", lambda: identifiers.domain_info("use", EU, "ip", NUMBER)),
    Case("privacy.identifiers.in_one_form", "kind", lambda: identifiers.in_one_form(PLANTED, TEXT)),
    Case("privacy.identifiers.in_one_form", "numbers", lambda: identifiers.in_one_form("ip", NUMBERS)),
    Case(
        "privacy.identifiers.in_one_form",
        "garbled",
        lambda: identifiers.in_one_form("ip", garbled(b"::" + PLANTED.encode() + b"\xff")),
    ),
    Case(
        "privacy.identifiers.in_one_form",
        "no-address",
        lambda: identifiers.in_one_form("ip", text(f"::{PLANTED}")),
        refused=False,
    ),
    Case(
        "privacy.link_pseudonyms.link_pseudonyms",
        "shorter",
        lambda: link_pseudonyms.link_pseudonyms(TEXT, {PLANTED}, old=lambda of: of, new=lambda of: of[:0]),
    ),
    Case(
        "privacy.link_pseudonyms.link_pseudonyms",
        "a-list",
        lambda: link_pseudonyms.link_pseudonyms([PLANTED], {PLANTED}, old=lambda of: of, new=lambda of: of),
    ),
    Case("privacy.pack_rows.pack_rows", "lists", lambda: pack_rows.pack_rows([LISTS])),
    Case("privacy.pack_rows.pack_rows", "bytes", lambda: pack_rows.pack_rows([TEXT.cast(pa.binary())])),
    Case("privacy.pack_rows.pack_rows", "lengths", lambda: pack_rows.pack_rows([TEXT, text(PLANTED, PLANTED)])),
    Case(
        "privacy.pack_rows.unpack_rows",
        "cut",
        lambda: pack_rows.unpack_rows(pa.array([PACKED[0].as_py()[:20]]), list(TYPES.values())),
    ),
    Case(
        "privacy.pack_rows.unpack_rows",
        "a-text",
        lambda: pack_rows.unpack_rows(pa.array([PLANTED.encode()]), list(TYPES.values())),
    ),
    Case(
        "privacy.protect_rows.steps",
        "undeclared",
        lambda: protect_rows.steps(
            CONTRACT,
            replace(CONTRACT, columns=(Column("x", "string", PLANTED, Sensitivity.SENSITIVE, source=(PLANTED,)),)),
        ),
    ),
    *[
        each
        for of, function in (
            ("pseudonyms", lambda key, values, **how: pseudonymize.pseudonyms(key, values, **how)),
            (
                "subject_pseudonyms",
                lambda key, values, **how: pseudonymize.subject_pseudonyms(key, values, KEYS, **how),
            ),
        )
        for each in (
            Case(f"privacy.pseudonymize_columns.{of}", "kind", partial(_of_kind, function, KEY, TEXT)),
            Case(
                f"privacy.pseudonymize_columns.{of}",
                "short-key",
                partial(_of_kind, function, PLANTED.encode(), TEXT, kind="actor"),
            ),
            Case(
                f"privacy.pseudonymize_columns.{of}", "numbers", partial(_of_kind, function, KEY, NUMBERS, kind="actor")
            ),
            Case(
                f"privacy.pseudonymize_columns.{of}",
                "epoch",
                partial(_of_kind, function, KEY, TEXT, kind="actor", epoch=NUMBER),
            ),
            Case(f"privacy.pseudonymize_columns.{of}", "lists", partial(_of_kind, function, KEY, LISTS, kind="actor")),
        )
    ],
    Case(
        "privacy.pseudonymize_columns.subject_pseudonyms",
        "garbled",
        lambda: pseudonymize.subject_pseudonyms(KEY, garbled(), KEYS, domain=EU, kind="actor"),
    ),
    Case(
        "privacy.seal_rows.seal_values",
        "no-texts",
        lambda: seal_rows.seal_values("t", {"note": LISTS}, TEXT, TEXT, KEYS, "actor"),
    ),
    Case(
        "privacy.seal_rows.seal_values",
        "lengths",
        lambda: seal_rows.seal_values("t", ROWS, text(PLANTED, PLANTED), TEXT, KEYS, "actor"),
    ),
    Case(
        "privacy.seal_rows.seal_values",
        "number-as-subject",
        lambda: seal_rows.seal_values("t", ROWS, NUMBERS, TEXT, KEYS, "actor"),
    ),
    Case(
        "privacy.seal_rows.open_values",
        "flipped",
        lambda: _open(sealed(rows=pa.array([flipped(SEALED.rows[0].as_py())]))),
    ),
    Case("privacy.seal_rows.open_values", "elsewhere", lambda: _open(SEALED, PLANTED[:4])),
    Case("privacy.seal_rows.open_values", "cut", lambda: _open(sealed(rows=pa.array([SEALED.rows[0].as_py()[:5]])))),
    Case("privacy.seal_rows.open_values", "no-bytes", lambda: _open(sealed(rows=NUMBERS))),
    Case(
        "privacy.seal_rows.open_values",
        "null",
        lambda: _open(sealed(epoch=text(None), index=pa.array([PLANTED.encode()]))),
    ),
    Case(
        "privacy.subject_tokens.subject_tokens",
        "kind",
        lambda: _of_kind(subject_tokens.subject_tokens, KEY, TEXT, KEYS),
    ),
    Case(
        "privacy.subject_tokens.subject_tokens",
        "numbers",
        lambda: _of_kind(subject_tokens.subject_tokens, KEY, NUMBERS, KEYS, kind="actor"),
    ),
    Case(
        "privacy.subject_tokens.subject_tokens",
        "garbled",
        lambda: _of_kind(subject_tokens.subject_tokens, KEY, garbled(), KEYS, kind="actor"),
    ),
    _secret("privacy.subject_tokens.sealed_in", "flipped", lambda: _sealed_in(altered(SUBJECT_TOKEN))),
    _secret("privacy.subject_tokens.sealed_in", "of-another-kind", lambda: _sealed_in(TOKEN)),
    *[
        _secret("privacy.subject_tokens.sealed_in", name, partial(_sealed_in, value))
        for name, value in (
            ("a-text", PLANTED),
            ("surrogate", SURROGATE),
            ("nul", NUL),
            ("long", LONG),
            ("number", NUMBER),
        )
    ],
    _secret(
        "privacy.subject_tokens.reveal_subject",
        "another-key",
        lambda: _of_kind(subject_tokens.reveal_subject, SEALED_IN, bytes(32), kind="actor"),
    ),
    _secret(
        "privacy.subject_tokens.reveal_subject",
        "flipped",
        lambda: _of_kind(
            subject_tokens.reveal_subject,
            replace(SEALED_IN, inner=flipped(SEALED_IN.inner)),
            hashlib.sha256(SEALED_IN.index).digest(),
            kind="actor",
        ),
    ),
    _secret(
        "privacy.subject_tokens.reveal_subject",
        "kind",
        lambda: _of_kind(subject_tokens.reveal_subject, SEALED_IN, bytes(32)),
    ),
    Case("privacy.tokenize_columns.token_function", "kind", lambda: token_function(KEYS, EU, PLANTED)),
    Case("privacy.tokens.tokenize", "kind", lambda: _of_kind(tokens.tokenize, KEY, TEXT)),
    Case("privacy.tokens.tokenize", "numbers", lambda: _of_kind(tokens.tokenize, KEY, NUMBERS, kind="actor")),
    Case("privacy.tokens.tokenize", "lists", lambda: _of_kind(tokens.tokenize, KEY, LISTS, kind="actor")),
    _secret("privacy.tokens.reveal", "flipped", lambda: _reveal(text(altered(TOKEN)))),
    _secret("privacy.tokens.reveal", "another-key", lambda: _reveal(text(TOKEN), KEY[::-1])),
    *[
        _secret("privacy.tokens.reveal", name, partial(_reveal, value))
        for name, value in (
            ("a-text", TEXT),
            ("nul", text(NUL)),
            ("long", text(LONG)),
            ("garbled", garbled()),
            ("numbers", NUMBERS),
        )
    ],
    Case("privacy.tokens.opened", "a-text", lambda: tokens.opened(AesSiv(KEY * 2), TEXT, "actor")),
    Case("privacy.tokens.each_length", "numbers", lambda: tokens.each_length(NUMBERS, lambda rows: rows)),
    Case("privacy.tokens.each_length", "lists", lambda: tokens.each_length(LISTS, lambda rows: rows)),
    Case("privacy.tokens.to_hex", "a-text", lambda: tokens.to_hex(PLANTED)),
    Case("privacy.seal_rows.SubjectKey", "short", lambda: seal_rows.SubjectKey(PLANTED.encode(), KEY[:5])),
    Case("privacy.seal_rows.SubjectKey", "text", lambda: seal_rows.SubjectKey(PLANTED.encode(), PLANTED)),
    # -- redaction
    Case("redaction.sure_kinds.sure_kinds", "number", lambda: sure_kinds.sure_kinds(NUMBER)),
    Case("redaction.sure_kinds.sure_kinds", "surrogate", lambda: sure_kinds.sure_kinds(SURROGATE), refused=False),
    Case("redaction.sure_kinds.sure_kinds", "long", lambda: sure_kinds.sure_kinds(LONG), refused=False),
    *[
        each
        for of, function in (
            ("findings", engine.findings),
            ("findings_of", lambda one, **how: engine.findings_of([one], **how)),
        )
        for each in (
            Case(f"redaction.engine.{of}", "kind", partial(function, PLANTED, kinds=[PLANTED])),
            Case(f"redaction.engine.{of}", "number", partial(function, NUMBER)),
            Case(f"redaction.engine.{of}", "bytes", partial(function, PLANTED.encode())),
            Case(f"redaction.engine.{of}", "surrogate", partial(function, SURROGATE), refused=False),
            Case(f"redaction.engine.{of}", "nul", partial(function, NUL), refused=False),
            Case(f"redaction.engine.{of}", "long", partial(function, LONG), refused=False),
            Case(
                f"redaction.engine.{of}",
                "no-iban",
                partial(function, f"GB29 NWBK 6016 1331 9268 19 {PLANTED}"),
                refused=False,
            ),
        )
    ],
    Case("redaction.engine.findings", "kind-ungated", lambda: engine.findings(PLANTED, kinds=[PLANTED], gated=False)),
    Case(
        "redaction.engine.findings",
        "no-iban-ungated",
        lambda: engine.findings(f"IBAN DE44 {PLANTED} 5001 0517", gated=False),
        refused=False,
    ),
    Case("redaction.finding.apart", "texts", lambda: finding.apart([PLANTED])),
    Case("redaction.finding.apart", "null", lambda: finding.apart([replace(FOUND, start=None, kind=PLANTED)])),
    Case("redaction.gazetteer.fold", "number", lambda: gazetteer.fold(NUMBER)),
    Case("redaction.gazetteer.fold", "surrogate", lambda: gazetteer.fold(SURROGATE), refused=False),
    Case("redaction.gazetteer.first_words", "number", lambda: gazetteer.first_words(lambda: [NUMBER])),
    Case("redaction.kind.Clues", "number", lambda: kind.Clues(NUMBER)),
    Case("redaction.kind.Kind.spans", "number", lambda: kind.Kind("X", ("x",), bool).spans(NUMBER)),
    Case("redaction.kind.luhn", "number", lambda: kind.luhn(NUMBER)),
    Case("redaction.kind.luhn", "superscript", lambda: kind.luhn(f"²{NUMBER}")),
    Case("redaction.names.person_gate", "a-text", lambda: names.person_gate(PLANTED)),
    Case("redaction.numbers.number_gate", "a-text", lambda: numbers.number_gate(PLANTED)),
    Case("redaction.phones.phone_gate", "a-text", lambda: phones.phone_gate(PLANTED)),
    Case("redaction.towns.town_gate", "a-text", lambda: towns.town_gate(PLANTED)),
    *[
        each
        for function in (
            names.person_spans,
            names.is_given,
            numbers.number_spans,
            phones.phone_spans,
            towns.town_spans,
            plain_text.plain_text,
        )
        for of in [f"{function.__module__.removeprefix('transforms.')}.{function.__name__}"]
        for each in (
            Case(of, "number", partial(function, NUMBER)),
            Case(of, "null", partial(function, None)),
            Case(of, "surrogate", partial(function, SURROGATE), refused=False),
            Case(of, "nul", partial(function, f"call +{NUMBER}\0 in {PLANTED}"), refused=False),
        )
    ],
    Case("redaction.plain_text.PlainText.place", "beyond", lambda: plain_text.plain_text(f"é{PLANTED}").place(0, 99)),
    Case("redaction.operators.redact", "overlap", lambda: operators.redact(PLANTED, [FOUND, FOUND], operators.drop)),
    Case(
        "redaction.operators.redact",
        "beyond",
        lambda: operators.redact(PLANTED, [replace(FOUND, end=99)], operators.drop),
    ),
    Case("redaction.operators.redact", "number", lambda: operators.redact(NUMBER, [FOUND], operators.drop)),
    Case("redaction.operators.drop", "no-finding", lambda: operators.drop(None, PLANTED), refused=False),
    Case("redaction.operators.mask", "no-finding", lambda: operators.mask(None, PLANTED), refused=False),
    Case("redaction.operators.placeholder", "no-finding", lambda: operators.placeholder(PLANTED, PLANTED)),
    Case("redaction.operators.Token.__call__", "number", lambda: operators.Token(KEYS, "case")(FOUND, NUMBER)),
    Case(
        "redaction.operators.Token.__call__",
        "surrogate",
        lambda: operators.Token(KEYS, "case")(FOUND, SURROGATE),
        refused=False,
    ),
    Case("redaction.operators.Encrypt.__call__", "number", lambda: operators.Encrypt(KEYS, "case")(FOUND, NUMBER)),
    Case(
        "redaction.operators.Encrypt.__call__",
        "surrogate",
        lambda: operators.Encrypt(KEYS, SURROGATE)(FOUND, SURROGATE),
        refused=False,
    ),
    _secret(
        "redaction.operators.Encrypt.decrypt",
        "flipped",
        lambda: operators.Encrypt(KEYS, "case").decrypt(altered(ENCRYPTED, 12)),
    ),
    _secret(
        "redaction.operators.Encrypt.decrypt",
        "another-case",
        lambda: operators.Encrypt(KEYS, "other").decrypt(ENCRYPTED),
    ),
    *[
        _secret("redaction.operators.Encrypt.decrypt", name, partial(operators.Encrypt(KEYS, "case").decrypt, value))
        for name, value in (
            ("a-text", PLANTED),
            ("surrogate", f"[{SURROGATE}:{SURROGATE}]"),
            ("nul", NUL),
            ("long", LONG),
            ("number", NUMBER),
        )
    ],
    Case("redaction.operators.operator", "name", lambda: operators.operator(PLANTED)),
    Case("redaction.operators.operator", "name-with-key", lambda: operators.operator(PLANTED, keys=KEYS, case="case")),
    # -- location and risk
    Case("location.generalize_places.exceeds", "a-text", lambda: generalize_places.exceeds(PLANTED, 1, 1)),
    Case("location.generalize_places.exceeds", "no-cell", lambda: generalize_places.exceeds(f"{NUMBER}", 1, 1)),
    Case(
        "location.generalize_places.finest_resolution",
        "a-text",
        lambda: generalize_places.finest_resolution(PLANTED, 1),
    ),
    Case("location.generalize_places.allowed_cell", "a-text", lambda: generalize_places.allowed_cell(PLANTED, 1, 1)),
    Case("location.generalize_places.allowed_cell", "no-cell", lambda: generalize_places.allowed_cell(NUMBER, 1, 1)),
    Case("location.tile_cells.Tiling.tile", "a-text", lambda: TILING.tile(PLANTED)),
    Case("location.tile_cells.Tiling.tile", "no-cell", lambda: TILING.tile(str(NUMBER))),
    Case("location.tile_cells.Tiling.tile", "null", lambda: TILING.tile(None)),
    Case("location.tile_cells.Tiling.coarse", "a-text", lambda: TILING.coarse(PLANTED)),
    Case("location.tile_cells.Tiling.coarse", "no-cell", lambda: TILING.coarse(str(NUMBER))),
    Case(
        "location.tile_cells.tile_by_residents",
        "a-text",
        lambda: tile_cells.tile_by_residents({PLANTED: 1}, [], **TILE),
    ),
    Case(
        "location.tile_cells.tile_by_residents",
        "residents",
        lambda: tile_cells.tile_by_residents({CELL: PLANTED}, [], **TILE),
    ),
    Case(
        "location.tile_cells.tile_by_residents",
        "a-place",
        lambda: tile_cells.tile_by_residents({CELL: 1}, [(PLANTED, PLANTED, 1)], **TILE),
    ),
    Case(
        "location.tile_cells.tile_by_residents",
        "a-short-place",
        lambda: tile_cells.tile_by_residents({CELL: 1}, [(PLANTED,)], **TILE),
    ),
    Case("risk.summarize_actor_days.gap_m", "a-text", lambda: summarize_actor_days.gap_m(PLANTED, CELL)),
    Case("risk.summarize_actor_days.gap_m", "no-cell", lambda: summarize_actor_days.gap_m(CELL, str(NUMBER))),
]
CASES: list[Case] = [*_fed, *LATTICES, *NOISE]
