"""The contract of the table that a declared noisy release of the lake publishes."""

from __future__ import annotations

from collections.abc import Iterator

from quality.contracts import Contract, contract
from quality.contracts.contract import Column
from quality.contracts.contract import Sensitivity as S
from quality.contracts.shared_columns import CELL_PATTERN, EVENT_DATE
from quality.releases.noisy import Mean, Measure, NoisyRelease, Quantile, Sum
from quality.releases.noisy_keys import CellKey, ColumnKey, GridKey, Key


def contract_of_noisy(release: NoisyRelease) -> Contract:
    """Return the contract of what ``release`` publishes of each day: a row per partition, a column per key and measure.

    ``noise_sd`` stands beside each measure whose noise is the same in every row.
    """
    source, table = contract(release.reads), f"curated.{release.name}"
    columns = [_key(name, key, source) for name, key in release.keys.items()]
    columns += [each for name, one in release.measures.items() for each in _measure(name, one, release)]
    loss = ", ".join(f"{name} = {value}" for name, value in release.loss.model_dump(mode="json").items())
    return Contract(
        name=table,
        description=release.description,
        grain=f"one {', '.join(release.keys)} and day",
        columns=(*columns, EVENT_DATE),
        released=True,
        caveats=(
            f"Differentially private: {loss} per {release.unit.per.replace('_', '-')}; a person has many of them.",
            "Figures may be negative: the noise is added to zero as well. Add them up; do not cut them off first.",
            "A day's noise is drawn once: a later run publishes the same figures, also of data that changed since.",
            f"Declared by release {release.name}, version {release.version[:12]}.",
        ),
        example=f"SELECT * FROM {table} ORDER BY {next(iter(release.measures))} DESC LIMIT 10",
    )


def _key(name: str, key: Key, source: Contract) -> Column:
    if isinstance(key, GridKey):
        of = (key.latitude, key.longitude)
        return Column(name, "bigint", f"Square of {key.step} degrees.", S.NONE, required=True, source=_of(source, *of))
    if isinstance(key, CellKey):
        return Column(
            name, "string", f"H3 cell of resolution {key.resolution}.", S.NONE, required=True, pattern=CELL_PATTERN,
            source=_of(source, key.column),
        )  # fmt: skip
    if isinstance(key, ColumnKey):
        of_key = source[key.column]
        return Column(
            name, of_key.type, of_key.description, S.NONE, required=True, allowed=of_key.allowed,
            pattern=of_key.pattern, source=_of(source, key.column),
        )  # fmt: skip
    type_ = {"hour": "timestamp", "day": "date"}.get(key.every, "bigint")
    told = f"The {key.every.replace('_', ' ')}, UTC."
    unit = "UTC" if type_ == "timestamp" else ""
    return Column(name, type_, told, S.NONE, unit=unit, required=True, source=_of(source, key.column))


def _measure(name: str, one: Measure, release: NoisyRelease) -> Iterator[Column]:
    source = _of(contract(release.reads), getattr(one, "column", release.unit.user))
    whole = not isinstance(one, Sum | Mean | Quantile)
    told = f"Noisy {one.measure.replace('_', ' ')}" + (
        " of distinct persons" if one.measure == "distinct_actors" else ""
    )
    yield Column(name, "bigint" if whole else "double", f"{told}; may be negative.", S.NONE, source=source)
    if not isinstance(one, Mean | Quantile):
        yield Column(f"{name}_sd", "double", f"Standard deviation of the noise in {name}.", S.NONE, minimum=0)


def _of(source: Contract, *columns: str) -> tuple[str, ...]:
    return tuple(f"{source.name}.{column}" for column in columns)
