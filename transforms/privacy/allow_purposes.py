"""Which purposes a row may serve: by its source's legal basis, by consent, and by the actor's age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql import types as T

from transforms.typed import typed


@dataclass(frozen=True, slots=True)
class Grant:
    """How rows may serve one purpose: freely from some sources, with consent from others; minors only if allowed."""

    free: frozenset[str]
    on_consent: frozenset[str]
    allow_minors: bool


def consent_spans(consents: DataFrame) -> DataFrame:
    """Return (subject_id, purpose, given_from, given_until) spans in which consent held; ``given_until`` is exclusive.

    The latest statement as of a moment holds. Of statements at the same moment a refusal wins. No statement is no
    span: unknown consent means no.
    """
    typed(consents, given=T.BooleanType, event_time=T.TimestampType)
    moments = consents.groupBy("subject_id", "purpose", "event_time").agg(F.min("given").alias("given"))
    later = Window.partitionBy("subject_id", "purpose").orderBy("event_time")
    spans = moments.withColumn("given_until", F.lead("event_time").over(later)).where("given")
    return spans.select("subject_id", "purpose", F.col("event_time").alias("given_from"), "given_until")


def allow_purposes(
    df: DataFrame, *, consents: DataFrame, actors: DataFrame, grants: Mapping[str, Grant], minor_below: int
) -> DataFrame:
    """Add ``purposes`` (array, maybe empty) and ``_denied``: why a row may serve none, else null.

    ``consents`` has raw.consents' columns, ``actors`` raw.actors'. A row is a minor's when the event's year less the
    latest stated birth year is below ``minor_below`` or equal to it: in that year the birthday may be yet to come.
    """
    typed(df, event_time=T.TimestampType)
    typed(actors, birth_year=T.IntegralType, event_time=T.TimestampType)
    df = _with_age(df, actors, minor_below)
    for purpose, grant in grants.items():
        df = _with_consent(df, consents, purpose, grant)
    none = F.array().cast("array<string>")  # array_compact would be interpreted for each row
    allowed = [F.when(_serves(name, grant), F.array(F.lit(name))).otherwise(none) for name, grant in grants.items()]
    purposes = F.concat(*allowed) if allowed else none
    helpers = ["_minor", *[f"_given_{purpose}" for purpose in grants]]
    return df.withColumn("purposes", purposes).withColumn("_denied", _denied(grants)).drop(*helpers)


def _with_age(df: DataFrame, actors: DataFrame, minor_below: int) -> DataFrame:
    stated = actors.where(F.col("birth_year").isNotNull())  # a later description without it does not make an adult
    latest = stated.groupBy("actor_id").agg(F.max_by("birth_year", "event_time").alias("_born"))
    minor = F.coalesce(F.year("event_time") - F.col("_born") <= minor_below, F.lit(False))
    return df.join(latest, on="actor_id", how="left").withColumn("_minor", minor).drop("_born")


def _with_consent(df: DataFrame, consents: DataFrame, purpose: str, grant: Grant) -> DataFrame:
    name = f"_given_{purpose}"
    if not grant.on_consent:
        return df.withColumn(name, F.lit(False))
    spans = consent_spans(consents.where(F.col("purpose") == purpose)).drop("purpose").alias("s")
    holds = (
        (F.col("d.actor_id") == F.col("s.subject_id"))
        & (F.col("s.given_from") <= F.col("d.event_time"))
        & (F.col("s.given_until").isNull() | (F.col("d.event_time") < F.col("s.given_until")))
    )
    joined = df.alias("d").join(spans, on=holds, how="left")
    return joined.select("d.*", F.col("s.subject_id").isNotNull().alias(name))


def _serves(purpose: str, grant: Grant) -> Column:
    source = F.col("source")
    consented = source.isin(*sorted(grant.on_consent)) & F.col(f"_given_{purpose}")
    basis = source.isin(*sorted(grant.free)) | consented
    return basis if grant.allow_minors else basis & ~F.col("_minor")


def _denied(grants: Mapping[str, Grant]) -> Column:
    """Say why no purpose is left: age first, then missing consent, then a missing basis."""
    source = F.col("source")
    by_age = by_consent = F.lit(False)
    for purpose, grant in grants.items():
        consented = source.isin(*sorted(grant.on_consent)) & F.col(f"_given_{purpose}")
        by_age = by_age | source.isin(*sorted(grant.free)) | consented
        by_consent = by_consent | source.isin(*sorted(grant.on_consent))
    reason = F.when(by_age, "minor").when(by_consent, "no_consent").otherwise("no_legal_basis")
    return F.when(F.size("purposes") == 0, reason)
