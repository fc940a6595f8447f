"""The contract of the table that a declared k-anonymous release of the lake publishes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from quality.contracts import Contract, contract
from quality.contracts.contract import Column
from quality.contracts.contract import Sensitivity as S
from quality.contracts.shared_columns import EVENT_DATE
from quality.releases.declaration import TableRelease

DECLARATION = Column(
    "declaration", "string", "First 12 hex digits of the SHA-256 of the declaration that the row was made by.", S.NONE,
    required=True, pattern=r"^[0-9a-f]{12}$",
)  # fmt: skip


def contract_of_table(release: TableRelease) -> Contract:
    """Return the contract of what ``release`` publishes of each day: a row per row, a column per published one."""
    source = contract(release.reads)
    columns = [*_generalized(release, source), *(_kept(source, name) for name in (*release.sensitive, *release.keep))]
    return Contract(
        name=f"curated.{release.name}",
        description=release.description,
        grain=f"one row of {release.reads}",
        columns=(*columns, DECLARATION, EVENT_DATE),
        released=True,
        caveats=(
            f"Each row could be of {release.k} persons of its day, or of more"
            + ("; accounts with a link in common are one." if release.links else "; each account counts as one."),
            "A day is anonymous by itself. Who knows what somebody did on several days learns more of them together.",
            "A day's rows are made once: a later run publishes the same, also where rows came or went since.",
            f"Declared by release {release.name}, version {release.version[:12]}.",
        ),
        example=f"SELECT {next(iter(release.quasi_ids))}, count(*) FROM curated.{release.name} GROUP BY 1 LIMIT 10",
    )


def _generalized(release: TableRelease, source: Contract) -> Iterator[Column]:
    for name in release.quasi_ids:
        means = release.method == "microaggregation"
        told = f"{source[name].description.rstrip('.')}; " + ("the mean of a class." if means else "generalized.")
        yield Column(
            name, "double" if means else "string", told, S.NONE, unit=source[name].unit, source=(_of(source, name),)
        )


def _kept(source: Contract, name: str) -> Column:
    return replace(
        source[name], sensitivity=S.NONE, category="system.operations", required=False, source=(_of(source, name),)
    )


def _of(source: Contract, column: str) -> str:
    return f"{source.name}.{column}"
