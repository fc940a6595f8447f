"""Build a release of a table that memory does not hold: staged by Spark, proven on its files, then given its name."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from jobs.home import Home
from jobs.release.attack_release import AT_MOST, attack_release, people_of
from jobs.release.build_file import Built, measure_release
from jobs.release.build_large import PERSONS, Staged, stage_large, without_links
from jobs.release.hierarchy_paths import hierarchy_paths
from jobs.release.judge_table import judge_files
from jobs.release.read_hierarchies import hierarchy_texts
from jobs.release.write_table import digest_of
from quality.checks.anonymity.judge_kept import classes_of, judge_kept
from quality.checks.anonymity.judge_utility import judge_utility
from quality.checks.anonymity.published_table import open_engine, quoted
from quality.checks.verdict import Verdict
from quality.contracts.errors import UsageError
from quality.releases.declaration import TableRelease
from quality.releases.privacy_models import KAnonymity

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

IN_MEMORY = 3_000_000
"""Rows up to which a table is made anonymous in this process, without Spark."""

LOOKED_AT = 500_000
"""Rows of the table, and as large a part of what is published, that the loss is measured on."""


def files_of(source: Path) -> list[Path]:
    """Return the Parquet files of a file or folder; none if it is of another kind."""
    if source.is_dir():
        return sorted(source.glob("**/*.parquet"))
    return [source] if source.suffix.lower() in (".parquet", ".pq") and source.is_file() else []


def is_large(release: TableRelease, source: Path, rows: int = IN_MEMORY) -> bool:
    """Return whether a table is for Spark: Parquet of more than ``rows`` rows, to be recoded locally."""
    import pyarrow.parquet as pq

    found = files_of(source)
    return release.method == "mondrian" and sum(pq.read_metadata(file).num_rows for file in found) > rows


def build_large(
    home: Home, release: TableRelease, declared_in: Path, source: Path, target: Path | None, tell: Callable[[str], None]
) -> Built:
    """Build ``release`` of Parquet files into ``target``, a folder of Parquet files that must not be there yet.

    Raises what ``stage_large`` does, and ``UsageError`` for what cannot be done so.
    """
    from jobs.session import start_session

    if release.population is not None:
        mend = f"Tables of up to {IN_MEMORY:,} rows can be; or declare k_anonymity."
        raise UsageError("People of a population are not counted for a table this large.", mend=mend)
    if target is not None and (target.exists() or target.suffix != ".parquet"):
        raise UsageError("A table this large becomes a new folder of files.", mend="Name one that ends in .parquet.")
    texts = hierarchy_texts(release, declared_in)
    with _staging(target, home) as folder:
        tell("Starting Spark")
        spark = start_session(scratch=home.folder("scratch"))
        staged = stage_large(spark, release, files_of(source), folder, texts=texts, tell=tell)
        tell(f"Verifying {staged.rows_out:,} published rows")
        built = _proven(without_links(release), declared_in, source, folder, staged, texts, tell)
        if target is not None and not built.failed:
            tell(f"Writing {target.name}")
            return replace(built, sha256=_give_name(folder, staged, target))
    return built


@contextmanager
def _staging(target: Path | None, home: Home) -> Iterator[Path]:
    """Give a folder beside the target, for its owner's eyes only, that is gone at the end."""
    beside = target.absolute().parent if target is not None else home.folder("scratch")
    if not beside.is_dir():
        raise UsageError("There is no folder for the output.", mend="Make it, or name another.")
    folder = Path(tempfile.mkdtemp(prefix=".geoward-", dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give_name(folder: Path, staged: Staged, target: Path) -> str:
    """Keep the published files alone, those that tell of no other try, and name their folder; return its digest."""
    for file in folder.iterdir():
        if file.name not in staged.parts:
            file.unlink()
    written = digest_of(folder)
    folder.replace(target)
    return written


def _proven(
    release: TableRelease, declared_in: Path, source: Path, folder: Path, staged: Staged, texts: dict[str, str],
    tell: Callable[[str], None],
) -> Built:  # fmt: skip
    parts = [folder / name for name in staged.parts]
    told = [folder / name for name in staged.beside] if release.subject else parts
    measured, verdicts = judge_files(
        release, told, "_subject" if release.subject else None, hierarchies=texts, beside=declared_in.parent
    )
    with tempfile.TemporaryDirectory(prefix="geoward-") as scratch, open_engine(Path(scratch)) as db:
        if release.subject:
            verdicts.append(_same_rows(db, release, parts, told))
        share = min(1.0, LOOKED_AT / staged.rows_in)
        persons = folder / PERSONS
        rows = _sample(db, files_of(source), release.columns, share, release.subject, persons)
        made = _sample(db, parts, tuple(release.quasi_ids), share)
        utility = measure_release(
            release, rows, made.slice(0, rows.num_rows * staged.rows_out // staged.rows_in), texts
        )
    verdicts += judge_utility(utility, release.gates)
    verdicts += _kept(release, rows, texts, share)
    verdicts += _attacked(release, rows, texts, tell)
    suppressed = staged.rows_in - staged.rows_out
    rejected = {"no_subject": staged.no_subject} if staged.no_subject else {}
    return Built(
        staged.rows_in + staged.no_subject, staged.rows_out, suppressed, rejected, measured,
        tuple(verdicts), utility,
    )  # fmt: skip


def _same_rows(db: DuckDBPyConnection, release: TableRelease, parts: Sequence[Path], told: Sequence[Path]) -> Verdict:
    """Return whether the rows that were measured, beside which the subjects stand, are those that are published."""
    columns = ", ".join(quoted(name) for name in (*release.quasi_ids, *release.sensitive))
    sums = []
    for files in (parts, told):
        db.read_parquet([str(file) for file in files]).create_view("measured", replace=True)
        sums.append(db.execute(f"SELECT count(*), sum(hash({columns})::HUGEINT) FROM measured").fetchall()[0])
    return Verdict(
        "measured_rows", sums[0] == sums[1], "The rows that were measured are those that are published.",
        "Build the release again; if that does not help, report a defect.", {"rows": int(sums[0][0])},
    )  # fmt: skip


def _sample(
    db: DuckDBPyConnection, files: Sequence[Path], columns: Sequence[str], share: float, subject: str | None = None,
    persons: Path | None = None,
) -> pa.Table:  # fmt: skip
    """Return a part of the rows: of whole subjects where there are any, the same each time.

    ``persons`` is a file of accounts that are one with others, if there is one: their person takes their place.
    """
    db.read_parquet([str(file) for file in files], file_row_number=True, filename=True).create_view(
        "rows", replace=True
    )
    told = {name: f"rows.{quoted(name)}" for name in columns}
    source, by, known = "rows", "filename, file_row_number", "true"
    if subject:
        by, known = told[subject], f"{told[subject]} IS NOT NULL"
        if persons is not None and persons.exists():
            db.read_parquet(str(persons)).create_view("persons", replace=True)
            source, by = f"rows LEFT JOIN persons ON persons.account = {by}", f"coalesce(persons.person, {by})"
            told[subject] = by
    named = ", ".join(f"{value} AS {quoted(name)}" for name, value in told.items())
    chosen = f"hash({by}) % 1000000 < {round(share * 1_000_000)}"
    return db.sql(f"SELECT {named} FROM {source} WHERE {known} AND {chosen}").to_arrow_table()


def _kept(release: TableRelease, rows: pa.Table, texts: dict[str, str], share: float) -> list[Verdict]:
    """Judge the kept columns of a part of the rows, in classes of it: wider ones, so that these tell rather more."""
    from transforms.anonymity.domains import survey_table
    from transforms.anonymity.publish_rows import publish_rows

    who, size = people_of(release, rows), rows.num_rows
    if not release.keep or len(np.unique(who)) < release.k:
        return judge_kept(release, rows, who, np.full(size, -1), part=share)
    alike = release.model_copy(update={"models": (KAnonymity(model="k_anonymity", k=release.k),)})
    domains = survey_table(rows, alike.coded, texts)
    made = publish_rows(rows, alike, domains)
    classes = classes_of(made.table, tuple(release.quasi_ids), made.rows, size)
    return judge_kept(release, rows, who, classes, part=share, paths=hierarchy_paths(release, rows, domains))


def _attacked(
    release: TableRelease, rows: pa.Table, texts: dict[str, str], tell: Callable[[str], None]
) -> list[Verdict]:
    from transforms.anonymity.domains import survey_table

    few = rows.slice(0, 2 * AT_MOST) if release.subject is None else rows
    domains = survey_table(few, release.coded, texts)
    return attack_release(release, few, domains, tell)
