"""What `geoward release verify` shows a person: counts, parameters with their worst classes, risks, and a judgment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.cli.app import grid
from jobs.cli.release import told_outcome
from jobs.listings.releases import TableRisk

if TYPE_CHECKING:
    from rich.table import Table

    from jobs.release.verify_file import Verified
    from quality.checks.anonymity.measurement import Group, Parameter


def applies(one: Parameter, found: Verified) -> bool:
    """Tell whether a parameter says anything of its column: a distance in an order does not of names."""
    return one.name != "t_ordered" or one.column not in found.unordered


def _class(group: Group | None) -> str:
    if group is None:
        return ""
    return ", ".join(f"{name}={'null' if v is None else v}" for name, v in group.quasi_ids.items())


def _told(risk: TableRisk) -> list[str]:
    one = risk.prosecutor
    lines = [
        f"Who knows that a subject is in the table (a prosecutor) names its record by a chance of up to "
        f"{one.highest:.1%}, {one.average:.1%} on average; {one.above:.1%} of records are above {risk.threshold:.0%}.",
        f"{risk.sample_uniques:.1%} of subjects are alone in their class.",
    ]
    if risk.population_uniques is not None:
        lines.append(f"An estimated {risk.population_uniques:.1%} are alone in the whole population.")
    return lines


def verified_tables(found: Verified, risk: TableRisk, worst: int) -> list[Table | str]:
    """Return what a person reads of a measured file, the judgment last."""
    from jobs.release.judge_plainly import judge_plainly

    measured = found.measured
    table = grid("parameter", "column", "value#", "worst class", "subjects#")
    for one in (one for one in measured.parameters if applies(one, found)):
        name = one.name if one.at is None else f"{one.name} (l={one.at})"
        shown = one.worst[:worst] or (None,)
        for at, group in enumerate(shown):
            told = (
                (name, one.column or "", f"{one.value:g}") if at == 0 else ("", "", f"{group.value:g}" if group else "")
            )
            table.add_row(*told, _class(group), f"{group.subjects:,}" if group else "")
    who = f"of {measured.roles.subject}" if measured.roles.subject else "(each row is one: say --subject if not)"
    head = f"{measured.rows:,} rows, {measured.subjects:,} subjects {who}, {measured.classes:,} classes"
    verdicts = [f"{told_outcome(v)}: {v.description}{'' if v.passed else ' ' + v.mend}" for v in found.verdicts]
    nobody = (
        [f"{measured.nobody:,} rows have no {measured.roles.subject}, and count for nobody."] if measured.nobody else []
    )
    if lacking := sum(n for _, crowd, n in measured.population_histogram or () if crowd == 0):
        nobody.append(
            f"{lacking:,} of {measured.classes:,} classes match nobody of the population: it is not everybody."
        )
    return [head, *nobody, table, *_told(risk), *verdicts, judge_plainly(found)]
