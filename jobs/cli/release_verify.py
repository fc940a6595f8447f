"""`geoward release verify`: just tell me if my table is anonymous."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from jobs.cli.app import Json, show
from jobs.cli.release import release, told_verdicts
from jobs.cli.verified_tables import applies, verified_tables
from jobs.listings.releases import (
    AttackerRisk,
    MeasuredParameter,
    TableRisk,
    VerifyListing,
    WorstClass,
)
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from jobs.release.verify_file import Beside, Verified
    from quality.checks.anonymity.measurement import Parameter
    from quality.checks.anonymity.published_table import Roles
    from quality.releases.privacy_models import PrivacyModel

Columns = Annotated[
    list[str] | None, typer.Option("--quasi-ids", "-q", help="What an attacker may know; a,b or again.")
]
Secrets = Annotated[list[str] | None, typer.Option("--sensitive", "-s", help="What must not be learned; a,b or again.")]
Subject = Annotated[str, typer.Option("--subject", help="Who a row is about; default: each row a subject.")]
Population = Annotated[Path | None, typer.Option("--population", help="A table of everybody: k-map, presence.")]
Hierarchies = Annotated[list[str] | None, typer.Option("--hierarchy", help="COLUMN=FILE, as ARX writes it.")]
Orders = Annotated[list[str] | None, typer.Option("--order", help="COLUMN=a,b,c: the values' order.")]
Delimiter = Annotated[
    str, typer.Option("--delimiter", help="Of CSV, if its header holds several: a comma, semicolon, tab or |.")
]


@release.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A CSV or Parquet file, or a folder of Parquet files.")],
    quasi_ids: Columns = None,
    sensitive: Secrets = None,
    subject: Subject = "",
    link: Annotated[list[str] | None, typer.Option("--link", help="Equal values make subjects one (device).")] = None,
    nulls: Annotated[
        Literal["category", "wildcard"], typer.Option("--nulls", help="Null is a value, or any.")
    ] = "category",
    k: Annotated[int, typer.Option("--k", min=0, help="Fail below this k.")] = 0,
    least: Annotated[int, typer.Option("--l", min=0, help="Fail below this distinct l of any sensitive column.")] = 0,
    t: Annotated[
        float, typer.Option("--t", min=0, max=1, help="Fail above this t (equal distance) of any sensitive column.")
    ] = 0.0,
    population: Population = None,
    hierarchy: Hierarchies = None,
    order: Orders = None,
    fraction: Annotated[
        float,
        typer.Option(
            "--fraction", min=0, max=1, help="The share of the population that the table is: population uniques."
        ),
    ] = 0.0,
    worst: Annotated[int, typer.Option("--worst", min=0, help="Classes to tell of each parameter; 0: as usual.")] = 0,
    delimiter: Delimiter = "",
    as_json: Json = False,
) -> None:
    """Tell k, l, t and the rest of a table, whoever made it, with the classes in which they are worst.

    Every count is of distinct subjects: say `--subject`, or one person's many rows pass for a crowd. `t_ordered` is
    told of numbers, dates and columns with an `--order`. Each parameter is explained in docs/tables.md, with its paper.
    The last line judges in plain words. Nothing is written. Ends with code 1 if a limit that you named is not kept.

    Example: `geoward release verify table.csv --quasi-ids age,zip --sensitive disease --k 5`
    """
    from jobs.release.verify_file import verify_file
    from quality.checks.anonymity.published_table import Roles

    if not (named := split(quasi_ids)):
        raise UsageError("Which columns may an attacker know?", mend="Name them with --quasi-ids a,b.")
    roles = Roles(named, split(sensitive), subject or None, split(link), nulls)
    beside = beside_of(roles, population, hierarchy, order, delimiter)
    _refuse_idle(roles, beside)
    models = _limits(k, least, t, roles.sensitive)
    found = verify_file(file, roles, models, beside=beside, worst=worst or 3)
    risk = _risk(found, fraction)
    show(_listing(file.name, found, risk), as_json, verified_tables(found, risk, worst or 1), markup=False)
    if not found.holds:
        raise typer.Exit(1)


def split(values: Iterable[str] | None) -> tuple[str, ...]:
    """Return names given with commas, or by saying the option again; a comma of a name itself is written ``\\,``."""
    parts = [part for value in values or () for part in re.split(r"(?<!\\),", value)]
    return tuple(name for part in parts if (name := part.replace(r"\,", ",")))


def delimiter_of(text: str) -> str:
    """Return the delimiter that is said as itself, or as a word where a shell takes the character."""
    return {"tab": "\t", "\\t": "\t"}.get(text, text)


def pairs(option: str, values: Iterable[str] | None) -> list[tuple[str, str]]:
    """Return (column, value) of each COLUMN=VALUE; raise ``UsageError`` for one that is none."""
    parts = [value.partition("=") for value in values or ()]
    if any(not name or not rest for name, _, rest in parts):
        raise UsageError(
            f"{option} takes COLUMN=VALUE.", mend=f"For example: {option} {_FORMS.get(option, 'age=ages.csv')}"
        )
    return [(name, rest) for name, _, rest in parts]


_FORMS = {"--order": "age=a,b,c"}


def beside_of(
    roles: Roles, population: Path | None, hierarchy: Iterable[str] | None, order: Iterable[str] | None, delimiter: str
) -> Beside:
    """Return what is given beside a file; raise ``UsageError`` for columns of two roles, or of none."""
    from jobs.release.verify_file import Beside

    if both := sorted(set(roles.quasi_ids) & set(roles.sensitive)):
        raise UsageError(f"{both[0]} is a quasi-identifier and sensitive.", mend="Name it once: which is it?")
    if roles.subject in roles.quasi_ids:
        raise UsageError(f"{roles.subject} is the subject and a quasi-identifier.", mend="Name it once: which is it?")
    files, orders = pairs("--hierarchy", hierarchy), pairs("--order", order)
    for name, _ in [*files, *orders]:
        if name not in (*roles.quasi_ids, *roles.sensitive):
            raise UsageError(f"{name} is neither a quasi-identifier nor sensitive.", mend="Name columns that are.")
    paths = {column: Path(value) for column, value in files}
    stated = {column: tuple(value.split(",")) for column, value in orders}
    return Beside(population, roles.subject, paths, stated, delimiter_of(delimiter))


def _refuse_idle(roles: Roles, beside: Beside) -> None:
    """Raise ``UsageError`` for hierarchies that nothing would look at."""
    if beside.population is None and (idle := [name for name in beside.hierarchies if name not in roles.sensitive]):
        mend = f"Without one {idle[0]} is compared as it is published: leave its hierarchy out."
        raise UsageError(f"The hierarchy of a quasi-identifier needs --population: {', '.join(idle)}.", mend=mend)


def _limits(k: int, least: int, t: float, sensitive: tuple[str, ...]) -> list[PrivacyModel]:
    from quality.releases.privacy_models import KAnonymity, LDiversity, TCloseness

    if (least or t) and not sensitive:
        raise UsageError("--l and --t are about sensitive columns.", mend="Name them with --sensitive.")
    made: list[PrivacyModel] = [KAnonymity(model="k_anonymity", k=k)] if k > 1 else []
    for column in sensitive:
        made += [LDiversity(model="l_diversity", column=column, l=least)] if least else []
        made += [TCloseness(model="t_closeness", column=column, t=t)] if t else []
    return made


def _listing(file: str, found: Verified, risk: TableRisk) -> VerifyListing:
    from jobs.release.judge_plainly import judge_plainly

    measured = found.measured
    roles = measured.roles
    return VerifyListing(
        file=file, quasi_ids=list(roles.quasi_ids), sensitive=list(roles.sensitive), subject=roles.subject,
        links=list(roles.links), nulls=roles.nulls, rows=measured.rows, subjects=measured.subjects,
        no_subject=measured.nobody, classes=measured.classes, k=measured.k, l=measured.l,
        t=measured.t, histogram=measured.histogram,
        parameters=[_parameter(one, applies(one, found)) for one in measured.parameters],
        risk=risk,
        judgment=judge_plainly(found),
        holds=found.holds if found.judged else None,
        verdicts=told_verdicts(found.verdicts),
    )  # fmt: skip


def _parameter(one: Parameter, applies: bool) -> MeasuredParameter:
    if not applies:
        return MeasuredParameter(name=one.name, column=one.column, at=one.at, value=None, worst=[])
    worst = [WorstClass(quasi_ids=g.quasi_ids, subjects=g.subjects, value=_finite(g.value)) for g in one.worst]
    return MeasuredParameter(name=one.name, column=one.column, at=one.at, value=_finite(one.value), worst=worst)


def _finite(value: float) -> float | None:
    """Return the value; JSON has no word for one without bound."""
    return value if math.isfinite(value) else None


def _risk(found: Verified, fraction: float) -> TableRisk:
    from quality.checks.anonymity.risk import Attacker, state_risk
    from quality.checks.anonymity.uniqueness import estimate_uniqueness

    def told(one: Attacker) -> AttackerRisk:
        return AttackerRisk(highest=one.highest, average=one.average, above=one.above)

    risk = state_risk(found.measured)
    uniques = estimate_uniqueness(found.measured.histogram, fraction).chosen if fraction else None
    return TableRisk(
        threshold=risk.threshold, prosecutor=told(risk.prosecutor),
        journalist=told(risk.journalist) if risk.journalist else None, marketer=risk.marketer,
        sample_uniques=risk.sample_uniques, population_uniques=uniques,
    )  # fmt: skip
