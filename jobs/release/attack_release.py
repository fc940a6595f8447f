"""Attack a release before anybody else does: publish half of the people, and see what that tells of the other half."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quality.checks.attacks.finding import Finding, as_verdict
from quality.checks.verdict import Verdict
from quality.releases.declaration import Gates, TableRelease
from quality.releases.privacy_models import DeltaPresence
from transforms.anonymity.partition_bounds import Unreachable
from transforms.anonymity.search_lattice import NoGeneralizationHolds

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from quality.checks.anonymity.hierarchy_file import Paths
    from quality.checks.attacks.released_columns import People, Released
    from transforms.anonymity.domains import Domain

TARGETS = 5_000
"""People whom each attack tries: enough for an interval of about a hundredth."""

AT_MOST = 100_000
"""Rows that are attacked; of a larger table, those of a part of its people."""

SEED = 20_261_127
NOT_TRIED = " To publish without this proof, state `gates: {%s: null}`; the report then says that it was not tried."


@dataclass(frozen=True, slots=True, eq=False)
class Halves:
    """What an attacker sees of the ``released`` half, and the true values of its people and of the others."""

    released: Released
    members: People
    others: People
    sizes: dict[str, int]


def attack_release(
    release: TableRelease,
    rows: pa.Table,
    domains: Sequence[Domain],
    tell: Callable[[str], None],
    population: pa.Table | None = None,
) -> list[Verdict]:
    """Return a verdict for each attack that the release's gates name. ``rows`` all have a subject.

    Half of the subjects are published as declared, the other half is the control group; each is attacked by one row.
    Where half of the people cannot be published, that is the verdict: nothing proves the release. The ``population``
    that models count in stays whole.
    """
    if not _asked(release.gates):
        return []
    try:
        made = halve(release, rows, domains, population)
    except (Unreachable, NoGeneralizationHolds):
        return [_too_few(release.gates)]
    return attack_halves(made, tuple(release.quasi_ids), release.sensitive, release.gates, tell)


def attack_halves(
    made: Halves, known: tuple[str, ...], sensitive: tuple[str, ...], gates: Gates, tell: Callable[[str], None]
) -> list[Verdict]:
    """Return a verdict for each attack that ``gates`` name; ``known`` are the columns that the attacker knows."""
    found: list[tuple[str, Finding]] = []
    for name, secrets in (("singling_out", ("",)), ("linkability", ("",)), ("inference", sensitive)):
        limit = getattr(gates, name)
        for secret in secrets if limit is not None else ():
            tell(f"Attacking: {name.replace('_', ' ')}{f' of {secret}' if secret else ''}")
            found += [(secret, one) for one in _attack(name, made, known, secret, limit)]
    if gates.membership is not None:
        tell("Attacking: membership")
        found.append(("", _membership(made, known, gates.membership)))
    return [_told(one, secret, gates) for secret, one in found]


def _asked(gates: Gates) -> bool:
    limits = (gates.singling_out, gates.linkability, gates.inference, gates.membership)
    return any(limit is not None for limit in limits)


def _too_few(gates: Gates) -> Verdict:
    return Verdict(
        "attacks",
        False,
        "Half of the people can be published as declared, so that attacks can be tried with a control group.",
        "There are too few people for a proof: release more of them at once, ask for less, or accept it by "
        "`gates: {accept_too_small: true}`; the report says so.",
        {"outcome": "too_small"},
        "warn" if gates.accept_too_small else "error",
    )


def _told(finding: Finding, secret: str, gates: Gates) -> Verdict:
    verdict = as_verdict(finding, accept_too_small=gates.accept_too_small)
    mend = verdict.mend + NOT_TRIED % finding.attack.name if verdict.mend else ""
    return replace(verdict, mend=mend, measured={**({"column": secret} if secret else {}), **verdict.measured})


def halve(
    release: TableRelease, rows: pa.Table, domains: Sequence[Domain], population: pa.Table | None = None
) -> Halves:
    """Publish half of the subjects; by a digest, so that the same rows are always halved the same way."""
    import numpy as np
    import pyarrow as pa

    from quality.checks.attacks.read_released import domains_of, read_people, read_released
    from transforms.anonymity.domains import as_declared
    from transforms.anonymity.publish_rows import publish_rows

    half, first = _people(release, rows)
    true = pa.table({name: as_declared(rows, name, one) for name, one in release.coded.items()})
    paths = hierarchy_paths(release, rows, domains)
    categories = domains_of(true, true.column_names, paths)
    published = publish_rows(rows.filter(pa.array(half == 0)), _of_half(release), domains, population).table
    released = read_released(published, true.column_names, categories, hierarchies=paths)
    members, others = (
        read_people(true.take(pa.array(np.flatnonzero(first & (half == one)))), true.column_names, categories)
        for one in (0, 1)
    )
    return Halves(released, members, others, {name: len(values) for name, values in categories.items()})


def _of_half(release: TableRelease) -> TableRelease:
    """Return the release as declared for half of its people, of whom half as large a share of a population is there."""
    models = tuple(
        model.model_copy(update={"minimum": model.minimum / 2, "maximum": model.maximum / 2})
        if isinstance(model, DeltaPresence)
        else model
        for model in release.models
    )
    return release.model_copy(update={"models": models})


def _people(release: TableRelease, rows: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return each row's half (0, 1, or 2: in neither, of a large table), and whether it is the first of its subject."""
    import numpy as np
    import polars as pl

    from transforms.anonymity.unite_subjects import unite_subjects

    if release.subject is None:
        subjects = np.arange(rows.num_rows)
    else:
        subjects = unite_subjects(rows, release.subject, release.links)
    parts = max(2, 2 * (rows.num_rows // AT_MOST))
    digests = pl.Series(np.arange(int(subjects.max(initial=-1)) + 1)).hash(SEED).to_numpy() % parts
    first = np.zeros(rows.num_rows, bool)
    first[np.unique(subjects, return_index=True)[1]] = True
    return np.minimum(digests[subjects], 2).astype(np.int64), first


def hierarchy_paths(release: TableRelease, rows: pa.Table, domains: Sequence[Domain]) -> dict[str, Paths]:
    """Return the way of each value to the root, of the columns whose published values are nodes."""
    from transforms.anonymity.encode_table import encode_table

    encoded = encode_table(rows, release, domains)
    found: dict[str, Paths] = {}
    for one, values in zip(encoded.table.quasi_ids, encoded.values, strict=True):
        if one.hierarchy is not None and (one.kind == "hierarchical" or release.method == "full_domain"):
            levels = zip(one.hierarchy.nodes, one.hierarchy.labels, strict=True)
            ways = zip(*([labels[node] for node in nodes[: len(values)]] for nodes, labels in levels), strict=True)
            texts = values.cast("string").to_pylist()
            found[one.name] = {text: (text, *way[1:]) for text, way in zip(texts, ways, strict=True)}
    return found


def _attack(name: str, made: Halves, known: tuple[str, ...], secret: str, limit: float) -> list[Finding]:
    from quality.checks.attacks.inference import attack_inference
    from quality.checks.attacks.linkability import attack_linkability
    from quality.checks.attacks.singling_out import attack_singling_out

    columns = (*known, secret) if secret else known
    released = {column: made.released[column] for column in columns}
    members, others = ({column: half[column] for column in columns} for half in (made.members, made.others))
    if name == "singling_out":
        return [
            attack_singling_out(
                released, members, others, categories=made.sizes, limit=limit, guesses=TARGETS, seed=SEED
            )
        ]
    if name == "inference":
        return [
            attack_inference(
                released, members, others, secret=secret, categories=made.sizes, limit=limit, targets=TARGETS, seed=SEED
            )
        ]
    found: list[Finding] = []
    for parts in _parts(made, known):
        found = [
            attack_linkability(
                released, members, others, parts=parts, categories=made.sizes, limit=limit, targets=TARGETS, seed=SEED
            )
        ]
        if found[0].outcome != "blind":
            break
    return found


def _parts(made: Halves, known: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give the columns of two data sets that an attacker links, sharing ever more of them, the most telling first.

    What tells raw rows apart with few columns in common shows a leak best; where it takes more, it is given more.
    """
    import numpy as np

    telling = sorted(known, key=lambda name: -len(np.unique(made.members[name])))
    for shared in range(len(known) - 1):
        rest = telling[shared:]
        yield (*telling[:shared], *rest[::2]), (*telling[:shared], *rest[1::2])


def _membership(made: Halves, known: tuple[str, ...], limit: float) -> Finding:
    from quality.checks.attacks.membership import attack_membership, closeness
    from quality.checks.attacks.released_columns import published_exactly

    released = {name: made.released[name] for name in known}
    exact = published_exactly({name: made.members[name] for name in known}, made.sizes)
    groups = [{name: half[name] for name in known} for half in (made.members, made.others)]
    scores = [(closeness(rows, groups[0]), closeness(rows, groups[1])) for rows in (released, exact)]
    return attack_membership(*scores, limit=limit, seed=SEED)
