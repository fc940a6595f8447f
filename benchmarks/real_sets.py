"""The real sets through `ingest` and `run`: every row accounted for, time and rows per second by stage, utility.

Run: `.venv/bin/python -m benchmarks.real_sets [cabspotting geolife checkins fraud ads]`, with the shared data beside
the checkout or at `$GEOWARD_SHARED`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT, Peak, machine, run
from benchmarks.population import write_population

SHARED = Path(os.environ.get("GEOWARD_SHARED", ROOT.parent / "shared")) / "data"
Landing = tuple[str, str, str]
SETS: dict[str, list[Landing]] = {
    "cabspotting": [("cabspotting", "us", "cabspotting/cabspotting_*.parquet")],
    "geolife": [("geolife", "cn", "geolife/geolife_1min_*.parquet")],
    "checkins": [
        ("checkins_marc_foursquare_nyc", "us", "checkins_marc/foursquare_nyc_*.parquet"),
        ("checkins_marc_gowalla", "us", "checkins_marc/gowalla_*.parquet"),
        ("checkins_marc_brightkite", "us", "checkins_marc/brightkite_*.parquet"),
    ],
    "fraud": [
        ("fraud_ecommerce_with_ip", "us", "fraud_ecommerce/fraud_data_with_ip_*.csv.gz"),
        ("fraud_ecommerce_no_ip", "us", "fraud_ecommerce/fraud_data_no_ip_*.csv.gz"),
        ("fraud_ecommerce_ip_ranges", "us", "fraud_ecommerce/IpAddress_to_Country.csv.gz"),
    ],
    "ads": [("ad_clicks_talkingdata", "us", "ad_clicks_talkingdata/train_sample_*.csv.gz")],
}
MOBILITY = "SELECT cell_area_m2, slot_hours, persons, status FROM curated.mobility"


def main(names: Sequence[str]) -> None:
    """Run each set in a home of its own and print what came of it."""
    print(machine())
    for name in names or list(SETS):
        with tempfile.TemporaryDirectory() as folder:
            measure(name, Path(folder))


def measure(name: str, home: Path) -> None:
    """Land and run one set; print the row equation of every table, the seconds and the rows per second."""
    print(f"\n{name}")
    land(name, home)
    peak = Peak()
    seconds, listing = run(["run", "--json"], home, peak)
    for table in listing["tables"]:
        print(f"  {equation(table)}; {table['seconds']:.0f} s")
    rows = max(table["rows_in"] for table in listing["tables"])
    print(f"  run: {seconds:.0f} s, {rows / seconds:,.0f} rows/s end to end, peak {peak.gib:.1f} GiB of all processes")
    utility(listing)


def land(name: str, home: Path) -> None:
    """Land the set's files in ``home``, with the population of the table of cities."""
    write_population(SHARED / "geo_reference" / "geonames_cities15000.parquet", home / "population.csv")
    run(["population", "import", str(home / "population.csv")], home)
    for source, region, pattern in SETS[name]:
        files = [str(path) for path in sorted(SHARED.glob(pattern))]
        seconds, _ = run(["ingest", "--source", source, "--region", region, *files, "--json"], home)
        print(f"  ingest {source}: {len(files)} files, {seconds:.1f} s")


def equation(table: dict[str, Any]) -> str:
    """Return one table's row equation in words; exit if it does not hold."""
    rejected = sum(table["rejected"].values())
    if table["contributing"] is None:
        right = table["rows_out"] + table["quarantined"] + rejected
        words = f"{table['rows_out']:,} out + {table['quarantined']:,} quarantined + {rejected:,} rejected"
    else:
        right = table["contributing"] + table["suppressed"]
        words = f"{table['contributing']:,} contributing + {table['suppressed']:,} suppressed {table['suppressed_by']}"
    if right != table["rows_in"]:
        sys.exit(f"{table['table']}: {table['rows_in']} in, {right} accounted for")
    return f"{table['region']} {table['table']}: {table['rows_in']:,} in = {words}"


def utility(listing: dict[str, Any]) -> None:
    """Print the share of rows that the mobility release keeps at all, by level of coarsening."""
    for table in listing["tables"]:
        if table["table"] == "curated.mobility" and table["rows_in"]:
            kept = table["contributing"] / table["rows_in"]
            print(f"  mobility keeps {kept:.1%} of rows; by level: {table['contributing_by']}")


if __name__ == "__main__":
    main(sys.argv[1:])
