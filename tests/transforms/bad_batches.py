"""Bad batches for every function that `transforms` sends to Python workers, called as a worker would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa

from quality.contracts import Column, Contract, Sensitivity
from quality.contracts.shared_columns import EVENT_DATE, carried
from quality.policies.redaction import Redaction
from tests.transforms.bad_input import (
    BROKEN,
    CELL,
    CONTRACT,
    EU,
    KEYS,
    LISTS,
    LONG,
    NUL,
    NUMBERS,
    SEALED,
    TEXT,
    TILING,
    TOKEN,
    altered,
    flipped,
    garbled,
    text,
)
from tests.transforms.bad_noise import TEXTS, release
from tests.transforms.planted import FAR, NUMBER, PLANTED, Workers
from transforms.arrow_function import arrow_function
from transforms.location.generalize_places import generalize_places
from transforms.location.tile_cells import with_tiles
from transforms.noise.noisy_frame import noisy_frame
from transforms.privacy.identifiers import Domain
from transforms.privacy.protect_rows import protect_rows
from transforms.privacy.pseudonymize_columns import pseudonym_function, pseudonymize_columns
from transforms.privacy.seal_rows import open_rows, seal_rows
from transforms.privacy.tokenize_columns import token_function
from transforms.privacy.unite_shared_devices import unite_shared_devices
from transforms.redaction.operators import Encrypt, Token, drop
from transforms.redaction.redact_column import redact_column
from transforms.risk import summarize_actor_days


@dataclass(frozen=True)
class Batch:
    """A transform ``of`` that ``start`` calls with a stand-in for a frame, and a batch for each function it sends."""

    of: str
    what: str
    start: Callable[[Workers], object]
    batch: tuple[object, ...]
    refused: bool = True
    also: tuple[bytes, ...] = ()

    def __str__(self) -> str:
        """Name it for a report."""
        return f"{self.of}-{self.what}"


NOTES = replace(CONTRACT, name="clean.notes")
SHOWN = Contract(
    "protected.notes",
    "Notes.",
    "one",
    (
        Column("who_key", "string", "Pseudonym.", Sensitivity.PSEUDONYM, source=("clean.notes.who",)),
        carried(NOTES["note"], "clean.notes"),
        carried(EVENT_DATE, "clean.notes"),
    ),
)
MONTHLY = Domain("eu", "analytics", "month")
MONTH, DAYS = text("2024-06"), pa.array([19876], pa.date32())
ROW = pa.StructArray.from_arrays([TEXT, TEXT, pa.array([float(NUMBER)])], ["who", "note", "size"])


def _pseudonyms(keys=KEYS, domain=EU):
    return lambda workers: pseudonymize_columns(
        workers.frame, columns={"actor_key": ("who", "actor")}, keys=keys, domain=domain
    )


def _protect(keys=KEYS):
    return lambda workers: protect_rows(
        workers.frame, NOTES, SHOWN, keys=keys, domain=EU, redaction=Redaction(operator="placeholder")
    )


def _redact(operator=drop, **how):
    return lambda workers: redact_column(workers.frame, "note", operator=operator, **how)


def _sealing(keys=KEYS):
    return lambda workers: seal_rows(workers.frame, CONTRACT, keys)


def _opening(workers):
    return open_rows(workers.frame, CONTRACT, KEYS)


def _places(workers):
    return generalize_places(workers.frame, min_area_m2=1e6, min_radius_m=1e3)


def _gaps(workers):
    return summarize_actor_days._gap_udf()


def _tiles(workers):
    return with_tiles(workers.frame, TILING)


def _raising(value):
    def raising(values: pa.Array) -> pa.Array:
        raise ValueError(f"bad: {value}")

    return lambda workers: arrow_function(raising, "string")


def _noisy(release):
    columns = pa.schema([("who", pa.string()), ("place", pa.string()), ("size", pa.string())])
    return lambda workers: noisy_frame(
        workers.frame, release, keys=KEYS.pseudonym, domain=EU, noise=None, listed=None, reads=columns, writes=columns
    )


BATCHES = [
    Batch("noise.noisy_frame.noisy_frame", "texts-as-numbers", _noisy(release()), (iter(TEXTS.to_batches()),)),
    Batch("arrow_function.arrow_function", "an-error-with-the-value", _raising(PLANTED), (TEXT,)),
    *[
        Batch(f"privacy.pseudonymize_columns.{of}", what, start, batch)
        for of, usual, broken in (
            ("pseudonymize_columns", _pseudonyms(), _pseudonyms(BROKEN)),
            (
                "pseudonym_function",
                lambda _: pseudonym_function(KEYS, EU, "ip"),
                lambda _: pseudonym_function(BROKEN, EU, "ip"),
            ),
        )
        for what, start, batch in (
            ("numbers", usual, (NUMBERS,)),
            ("lists", usual, (LISTS,)),
            ("two-columns", usual, (TEXT, TEXT)),
            ("no-key", broken, (TEXT,)),
            ("garbled", usual, (garbled(b"::" + PLANTED.encode() + b"\xff"),)),
        )
    ],
    Batch("privacy.pseudonymize_columns.pseudonymize_columns", "month", _pseudonyms(domain=MONTHLY), (TEXT, NUMBERS)),
    Batch(
        "privacy.pseudonymize_columns.pseudonymize_columns",
        "no-month",
        _pseudonyms(domain=MONTHLY),
        (TEXT, text(None)),
        refused=False,
    ),
    Batch("privacy.protect_rows.protect_rows", "numbers", _protect(), (NUMBERS,)),
    Batch("privacy.protect_rows.protect_rows", "garbled", _protect(), (garbled(),)),
    Batch("privacy.protect_rows.protect_rows", "no-texts", _protect(), (LISTS,)),
    Batch("privacy.seal_rows.seal_rows", "number-as-subject", _sealing(), (ROW, NUMBERS, DAYS)),
    Batch(
        "privacy.seal_rows.seal_rows", "no-date", _sealing(), (ROW, TEXT, pa.array([None], pa.date32())), refused=False
    ),
    Batch("privacy.seal_rows.seal_rows", "text-as-date", _sealing(), (ROW, TEXT, TEXT)),
    Batch("privacy.seal_rows.seal_rows", "no-vault", _sealing(BROKEN), (ROW, TEXT, DAYS)),
    Batch("privacy.seal_rows.seal_rows", "a-column-less", _sealing(), (ROW.flatten()[0], TEXT, DAYS)),
    Batch(
        "privacy.seal_rows.open_rows",
        "flipped",
        _opening,
        (SEALED.index, SEALED.epoch, pa.array([flipped(SEALED.rows[0].as_py(), -1)])),
    ),
    Batch("privacy.seal_rows.open_rows", "another-epoch", _opening, (SEALED.index, TEXT, SEALED.rows)),
    Batch(
        "privacy.seal_rows.open_rows", "a-text", _opening, (SEALED.index, SEALED.epoch, pa.array([PLANTED.encode()]))
    ),
    Batch("privacy.seal_rows.open_rows", "null", _opening, (pa.array([PLANTED.encode()]), text(None), SEALED.rows)),
    Batch(
        "privacy.tokenize_columns.token_function", "numbers", lambda _: token_function(KEYS, EU, "actor"), (NUMBERS,)
    ),
    Batch("privacy.tokenize_columns.token_function", "no-key", lambda _: token_function(BROKEN, EU, "actor"), (TEXT,)),
    *[
        Batch(
            "privacy.tokenize_columns.token_function",
            f"{what}-back",
            lambda _: token_function(KEYS, EU, "actor", back=True),
            (token,),
            also=(TOKEN.encode(),),
        )
        for what, token in (
            ("flipped", text(altered(TOKEN))),
            ("a-text", TEXT),
            ("nul", text(NUL)),
            ("long", text(LONG)),
        )
    ],
    Batch(
        "privacy.unite_shared_devices.unite_shared_devices",
        "mixed",
        lambda workers: unite_shared_devices(workers.frame, workers.frame),
        (pd.DataFrame({"a": [PLANTED, NUMBER], "d": [PLANTED, PLANTED]}),),
    ),
    Batch(
        "privacy.unite_shared_devices.unite_shared_devices",
        "no-device",
        lambda workers: unite_shared_devices(workers.frame, workers.frame),
        (pd.DataFrame({"a": [PLANTED]}),),
    ),
    Batch("redaction.redact_column.redact_column", "numbers", _redact(), (NUMBERS,)),
    Batch("redaction.redact_column.redact_column", "lists", _redact(), (LISTS,)),
    Batch("redaction.redact_column.redact_column", "garbled", _redact(), (garbled(),)),
    Batch("redaction.redact_column.redact_column", "kind", _redact(kinds=[PLANTED]), (TEXT,)),
    Batch("redaction.redact_column.redact_column", "no-key", _redact(Token(BROKEN, "case"), whole=True), (TEXT,)),
    Batch(
        "redaction.redact_column.redact_column",
        "no-key-to-encrypt",
        _redact(Encrypt(BROKEN, "case"), whole=True),
        (TEXT,),
    ),
    Batch("redaction.redact_column.redact_column", "long", _redact(), (text(LONG),), refused=False),
    Batch("redaction.redact_column.redact_column", "nul", _redact(), (text(NUL, None),), refused=False),
    Batch("location.generalize_places.generalize_places", "texts", _places, (TEXT, TEXT)),
    Batch(
        "location.generalize_places.generalize_places",
        "beyond",
        _places,
        (pa.array([FAR, float("inf")]), pa.array([FAR, FAR])),
    ),
    Batch("location.generalize_places.generalize_places", "lists", _places, (LISTS, LISTS)),
    Batch(
        "location.generalize_places.generalize_places",
        "one-is-null",
        _places,
        (pa.array([FAR]), pa.array([None], pa.float64())),
        refused=False,
    ),
    Batch("location.tile_cells.with_tiles", "a-text", _tiles, (TEXT,)),
    Batch("location.tile_cells.with_tiles", "no-cell", _tiles, (text(str(NUMBER)),)),
    Batch("location.tile_cells.with_tiles", "null", _tiles, (text(None, CELL),), refused=False),
    Batch("risk.summarize_actor_days.summarize_actor_days", "a-text", _gaps, (TEXT, text(CELL))),
    Batch("risk.summarize_actor_days.summarize_actor_days", "blank", _gaps, (text(f"{PLANTED} {PLANTED}"), text(CELL))),
    Batch("risk.summarize_actor_days.summarize_actor_days", "numbers", _gaps, (NUMBERS, NUMBERS)),
    Batch("risk.summarize_actor_days.summarize_actor_days", "null", _gaps, (TEXT, text(None)), refused=False),
]
