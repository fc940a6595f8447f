"""Release rows of a table of the lake as its declaration says: a day at a time, proven, and made once."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from jobs.allowed_rows import WHY, count_by_reason, reasoned_rows
from jobs.job import Built, Inputs, Job
from jobs.release_job import release_job
from quality.checks.check_released_rows import check_classes, check_days, check_kept, check_proven
from quality.checks.differing_rows import differing_rows
from quality.checks.verdict import Verdict
from quality.contracts import DATE, Contract, contract
from quality.releases.contract_of_table import DECLARATION

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from jobs.release.release_days import Proof
    from quality.releases.declaration import TableRelease

CHECKS = ("classes_hold", "rows_proven", "days_released", "rows_as_they_are")
TOO_SMALL_K, NOT_PROVEN = "k_below_policy", "not_proven"


def table_job(writes: Contract) -> Job:
    """Return the job that publishes a declared anonymous table."""
    return release_job(writes, build_table_release, _holds, CHECKS)


def build_table_release(inputs: Inputs, *, name: str) -> Built:
    """Make each day's rows anonymous, of those whose consent holds as of this use, and publish what is proven.

    A day that was published keeps its rows, whatever became of what they were made of. A release of a smaller k than
    the policy's publishes nothing, and takes back what is out. Rows that are not published are told as withheld, each
    with the reason.
    """
    from pyspark.sql import functions as F

    release = _declared(name)
    rows = reasoned_rows(inputs, release)
    counted = count_by_reason(rows)
    left_out = Counter({key: count for key, count in counted.items() if key[1] is not None})
    shown = _shown(inputs, release)
    out = set(_days(shown))
    made, proven = _made(inputs, release), _proofs(inputs, release)
    for (day, why), count in counted.items():
        if why is None and day not in out:
            left_out.update(_left_out(inputs, release, day, count, proven.get(day)))
    frames = [
        made.where(~F.col(DATE).isin(*out))
        .withColumn("_rows", F.lit(1).cast("long"))
        .withColumn("_level", F.lit("rows")),
        _as_published(shown, {day: counted.get((day, None), 0) for day in out}),
    ]
    withheld = [(*key, count) for key, count in left_out.items()]
    schema = f"{DATE} date, reason string, rows long"
    return Built(frames[0].unionByName(frames[1]), rows.sparkSession.createDataFrame(withheld, schema))


def _declared(name: str) -> TableRelease:
    from quality.releases.contract_of import table_release

    return table_release(name)


def _allowed(inputs: Inputs, release: TableRelease) -> DataFrame:
    return _none_below(inputs, release, reasoned_rows(inputs, release).where(f"{WHY} is null"))


def _below(inputs: Inputs, release: TableRelease) -> bool:
    return release.k < inputs.rules.release.k


def _none_below(inputs: Inputs, release: TableRelease, df: DataFrame) -> DataFrame:
    """Return the rows, or none where the release asks for fewer persons than the policy."""
    return df.where("false") if _below(inputs, release) else df


def _with_proofs(inputs: Inputs, release: TableRelease) -> DataFrame:
    from jobs.release.read_hierarchies import hierarchy_texts
    from jobs.release.release_days import release_days
    from quality.releases.load_release import locate_release

    texts = hierarchy_texts(release, locate_release(release.name))
    writes = contract(f"curated.{release.name}")
    return inputs.keep("released", lambda: release_days(_allowed(inputs, release), release, texts, writes))


def _made(inputs: Inputs, release: TableRelease) -> DataFrame:
    from jobs.release.release_days import PROOF

    return _with_proofs(inputs, release).where(f"{PROOF} is null").drop(PROOF)


def _proofs(inputs: Inputs, release: TableRelease) -> dict[date, Proof]:
    from jobs.release.release_days import proofs

    return proofs(_with_proofs(inputs, release))


def _shown(inputs: Inputs, release: TableRelease) -> DataFrame:
    return inputs.keep("shown", lambda: _none_below(inputs, release, inputs.shown()))


def _days(df: DataFrame) -> list[date]:
    return [row[DATE] for row in df.select(DATE).distinct().collect()]


def _left_out(
    inputs: Inputs, release: TableRelease, day: date, rows: int, proof: Proof | None
) -> dict[tuple[date, str], int]:
    """Return why rows of a day that may be used are not published."""
    if _below(inputs, release):
        return {(day, TOO_SMALL_K): rows}
    if proof is None or proof.failed:
        return {(day, NOT_PROVEN): rows}
    return {(day, why): count for why, count in proof.left_out.items()}


def _as_published(shown: DataFrame, allowed: dict[date, int]) -> DataFrame:
    """Return rows that are out already; the first of each day stands for all rows of now that may be used."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    first = F.row_number().over(Window.partitionBy(DATE).orderBy(F.lit(0))) == 1
    counts = F.create_map(*[F.lit(each) for pair in allowed.items() for each in pair]) if allowed else F.lit(None)
    rows = F.when(first, counts[F.col(DATE)]).otherwise(0) if allowed else F.lit(0)
    return shown.withColumn("_rows", rows.cast("long")).withColumn("_level", F.lit("as_published"))


def _holds(df: DataFrame, inputs: Inputs, *, name: str) -> list[Verdict]:
    from pyspark.sql import functions as F

    release, columns = _declared(name), list(contract(f"curated.{name}").column_names)
    shown, made, declaration = _shown(inputs, release), _made(inputs, release), release.version[:12]
    out, others = _days(shown), _days(shown.where(F.col(DECLARATION.name) != declaration))
    new = made.where(~F.col(DATE).isin(*out))
    values = [name for name in columns if name != DECLARATION.name]  # whose other name changes no row
    gone, came = differing_rows(shown, made.where(F.col(DATE).isin(*out)), values)
    changed = _days(gone.union(came))
    return [
        check_classes(df, tuple(release.quasi_ids), release.k, declaration),
        check_proven(df, new.select(*columns).unionByName(shown.select(*columns)), columns),
        _days_released(inputs, release, out),
        check_kept(changed, set(changed) & set(others), name),
    ]


def _days_released(inputs: Inputs, release: TableRelease, out: list[date]) -> Verdict:
    proven = {day: proof for day, proof in _proofs(inputs, release).items() if day not in out}
    failed = {day: proof.failed for day, proof in proven.items()}
    if _below(inputs, release):
        failed = {day: (TOO_SMALL_K,) for day in _days(reasoned_rows(inputs, release).where(f"{WHY} is null"))}
    least = min((proof.k for proof in proven.values() if not proof.failed), default=0)
    return check_days(failed, {day: proof.undecided for day, proof in proven.items()}, least)
