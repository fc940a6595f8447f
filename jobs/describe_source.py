"""A source mapping in words: what each target column is made from."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from jobs.home import Home
from jobs.landed_regions import catalogs, of_each
from jobs.listings import MappedColumn, Source, SourceDetail
from jobs.region_faults import Fence, unfenced
from quality.sources.load_mapping import load_mapping, shipped_mappings
from quality.sources.mapping import Emit, Mapping, When
from quality.sources.rules import Constant, Derive, From, Join, Key, Modifiers, Rule, WeekHour


def list_sources(home: Home, fence: Fence = unfenced) -> list[Source]:
    """Return the shipped mappings, then others under which files landed, each with the regions that use it."""
    landed = _landed(home, fence)
    shipped = shipped_mappings()
    others = {name: mapping for name, (mapping, _) in landed.items() if name not in shipped}
    return [
        Source(
            name=name, format=mapping.format, emits=list(dict.fromkeys(emit.to for emit in mapping.emits)),
            legal_basis=dict(mapping.legal_basis), regions=sorted(landed[name][1]) if name in landed else [],
            files=sum(landed[name][1].values()) if name in landed else 0, shipped=name in shipped,
            description=mapping.description,
        )
        for name, mapping in {**shipped, **others}.items()
    ]  # fmt: skip


def describe_source(mapping: Mapping) -> SourceDetail:
    """Return the mapping's columns, each with its rule in words."""
    return SourceDetail(
        name=mapping.name, version=mapping.version, format=mapping.format, description=mapping.description,
        legal_basis=dict(mapping.legal_basis), evidence=mapping.evidence, ignored=list(mapping.ignored),
        columns=[column for emit in mapping.emits for column in _mapped(emit)],
    )  # fmt: skip


def rejects_all(mapping: Mapping, purposes: Collection[str]) -> bool:
    """Return whether every row about persons will be rejected: no legal basis for a purpose that the policy knows."""
    return set(purposes).isdisjoint(mapping.legal_basis) and any(emit.contract.personal for emit in mapping.emits)


def basis_warning(basis: Collection[str], rejected: bool, purposes: Collection[str]) -> str:
    """Return what is wrong with the purposes a mapping has a legal basis for, or nothing."""
    unknown = sorted(set(basis) - set(purposes))
    known = f"The policy knows {', '.join(sorted(purposes))}."
    if rejected and not unknown:
        return "no legal basis is declared: rows about persons are rejected."
    end = "rows about persons are rejected." if rejected else "the policy does not know it."
    return f"legal basis for {', '.join(unknown)}: {end} {known}" if unknown else ""


def rule_in_words(rule: Rule) -> str:
    """Return a rule as a person would say it. A constant and a sentinel are part of the mapping, not of any row."""
    if isinstance(rule, Constant):
        return f"always {rule.constant}"
    if isinstance(rule, Key):
        return f"{f' {rule.with_} '.join(rule.key)}, as one key"
    if isinstance(rule, Derive):
        tag = f", tagged {rule.tag}" if rule.tag else ""
        return f"id derived from {' and '.join(rule.derive)}{tag}"
    if isinstance(rule, WeekHour):
        anchor = rule.week_hour
        return f"{anchor.weekday} and hour {anchor.hour} in the week of {anchor.week_of}, {anchor.zone}"
    return ", ".join([_read(rule), *_modifiers(rule)])


def when_in_words(when: When | None) -> str:
    """Return a condition in words; empty when there is none."""
    if when is None:
        return ""
    return f"{when.column} has a value" if when.is_ else f"{when.column} is {when.equals}"


def _read(rule: From | Join) -> str:
    return rule.from_ if isinstance(rule, From) else f"{' and '.join(rule.join)} joined by {rule.with_!r}"


def _modifiers(rule: Modifiers) -> list[str]:
    said = []
    if rule.null_if:
        said.append(f"empty if {' or '.join(rule.null_if)}")
    if rule.enum:
        said.append("; ".join(f"{old} becomes {new}" for old, new in rule.enum.items()))
    if rule.time:
        said.append(f"read as {rule.time}{f' in {rule.zone}' if rule.zone else ''}")
    if rule.iso:
        said.append("read as ISO 8601")
    if rule.epoch:
        said.append(f"{rule.epoch} since 1970-01-01 UTC")
    if rule.unit:
        said.append(f"from {rule.unit.from_} to {rule.unit.to}")
    return said


def _mapped(emit: Emit) -> list[MappedColumn]:
    return [
        MappedColumn(
            table=emit.to, when=when_in_words(emit.when), column=column.name, type=column.type, unit=column.unit,
            required=column.required, rule=rule_in_words(emit.columns[column.name]),
            sources=list(emit.columns[column.name].columns),
        )
        for column in emit.contract
        if column.name in emit.columns
    ]  # fmt: skip


def _landed(home: Home, fence: Fence) -> dict[str, tuple[Mapping, dict[str, int]]]:
    """Return the newest mapping of each landed source and its number of files by region."""
    from jobs.land_files import MAPPINGS

    def look(name: str) -> Iterator[tuple[str, str, Mapping]]:
        for region, catalog in catalogs(home, name):
            for file in catalog.files():
                yield file.source, name, load_mapping(region.root / MAPPINGS / f"{file.mapping_version}.yaml")

    found: dict[str, tuple[Mapping, dict[str, int]]] = {}
    for source, name, mapping in of_each(home, "", fence, look):
        _, counts = found.get(source, (mapping, {}))
        found[source] = (mapping, {**counts, name: counts.get(name, 0) + 1})
    return found
