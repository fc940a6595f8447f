"""Try a source mapping on a file: what each column would become, without landing anything or showing a value."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.catalog import now
from jobs.describe_source import rejects_all, rule_in_words, when_in_words
from jobs.landing.file_name import told
from jobs.landing.file_opening import PlainFile
from jobs.landing.probe_file import Probe, probe_file
from jobs.listings import SourceTrial, TriedColumn, TriedEmit
from jobs.reasons import explain_reason
from jobs.report import REJECTIONS
from quality.contracts import CONTRACTS, DATE
from quality.contracts.errors import GeowardError
from quality.sources.mapping import Emit, Mapping

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession


def try_source(
    mapping: Mapping, path: Path, *, spark: Callable[[], SparkSession], purposes: Collection[str],
    limit: int = 0,
) -> SourceTrial:  # fmt: skip
    """Map the file's records, all or the first ``limit``, and count what becomes of them.

    A row is good when raw keeps it and it lies within the clean table's bounds. ``purposes`` are the policy's.
    Spark is asked for only when the file passes the probe. Raises ``GeowardError`` when Spark cannot read the file.
    """
    probe = probe_file(path, mapping)
    if probe.reason:
        return _trial(mapping, path, probe, 0, False, [], purposes)
    from pyspark.errors import PySparkException

    try:
        records = _records(mapping, path, probe, spark())
        records = records.limit(limit) if limit else records
        count = records.count()
        emits = [_tried(records, mapping, emit) for emit in mapping.emits]
    except PySparkException:  # its message may hold values
        meaning, mend = explain_reason("unreadable_by_spark")
        raise GeowardError(meaning, mend=mend) from None
    return _trial(mapping, path, probe, count, bool(limit) and count >= limit, emits, purposes)


def _records(mapping: Mapping, path: Path, probe: Probe, spark: SparkSession) -> DataFrame:
    """Read the file where it lies, as it would be read once it landed."""
    from jobs.landing.read_records import LandedFile, read_records

    with path.open("rb") as file:
        file_id = hashlib.file_digest(file, "sha256").hexdigest()
    moment, own = now(), PlainFile(path.absolute())
    [records] = read_records(spark, [LandedFile(own, file_id, moment, probe.columns, moment.date())], mapping)
    return records


def _tried(records: DataFrame, mapping: Mapping, emit: Emit) -> TriedEmit:
    from pyspark.sql import functions as F

    from transforms.landing.map_records import map_records

    mapped = [name for name in emit.contract.column_names if name in emit.columns]
    filled = [F.count(name).alias(f"filled_{name}") for name in mapped]
    rows = map_records(records, mapping, emit).withColumn("_reason", F.coalesce("_reason", _clean_reason(emit)))
    found = (
        rows.groupBy("_reason")
        .agg(F.count(F.lit(1)).alias("rows"), F.min(DATE).alias("first"), F.max(DATE).alias("last"), *filled)
        .collect()
    )
    counts = Counter({row["_reason"]: row["rows"] for row in found})
    good: dict[str, Any] = next((row.asDict() for row in found if row["_reason"] is None), {})
    dated = good if "event_time" in emit.columns else {}
    return TriedEmit(
        table=emit.to, when=when_in_words(emit.when), rows=sum(counts.values()), good=good.get("rows", 0),
        quarantined_by={reason: n for reason, n in counts.most_common() if reason and reason not in REJECTIONS},
        rejected={reason: n for reason, n in counts.most_common() if reason in REJECTIONS},
        first_date=dated.get("first"), last_date=dated.get("last"),
        columns=[_column(emit, name, good) for name in mapped],
    )  # fmt: skip


def _clean_reason(emit: Emit) -> Column:
    """Return why the clean table would quarantine a row that raw keeps, or null."""
    from pyspark.sql import functions as F

    from transforms.landing.find_violations import violation

    clean = CONTRACTS.get(emit.to.replace("raw.", "clean."))
    return violation(clean, set(emit.columns)) if clean else F.lit(None).cast("string")


def _column(emit: Emit, name: str, good: dict[str, Any]) -> TriedColumn:
    column, rule = emit.contract[name], emit.columns[name]
    share = round(good[f"filled_{name}"] / good["rows"], 4) if good else None
    return TriedColumn(
        column=name, type=column.type, unit=column.unit, rule=rule_in_words(rule), sources=list(rule.columns),
        filled=share,
    )  # fmt: skip


def _trial(
    mapping: Mapping, path: Path, probe: Probe, records: int, limited: bool, emits: list[TriedEmit],
    purposes: Collection[str],
) -> SourceTrial:  # fmt: skip
    return SourceTrial(
        source=mapping.name, mapping_version=mapping.version, file=told(path.name), readable=not probe.reason,
        reason=probe.reason, mend=explain_reason(probe.reason)[1] if probe.reason else "", records=records,
        limited=limited, dropped=list(probe.dropped), unknown=list(probe.unknown),
        legal_basis=dict(mapping.legal_basis), rejects_all=rejects_all(mapping, purposes), emits=emits,
    )  # fmt: skip
