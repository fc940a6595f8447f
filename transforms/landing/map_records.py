"""From records of landed files to typed rows of a raw or reference contract, each with the reason if it is not good."""

from __future__ import annotations

from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from quality.contracts import DATE
from quality.sources.mapping import Emit, Mapping
from transforms.landing.date_records import applies, event_date, event_time, in_bounds
from transforms.landing.find_violations import violation
from transforms.landing.parse_rule import Parsed, parse_rule

NO_LEGAL_BASIS = "no_legal_basis"
"""The one reason for which a row is rejected, and nothing of it is kept; all others are for quarantine."""

_TYPED = "_typed_"

_ONCE = "_once"
"""A column that has another value each time it is computed, which ``_reason`` looks at: so Spark does not push a filter
on ``_reason`` below the typed columns, where it would compute each of them again for every rule that it may break."""


def map_records(records: DataFrame, mapping: Mapping, emit: Emit) -> DataFrame:
    """Map each record to which ``emit`` applies into one row: the contract's columns, ``_reason``, ``_payload``.

    ``records`` holds the source's columns (text, or native types from Parquet), ``_file_id``, ``_landed_at``,
    ``_stand_in`` and ``_corrupt`` (null when well-formed). ``_reason`` is null for a good row, else the first of
    ``no_legal_basis`` (a personal contract, and the mapping declares none: every row), ``malformed_record``,
    ``missing:<column>``, ``unparseable:<column>``, ``unmapped_value:<column>``, ``time_out_of_bounds``,
    ``out_of_bounds:<column>``. ``_payload`` is the original record, its mapped columns as JSON, for quarantine:
    null when good and when rejected. ``event_date`` is never null: ``_stand_in`` is the date of a bad time.
    """
    rules = {
        name: parse_rule(rule, emit.contract[name], source=mapping.name, schema=records.schema)
        for name, rule in emit.columns.items()
    }
    typed = {_TYPED + name: parsed.value for name, parsed in rules.items()}
    if "event_time" in rules:
        typed[_TYPED + "event_time"] = event_time(records, mapping, emit)
    typed[_ONCE] = F.monotonically_increasing_id()
    rows = records.where(applies(records, mapping, emit)).withColumns(typed)
    rows = rows.withColumn("_reason", _reason(rules, mapping, emit))
    return rows.select(*_columns(mapping, emit), "_reason", _payload(mapping).alias("_payload"))


def _reason(rules: dict[str, Parsed], mapping: Mapping, emit: Emit) -> SparkColumn:
    contract = emit.contract
    if contract.personal and not mapping.legal_basis:
        return F.lit(NO_LEGAL_BASIS)
    doubtful = {name for name, parsed in rules.items() if not parsed.certain}
    ordered = [(contract[name], rules[name]) for name in contract.column_names if name in doubtful]
    found = [F.when(F.col(_ONCE) < 0, F.lit(_ONCE)), F.when(F.col("_corrupt").isNotNull(), F.lit("malformed_record"))]
    found += [F.when(~p.present, F.lit(f"missing:{c.name}")) for c, p in ordered if c.required]
    found += [F.when(_unreadable(p, F.col(_TYPED + c.name)), F.lit(f"unparseable:{c.name}")) for c, p in ordered]
    found += [F.when(p.unmapped, F.lit(f"unmapped_value:{c.name}")) for c, p in ordered if p.unmapped is not None]
    if "event_time" in rules:
        found.append(F.when(~in_bounds(F.col(_TYPED + "event_time")), F.lit("time_out_of_bounds")))
    return F.coalesce(*found, violation(contract, doubtful, prefix=_TYPED))


def _unreadable(parsed: Parsed, value: SparkColumn) -> SparkColumn:
    unreadable = parsed.present & value.isNull()
    return unreadable if parsed.unmapped is None else unreadable & ~parsed.unmapped


def _columns(mapping: Mapping, emit: Emit) -> list[SparkColumn]:
    time = F.col(_TYPED + "event_time") if "event_time" in emit.columns else F.lit(None).cast("timestamp")
    filled = {
        "source": F.lit(mapping.name),
        "mapping_version": F.lit(mapping.version),
        "file_id": F.col("_file_id"),
        "landed_at": F.col("_landed_at"),
        DATE: event_date(time),
    }
    mapped = {name: F.col(_TYPED + name) for name in emit.columns}
    absent = F.lit(None)
    return [(filled.get(c.name, mapped.get(c.name, absent))).cast(c.type).alias(c.name) for c in emit.contract]


def _payload(mapping: Mapping) -> SparkColumn:
    names = ["`" + name.replace("`", "``") + "`" for name in (*mapping.source_columns, "_corrupt")]
    held = F.col("_reason").isNotNull() & (F.col("_reason") != NO_LEGAL_BASIS)
    return F.when(held, F.to_json(F.struct(*names)))
