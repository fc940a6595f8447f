"""Build a release of a file in memory, and prove it on the rows that are to be published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from jobs.release.attack_file import with_subject
from jobs.release.attack_release import attack_release, people_of
from jobs.release.hierarchy_paths import hierarchy_paths, sensitive_paths
from jobs.release.judge_table import judge_published
from jobs.release.late_rows import judge_late_rows
from jobs.release.linked_people import linked_people
from jobs.release.read_hierarchies import hierarchy_texts
from jobs.release.read_population import read_population
from jobs.release.read_table import read_table
from jobs.release.write_table import check_output, write_table
from quality.checks.anonymity.hierarchy_file import Paths, read_paths
from quality.checks.anonymity.judge_kept import classes_of, judge_kept
from quality.checks.anonymity.judge_utility import judge_utility
from quality.checks.anonymity.measurement import Measurement
from quality.checks.anonymity.utility import Utility, measure_utility
from quality.checks.verdict import Verdict
from quality.contracts.errors import GeowardError
from quality.releases.attributes import Order, QuasiIdentifier
from quality.releases.declaration import TableRelease

if TYPE_CHECKING:
    import pyarrow as pa

    from transforms.anonymity.domains import Domain
    from transforms.anonymity.publish_rows import Published

    Seen = Callable[[pa.Table], None]

Tell = Callable[[str], None]
"""Is told each step as it begins."""


def told_failure(failed: Verdict) -> str:
    """Return a check's name, with the outcome of an attack that is not proven to fail: blind, or too small."""
    outcome = str(failed.measured.get("outcome", "failed")).replace("_", " ")
    return failed.check if outcome == "failed" else f"{failed.check} ({outcome})"


class NotReleased(GeowardError):
    """A release does not keep what it promises; nothing was published."""

    def __init__(self, name: str, failed: list[Verdict]) -> None:
        """Name what failed, each with its mend."""
        told = ", ".join(map(told_failure, failed))
        mends = {verdict.check: verdict.mend for verdict in failed}
        each = "\n".join(f"{check}: {mend}" for check, mend in mends.items())
        super().__init__(f"Release {name} is not published: {told}.", mend=each if len(mends) > 1 else failed[0].mend)


@dataclass(frozen=True, slots=True)
class Built:
    """What became of each row (``rows_in`` is ``rows_out``, ``suppressed`` and all ``rejected``), with the proof.

    ``utility`` is measured on the published rows, beside those that are of somebody. ``sha256`` is of what was written,
    as it was written; None if nothing was.
    """

    rows_in: int
    rows_out: int
    suppressed: int
    rejected: dict[str, int]
    measured: Measurement
    verdicts: tuple[Verdict, ...]
    utility: Utility
    sha256: str | None = None

    @property
    def failed(self) -> list[Verdict]:
        """What keeps the release from being published."""
        return [verdict for verdict in self.verdicts if verdict.stops]


def build_file(
    release: TableRelease, declared_in: Path, source: Path, target: Path | None, tell: Tell, *,
    out: Sequence[Path] = (), seen: Seen = lambda table: None,
) -> Built:  # fmt: skip
    """Build ``release`` of ``source`` and write it to ``target``, if any; hierarchies lie beside ``declared_in``.

    ``out`` are files of earlier versions that somebody may have, as the target's own is; one that is not there is none.
    ``seen`` looks at the rows as they would be published before anything is measured of them.
    Raises ``NotReleased`` with nothing written unless every model holds on the rows as published and every gate is
    kept; ``UsageError`` for files that cannot be read or written; what the transforms raise.
    """
    if target is not None:
        check_output(source, target)
    texts = hierarchy_texts(release, declared_in)
    tell(f"Reading {source.name}")
    whole = read_table(source, release.columns)
    people = read_population(release, declared_in, with_subject(whole, release))
    versions = [file for file in {*out, *([target] if target else [])} if file.exists()]
    made, built = build_rows(
        release, whole, texts, tell, beside=declared_in.parent, people=people, versions=versions, seen=seen
    )  # fmt: skip
    if target is not None and not built.failed:
        tell(f"Writing {target.name}{', which replaces the version of that name' if target.exists() else ''}")
        return replace(built, sha256=write_table(made.table, target))
    return built


