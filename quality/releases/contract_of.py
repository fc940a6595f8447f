"""Releases of the lake: which declarations are, and the contracts of their tables, kept beside the written ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from quality.contracts import DATE, Contract, contract
from quality.contracts.contract import Sensitivity as S
from quality.contracts.errors import ConfigError
from quality.releases.contract_of_noisy import contract_of_noisy
from quality.releases.contract_of_table import DECLARATION, contract_of_table
from quality.releases.declaration import TableRelease
from quality.releases.load_release import FOLDER as DECLARATIONS
from quality.releases.load_release import load_release, load_table_release
from quality.releases.noisy import NoisyRelease

FOLDER = DECLARATIONS.parent / "contracts" / "released"
LAYERS = ("protected.", "curated.")
"""What a release of the lake may read: nothing that is in the clear."""

OfLake = NoisyRelease | TableRelease
R = TypeVar("R")


def lake_releases() -> dict[str, OfLake]:
    """Return the shipped declarations, of noisy figures and of tables, that read a table of the lake, by name."""
    found = (load_release(path) for path in sorted(DECLARATIONS.glob("*.yaml")))
    return {one.name: _fit(one) for one in found if isinstance(one, OfLake) and one.reads.startswith(LAYERS)}


def noisy_release(name: str) -> NoisyRelease:
    """Return the noisy release of the lake of that name; raise ``ConfigError`` if none is shipped or it is unfit."""
    found = load_release(name)
    assert isinstance(found, NoisyRelease)  # its job was made of its kind
    return _fit(found)


def table_release(name: str) -> TableRelease:
    """Return the release of a table of the lake of that name; raise as ``noisy_release`` does."""
    return _fit(load_table_release(name))


def _fit(release: R) -> R:
    if isinstance(release, NoisyRelease):
        refuse_spending(release)
    elif isinstance(release, TableRelease):
        refuse_unfit(release)
    return release


def refuse_spending(release: NoisyRelease) -> None:
    """Raise ``ConfigError`` for a release that is paid for anew when rows change: all see what was spent."""
    if release.changed_input == "spend":
        raise ConfigError(
            f"Release {release.name}: a second spending of a day would tell everybody that its rows changed.",
            mend="Set `changed_input: refuse`: a day keeps the figures that it has.",
        )


def refuse_unfit(release: TableRelease) -> None:
    """Raise ``ConfigError`` for a release of the lake that does not know persons, or would publish who they are."""
    for unfit, why, mend in _faults(release):
        if unfit:
            raise ConfigError(f"Release {release.name} {why}.", mend=mend)


def _faults(release: TableRelease) -> Iterator[tuple[bool, str, str]]:
    """Give what may be wrong: whether it is, in words, and its mend."""
    source, gates = contract(release.reads), release.gates
    held, shown = set(source.column_names), {*release.quasi_ids, *release.sensitive, *release.keep}
    yield (
        not {"purposes", "source"} <= held,
        f"reads {source.name}, whose rows do not say which purposes they may serve",
        "Read a protected table.",
    )
    absent = ", ".join(sorted(set(release.columns) - held))
    yield bool(absent), f"names columns that {source.name} does not have: {absent}", "Name columns of that table."
    yield (
        release.subject != source.erasure_key, f"must count the persons of {source.name}, and does not",
        f"Set `subject: {source.erasure_key}`.",
    )  # fmt: skip
    yield release.k < 2, "asks for no k", "Declare a model `k_anonymity`."
    yield (
        release.population is not None, "counts in a population, which the lake has none of",
        "Declare k_anonymity; or build it of a file.",
    )  # fmt: skip
    told = {column.name for column in source if column.sensitivity in (S.PSEUDONYM, S.FREE_TEXT)}
    lists = {column.name for column in source if column.type.startswith(("array", "binary"))}
    named = ", ".join(sorted({DATE, DECLARATION.name, *told, *lists} & shown))
    yield bool(named), f"would publish {named}", "Leave them out; the date is there by itself."
    untried = [
        name
        for name, due in (
            ("singling_out", 1),
            ("linkability", len(release.quasi_ids) - 1),
            ("inference", len(release.sensitive)),
        )
        if due and getattr(gates, name) is None
    ]
    yield bool(untried), f"leaves attacks out: {', '.join(untried)}", "Leave their gates as they are."


def contract_of(release: OfLake) -> Contract:
    """Return the contract of the table that ``release`` publishes: one day at a time."""
    return contract_of_noisy(release) if isinstance(release, NoisyRelease) else contract_of_table(release)


def declared_contracts() -> dict[Path, str]:
    """Return the text of each file of ``quality/contracts/released`` as the declarations of now make it."""
    made = ((release.kind, contract_of(release)) for release in lake_releases().values())
    return {
        FOLDER / f"{one.name.rpartition('.')[2]}.json": json.dumps({"kind": kind, **asdict(one)}, indent=1) + "\n"
        for kind, one in made
    }
