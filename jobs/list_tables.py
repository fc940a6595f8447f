"""What is published: rows, dates and versions from the tables' logs, the last run from the catalog. No Spark."""

from __future__ import annotations

from jobs.home import Home, Region
from jobs.landed_regions import catalogs, of_each
from jobs.listings import ColumnDetail, Table, TableDetail
from jobs.query import purposes_of
from jobs.region_faults import Fence, unfenced
from jobs.shown_versions import shown_versions
from quality.contracts import CONTRACTS, Contract, contract


def list_tables(home: Home, region: str = "", names: tuple[str, ...] = (), fence: Fence = unfenced) -> list[Table]:
    """Return the tables of that name, or all, in each covered region, published or not."""
    asked = [contract(name) for name in names or CONTRACTS]

    def look(name: str) -> list[Table]:
        place, runs = home.region(name), _last_runs(home, name)
        return [_table(place, one, runs.get((name, one.name), "")) for one in asked]

    order = [one.name for one in asked]
    return sorted(of_each(home, region, fence, look), key=lambda table: order.index(table.name))


def describe_table(home: Home, name: str, fence: Fence = unfenced) -> TableDetail:
    """Return what a table is and who may query it; raise ``UnknownDataset`` when no contract has that name."""
    found = contract(name)
    return TableDetail(
        name=name, layer=found.layer.value, released=found.released, description=found.description, grain=found.grain,
        owner=found.owner, erasure_key=found.erasure_key, columns=[column_detail(found, c.name) for c in found],
        caveats=list(found.caveats), purposes=purposes_of(home, found), example=found.example,
        published=list_tables(home, names=(name,), fence=fence),
        versions=of_each(home, "", fence, lambda region: shown_versions(home.region(region), name)),
    )  # fmt: skip


def column_detail(of: Contract, name: str) -> ColumnDetail:
    """Return one column's facts."""
    column = of[name]
    return ColumnDetail(
        name=name, type=column.type, unit=column.unit, required=column.required, sensitivity=column.sensitivity.value,
        category=column.category, description=column.description, source=list(column.source),
    )  # fmt: skip


def _table(place: Region, of: Contract, last_run: str) -> Table:
    from jobs.lake import Lake, no_spark

    lake = Lake(place, no_spark)
    published, rows = lake.table(of.name), lake.rows(of.name)
    return Table(
        name=of.name, layer=of.layer.value, released=of.released, region=place.name, rows=sum(rows.values()),
        first_date=min(rows, default=None), last_date=max(rows, default=None),
        version=None if published is None else published.version(), last_run=last_run,
    )  # fmt: skip


def _last_runs(home: Home, region: str) -> dict[tuple[str, str], str]:
    """Return the run that published the newest version, by region and table."""
    newest: dict[tuple[str, str], tuple[int, str]] = {}
    for place, catalog in catalogs(home, region):
        for (name, _), (_, _, report) in catalog.published().items():
            key, version = (place.name, name), report.get("version")
            run = (version if isinstance(version, int) else -1, str(report.get("run_id", "")))
            newest[key] = max(newest.get(key, run), run)
    return {key: run_id for key, (_, run_id) in newest.items()}