def build_rows(
    release: TableRelease, whole: pa.Table, texts: dict[str, str], tell: Tell, *, beside: Path,
    people: pa.Table | None = None, versions: Sequence[Path] | None = None, seen: Seen = lambda table: None,
) -> tuple[Published, Built]:  # fmt: skip
    """Return what is published of the ``whole`` table, and the proof; ``texts`` are hierarchy files' by column.

    ``people`` is the population that models count in, whose file lies in the folder ``beside``; ``versions`` are files
    that are out, to compare with: None asks for no such verdict. Raises what the transforms raise where nothing can be
    published.
    """
    from transforms.anonymity.domains import survey_table
    from transforms.anonymity.partition_bounds import Unreachable
    from transforms.anonymity.publish_rows import publish_rows

    rows = with_subject(whole, release)
    rejected = {"no_subject": gone} if (gone := whole.num_rows - rows.num_rows) else {}
    people_of_rows = linked_people(release, rows)
    tell(f"Making classes: {people_of_rows}" if people_of_rows else f"Making classes of {rows.num_rows:,} rows")
    domains = survey_table(rows, release.coded, texts, people)
    try:
        made = publish_rows(rows, release, domains, people)
    except Unreachable as error:
        raise Unreachable(error.unmet, more=people_of_rows.mend if people_of_rows else "") from None
    seen(made.table)
    tell(f"Verifying {made.table.num_rows:,} published rows")
    who = rows.select([release.subject, *release.links] if release.subject else [])
    measured, verdicts = judge_published(
        release, made.table, who, made.rows, hierarchies=texts, beside=beside, built=sensitive_paths(release, domains)
    )
    shown = _as_ranges(release, rows, made) if release.method == "microaggregation" else made.table
    utility = measure_release(release, rows, shown, texts)
    verdicts += judge_utility(utility, release.gates)
    classes = classes_of(made.table, tuple(release.quasi_ids), made.rows, rows.num_rows)
    paths = hierarchy_paths(release, rows, domains) if release.keep else {}
    verdicts += judge_kept(release, rows, people_of(release, rows), classes, paths=paths)
    if versions is not None:
        cells = _cells(release, rows, domains, texts) if versions else None
        verdicts.append(judge_late_rows(release, made.table, versions, cells))
    verdicts += attack_release(release, rows, domains, tell, people)
    told = made.table.num_rows
    return made, Built(whole.num_rows, told, rows.num_rows - told, rejected, measured, tuple(verdicts), utility)


def _cells(
    release: TableRelease, rows: pa.Table, domains: Sequence[Domain], texts: dict[str, str]
) -> dict[str, Paths] | None:
    """Return the hierarchies of a release over their nodes, if each row is a person by its declaration; else None.

    Only such releases of other rows can be compared: other classes were fitted to them, and ten rows of a version that
    is out may be one person's, which it does not say.
    """
    if release.method != "full_domain" or release.subject is not None:
        return None
    named = {name: read_paths(text, name=name) for name, text in texts.items() if name in release.quasi_ids}
    return {**hierarchy_paths(release, rows, domains), **named}


def measure_release(release: TableRelease, rows: pa.Table, made: pa.Table, texts: dict[str, str]) -> Utility:
    """Measure what the release lost of the rows that are of somebody."""
    return measure_utility(
        rows, made, tuple(release.quasi_ids), k=release.k,
        hierarchies={name: read_paths(text, name=name) for name, text in texts.items() if name in release.quasi_ids},
        orders={n: _order(rows, n, one) for n, one in release.quasi_ids.items() if one.kind == "ordered"},
        weights={name: one.weight for name, one in release.quasi_ids.items()},
    )  # fmt: skip


def _as_ranges(release: TableRelease, rows: pa.Table, made: Published) -> pa.Table:
    """Return the published rows with the range of true values in place of each mean: what it stands for."""
    import numpy as np
    import polars as pl
    import pyarrow as pa

    names = list(release.quasi_ids)
    means = cast(pl.DataFrame, pl.from_arrow(made.table.select(names)))
    classes = means.select(pl.struct(names).rank("dense")).to_series().to_numpy()
    order = np.argsort(classes, kind="stable")
    starts = np.flatnonzero(np.diff(classes[order], prepend=0))
    shown = made.table
    for name in names:
        true = rows[name].cast(pa.float64()).take(pa.array(made.rows[order])).to_numpy()
        ends = zip(np.minimum.reduceat(true, starts), np.maximum.reduceat(true, starts), strict=True)
        texts = pa.array([f"[{low:g}, {high:g}]" for low, high in ends]).take(pa.array(classes - 1))
        shown = shown.set_column(shown.column_names.index(name), name, texts)
    return shown


def _order(rows: pa.Table, name: str, one: QuasiIdentifier) -> Sequence[str]:
    """Return the values of an ordered column in their stated order, else by number, else as text."""
    if isinstance(one.hierarchy, Order) and one.hierarchy.values:
        return one.hierarchy.values
    values = [str(value) for value in rows[name].unique().drop_null().to_pylist()]
    try:
        return sorted(values, key=float)
    except ValueError:
        return sorted(values)
