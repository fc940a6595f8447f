"""Bad rows for the transforms that Spark computes by itself: unreadable values, and columns of a wrong type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pyarrow as pa
from pyspark.sql import functions as F
from pyspark.sql import types as T

from quality.contracts import Column, Sensitivity, contract
from quality.contracts.at_rest import at_rest
from quality.sources.mapping import Mapping
from tests.transforms.bad_batches import MONTHLY
from tests.transforms.bad_input import BROKEN, CELL, CONTRACT, EU, KEYS, LONG, NUL, TILING
from tests.transforms.planted import FAR, NUMBER, PLANTED
from transforms.arrow_function import arrow_function
from transforms.cleaning.mark_duplicates import mark_duplicates
from transforms.landing import date_records, map_records, parse_rule, parse_time
from transforms.landing.find_violations import violation
from transforms.location.generalize_places import generalize_places
from transforms.location.tile_cells import with_tiles
from transforms.privacy.allow_purposes import Grant, allow_purposes, consent_spans
from transforms.privacy.count_places import count_places
from transforms.privacy.pseudonymize_columns import pseudonym_function, pseudonymize_columns
from transforms.privacy.release_crowds import levels_of, release_crowds, with_level
from transforms.privacy.seal_rows import open_rows, seal_rows
from transforms.privacy.tokenize_columns import token_function
from transforms.redaction.operators import Token
from transforms.redaction.redact_column import redact_column
from transforms.risk.summarize_actor_days import summarize_actor_days
from transforms.typed import typed
from transforms.utc_date import utc_date


@dataclass(frozen=True)
class Frame:
    """Bad rows for a transform ``of``: ``do`` returns a frame of them, all of whose rows are then made."""

    of: str
    what: str
    do: Callable[[Any], Any]
    refused: bool = False
    also: tuple[bytes, ...] = ()

    def __str__(self) -> str:
        """Name it for a report."""
        return f"{self.of}-{self.what}"


TEXTS = [
    PLANTED,
    NUL,
    LONG,
    str(NUMBER),
    f"{NUMBER}x",
    "9" * 400 + PLANTED,
    f"2024-13-45 {PLANTED}",
    f"{NUMBER}e{NUMBER}",
    f"2024-13-45T25:61:61.{NUMBER}Z",
    f"{NUMBER}-04-30T10:00:00Z",
    "9223372036854775807",
    "",
    " ",
    None,
]
NUMBERS = [FAR, float(NUMBER), -1e300, float("inf"), float("nan"), None]
LANDED = datetime(2024, 5, 1, 12, tzinfo=UTC)
PINGS = contract("raw.pings")
STRING = Column("x", "string", "Any.", Sensitivity.FREE_TEXT)


def texts(spark):
    return spark.createDataFrame([(one, one) for one in TEXTS], "x string, y string")


def numbers(spark, type_="double"):
    rows = [(one,) for one in NUMBERS] if type_ == "double" else [(NUMBER,), (2**63 - 1,), (-(2**63),), (None,)]
    return spark.createDataFrame(rows, f"x {type_}")


def records(spark, mapping, types="string"):
    """Return records of a landed file: in each one column after the other holds every bad value."""
    names, bad = mapping.source_columns, TEXTS if types == "string" else NUMBERS
    rows = [[one if name == bad_name else None for name in names] for bad_name in names for one in bad]
    rows += [[one] * len(names) for one in bad]
    ends = [("f" * 64, LANDED, date(2024, 4, 29), corrupt) for corrupt in (None, PLANTED)]
    schema = ", ".join(f"{name} {types}" for name in names)
    landed = "_file_id string, _landed_at timestamp, _stand_in date, _corrupt string"
    return spark.createDataFrame([(*row, *end) for row in rows for end in ends], f"{schema}, {landed}")


def mapping_of(**rules):
    columns = {
        "event_id": {"derive": ["id", "t"]},
        "actor_id": {"from": "who"},
        "event_time": {"from": "t", "iso": True},
        "latitude": {"from": "lat"},
        "longitude": {"from": "lon"},
        **rules,
    }
    emit = {"to": "raw.pings", "columns": columns}
    basis = {"legal_basis": {"risk": "Consent"}}
    return Mapping.model_validate({"name": "m", "description": "d", "format": "parquet", "emits": [emit], **basis})


MAPPINGS = {
    "plain": mapping_of(),
    "pattern": mapping_of(event_time={"from": "t", "time": "yyyy-MM-dd HH:mm:ss", "zone": "UTC"}),
    "other-pattern": mapping_of(event_time={"from": "t", "time": "M/d/yy H:mm", "zone": "Asia/Tokyo"}),
    "seconds": mapping_of(event_time={"from": "t", "epoch": "seconds"}),
    "milliseconds": mapping_of(event_time={"from": "t", "epoch": "milliseconds"}),
    "week": mapping_of(event_time={"week_hour": {"weekday": "t", "hour": "h", "week_of": "2024-04-29", "zone": "UTC"}}),
    "made": mapping_of(
        actor_id={"key": ["who", "id"]},
        speed_mps={"from": "v", "unit": {"from": "km/h", "to": "m/s"}},
        altitude_m={"from": "z", "null_if": ["-777"]},
        trip_id={"join": ["who", "id"], "with": "-"},
        device_id={"from": "a", "enum": {"1": "one"}},
    ),
}


def mapped(mapping, types, spark):
    return map_records.map_records(records(spark, mapping, types), mapping, mapping.emits[0])


def dated(mapping, types, spark):
    return date_records.date_records(records(spark, mapping, types), mapping, mapping.emits[0])


def of_records(function, mapping, types, spark):
    rows = records(spark, mapping, types)
    return rows.select(function(rows, mapping, mapping.emits[0]))


def of_rule(mapping, types, spark):
    rows, emit = records(spark, mapping, types), mapping.emits[0]
    parsed = [
        parse_rule.parse_rule(rule, emit.contract[name], source="m", schema=rows.schema)
        for name, rule in emit.columns.items()
    ]
    return rows.select(*[one.value for one in parsed], *[one.present for one in parsed])


def over(function, frame, spark):
    rows = frame(spark)
    return rows.select(function(rows))


def type_of(rows):
    return rows.schema["x"].dataType


def read_as(rule, rows):
    return parse_time.parse_time(rule, F.col("x"), type_of(rows))


CONSENTS = "subject_id string, purpose string, given {given}, event_time {time}"
ACTORS = "actor_id string, birth_year {year}, event_time {time}"
EVENTS = "actor_id string, event_time {time}, source string"
GRANTS = {"analytics": Grant(frozenset(), frozenset({PLANTED}), False)}


def allowed(spark, **types):
    """Return which purposes are allowed to rows of which some columns are texts."""
    given = {"given": "boolean", "time": "timestamp", "year": "int", **types}
    true, year, time = (
        PLANTED if given[one] == "string" else good
        for one, good in (("given", True), ("year", NUMBER % 10**9), ("time", LANDED))
    )
    consents = spark.createDataFrame([(PLANTED, "analytics", true, time)], CONSENTS.format(**given))
    actors = spark.createDataFrame([(PLANTED, year, time)], ACTORS.format(**given))
    events = spark.createDataFrame([(PLANTED, time, PLANTED)], EVENTS.format(**given))
    return allow_purposes(events, consents=consents, actors=actors, grants=GRANTS, minor_below=16)


def spans(spark, **types):
    given = {"given": "boolean", "time": "timestamp", **types}
    values = (PLANTED if given[one] == "string" else good for one, good in (("given", True), ("time", LANDED)))
    return consent_spans(spark.createDataFrame([(PLANTED, "analytics", *values)], CONSENTS.format(**given)))


VISITS = "person string, tile {tile}, coarse {tile}, event_time {time}, event_date date, _rows {rows}"
TILE = "struct<cell:string,area_m2:double,place:string>"


def leveled(spark, **types):
    given = {"tile": TILE, "time": "timestamp", "rows": "int", **types}
    tile = PLANTED if given["tile"] == "string" else (PLANTED, FAR, PLANTED)
    time, rows = (PLANTED if given[one] == "string" else good for one, good in (("time", LANDED), ("rows", 1)))
    visits = spark.createDataFrame([(PLANTED, tile, tile, time, date(2024, 5, 1), rows)], VISITS.format(**given))
    return with_level(visits, k=1, slot_hours=(1, 24), time="hour")


def released(spark, **types):
    return release_crowds(leveled(spark, **types), k=1, slot_hours=(1, 24), time="hour")


def counted(spark, **types):
    return count_places(leveled(spark, **types), k=1, slot_hours=(1, 24))


def marked(spark, landed="timestamp", content="int"):
    schema = f"event_date date, source string, event_id string, value {content}, landed_at {landed}, file_id string"
    value = PLANTED if content == "string" else NUMBER % 10**9
    row = (None, PLANTED, PLANTED, value, PLANTED if landed == "string" else LANDED, None)
    return mark_duplicates(spark.createDataFrame([row, row], schema), content=["value"])


ACTIONS = (
    "actor_key string, event_date date, action string, event_time {time}, device_key string, ip_key string, "
    "country string, text string, retain_until date"
)
PLACES = "actor_key string, event_date date, event_time {time}, cell string, retain_until date"


def raising(values: pa.Array) -> pa.Array:
    raise ValueError(values.to_pylist())


def days(spark, time="timestamp", cells=(CELL, None, CELL)):
    """Return days of an actor who moves between cells."""
    day, moments = (
        date(2024, 5, 1),
        [PLANTED] * 3 if time == "string" else [LANDED.replace(minute=one) for one in range(3)],
    )
    actions = [(PLANTED, day, "post", moments[0], PLANTED, PLANTED, PLANTED, PLANTED, day)]
    pings = [(PLANTED, day, moment, cell, day) for moment, cell in zip(moments, cells, strict=True)]
    made = [
        spark.createDataFrame(rows, schema.format(time=time)) for rows, schema in ((actions, ACTIONS), (pings, PLACES))
    ]
    return summarize_actor_days(*made)


def monthly(spark):
    rows = spark.createDataFrame([(PLANTED, PLANTED)], "who string, event_time string")
    return pseudonymize_columns(rows, columns={"who_key": ("who", "actor")}, keys=KEYS, domain=MONTHLY)


FRAMES = [
    *[
        Frame(f"landing.{of}", f"{name}-{types}", partial(do, mapping, types))
        for name, mapping in MAPPINGS.items()
        for types in ("string", "double")
        for of, do in (
            ("map_records.map_records", mapped),
            ("date_records.date_records", dated),
            ("parse_rule.parse_rule", of_rule),
        )
    ],
    *[
        Frame(
            f"landing.date_records.{function.__name__}", name, partial(of_records, function, MAPPINGS[name], "string")
        )
        for function in (date_records.applies, date_records.event_time)
        for name in ("plain", "week")
    ],
    *[
        Frame(
            f"landing.date_records.{name}",
            "moments",
            lambda spark, take=take: records(spark, MAPPINGS["plain"]).select(take(F.col("t").try_cast("timestamp"))),
        )
        for name, take in (("in_bounds", date_records.in_bounds), ("event_date", date_records.event_date))
    ],
    Frame(
        "landing.find_violations.violation",
        "rows",
        lambda spark: (
            spark.createDataFrame([], PINGS.spark_schema)
            .unionByName(texts(spark).withColumnRenamed("x", "actor_id").drop("y"), allowMissingColumns=True)
            .select(violation(PINGS))
        ),
    ),
    *[
        Frame(f"landing.parse_rule.{name}", kind, partial(over, take, frame))
        for kind, frame in (("texts", texts), ("numbers", numbers), ("whole", partial(numbers, type_="bigint")))
        for name, take in (
            ("source_column", lambda rows: parse_rule.source_column("x", rows.schema)),
            ("text", lambda rows: parse_rule.text("x", rows.schema)),
            ("as_text", lambda rows: parse_rule.as_text(F.col("x"), type_of(rows))),
            ("equals", lambda rows: parse_rule.equals(F.col("x"), type_of(rows), PLANTED)),
        )
    ],
    *[
        Frame(
            "landing.parse_time.parse_time",
            f"{name}-{kind}",
            partial(over, partial(read_as, MAPPINGS[name].emits[0].columns["event_time"]), frame),
        )
        for kind, frame in (("texts", texts), ("numbers", numbers), ("whole", partial(numbers, type_="bigint")))
        for name in ("plain", "pattern", "other-pattern", "seconds", "milliseconds")
    ],
    *[
        Frame(
            "landing.parse_time.week_hour",
            kind,
            partial(
                over,
                lambda rows: parse_time.week_hour(F.lit("monday"), F.col("x"), week_of=date(2024, 4, 29), zone="UTC"),
                frame,
            ),
        )
        for kind, frame in (("texts", texts), ("numbers", numbers), ("whole", partial(numbers, type_="bigint")))
    ],
    Frame("privacy.allow_purposes.allow_purposes", "usual", allowed),
    *[
        Frame("privacy.allow_purposes.allow_purposes", f"{one}-is-text", partial(allowed, **{one: "string"}), True)
        for one in ("given", "year", "time")
    ],
    Frame("privacy.allow_purposes.consent_spans", "given-is-text", partial(spans, given="string"), True),
    Frame("privacy.allow_purposes.consent_spans", "time-is-text", partial(spans, time="string"), True),
    *[
        Frame(f"privacy.{of}", f"{one}-is-text", partial(do, **{one: "string"}), True)
        for of, do in (
            ("release_crowds.with_level", leveled),
            ("release_crowds.release_crowds", released),
            ("count_places.count_places", counted),
        )
        for one in ("tile", "time", "rows")
    ],
    Frame("privacy.release_crowds.levels_of", "texts", lambda spark: levels_of(NUMBER), True),
    Frame("cleaning.mark_duplicates.mark_duplicates", "usual", marked),
    Frame("cleaning.mark_duplicates.mark_duplicates", "texts", partial(marked, landed="string", content="string")),
    Frame("risk.summarize_actor_days.summarize_actor_days", "null-between", days),
    Frame("risk.summarize_actor_days.summarize_actor_days", "time-is-text", partial(days, time="string"), True),
    Frame("privacy.pseudonymize_columns.pseudonymize_columns", "time-is-text", monthly, True),
    # what fails in a Python worker
    Frame(
        "privacy.tokenize_columns.token_function",
        "texts-back-in-spark",
        lambda spark: texts(spark).select(token_function(KEYS, EU, "actor", back=True)("x")),
        True,
    ),
    Frame(
        "privacy.pseudonymize_columns.pseudonym_function",
        "no-key-in-spark",
        lambda spark: texts(spark).select(pseudonym_function(BROKEN, EU, "ip")("x")),
        True,
    ),
    Frame(
        "redaction.redact_column.redact_column",
        "no-key-in-spark",
        lambda spark: redact_column(texts(spark), "x", operator=Token(BROKEN, "case"), whole=True),
        True,
    ),
    Frame(
        "location.tile_cells.with_tiles",
        "texts-in-spark",
        lambda spark: with_tiles(texts(spark), TILING, cell="x"),
        True,
    ),
    Frame(
        "location.generalize_places.generalize_places",
        "texts-in-spark",
        lambda spark: generalize_places(texts(spark), min_area_m2=1e6, min_radius_m=1e3, latitude="x", longitude="y"),
        True,
    ),
    Frame(
        "risk.summarize_actor_days.summarize_actor_days",
        "no-cells-in-spark",
        partial(days, cells=(CELL, PLANTED, CELL)),
        True,
    ),
    Frame(
        "privacy.seal_rows.seal_rows",
        "no-vault-in-spark",
        lambda spark: seal_rows(
            spark.createDataFrame([(PLANTED, PLANTED, FAR, date(2024, 5, 1))], CONTRACT.spark_schema), CONTRACT, BROKEN
        ),
        True,
    ),
    Frame(
        "privacy.seal_rows.open_rows",
        "changed-in-spark",
        lambda spark: open_rows(
            spark.createDataFrame(
                [(PLANTED.encode(), "2024-05", PLANTED.encode(), date(2024, 5, 1))], at_rest(CONTRACT).spark_schema
            ),
            CONTRACT,
            KEYS,
        ),
        True,
    ),
    Frame(
        "arrow_function.arrow_function",
        "an-error-with-the-value-in-spark",
        lambda spark: texts(spark).select(arrow_function(raising, "string")("x")),
        True,
    ),
    Frame("typed.typed", "texts", lambda spark: typed(texts(spark), x=T.TimestampType), True),
    Frame("utc_date.utc_date", "texts", partial(over, lambda rows: utc_date(F.col("x")), texts), True),
    Frame("utc_date.utc_date", "numbers", partial(over, lambda rows: utc_date(F.col("x")), numbers), True),
]
