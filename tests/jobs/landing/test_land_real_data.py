"""Every row of the real data sets is accounted for, by each event it becomes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pyspark.sql import functions as F

from jobs.landing.file_opening import PlainFile
from jobs.landing.probe_file import probe_file
from jobs.landing.read_records import LandedFile, read_records
from quality.contracts import contract
from quality.sources.load_mapping import load_mapping
from transforms.landing.date_records import date_records
from transforms.landing.find_violations import violation
from transforms.landing.map_records import map_records

pytestmark = [pytest.mark.spark, pytest.mark.realdata]

LANDED = datetime(2024, 5, 1, 12, tzinfo=UTC)
FILE = "a" * 64


def landed(spark, path, name):
    mapping = load_mapping(name)
    probe = probe_file(path, mapping)
    assert (probe.readable, probe.unknown) == (True, ())
    [records] = read_records(spark, [LandedFile(PlainFile(path), FILE, LANDED, probe.columns, LANDED.date())], mapping)
    return mapping, records


@pytest.mark.parametrize(
    ("file", "name", "expected"),
    [
        pytest.param("geolife/geolife_1min_dev.parquet", "geolife", [{None: 978_375}], id="geolife"),
        pytest.param(
            "checkins_marc/foursquare_nyc_dev.parquet", "checkins_marc_foursquare_nyc", [{None: 46_908}], id="nyc"
        ),
        pytest.param("checkins_marc/gowalla_dev.parquet", "checkins_marc_gowalla", [{None: 66_959}], id="gowalla"),
        pytest.param(
            "checkins_marc/brightkite_dev.parquet", "checkins_marc_brightkite",
            [{None: 28_774, "missing:event_time": 65_717}], id="brightkite-partly-timeless"
        ),
        pytest.param(
            "fraud_ecommerce/fraud_data_with_ip_dev.csv.gz", "fraud_ecommerce_with_ip",
            [{None: 21_052}, {None: 21_051}, {None: 21_052}, {None: 21_051}], id="fraud-with-ip",
        ),
        pytest.param(
            "fraud_ecommerce/fraud_data_no_ip_dev.csv.gz", "fraud_ecommerce_no_ip",
            [{None: 36_098}, {None: 36_098}, {None: 36_098}, {None: 36_097}], id="fraud-no-ip",
        ),
        pytest.param(
            "fraud_ecommerce/IpAddress_to_Country.csv.gz", "fraud_ecommerce_ip_ranges",
            [{None: 103_887, "unparseable:range_from": 8}], id="ip-ranges"
        ),
        pytest.param(
            "ad_clicks_talkingdata/train_sample_dev.csv.gz", "ad_clicks_talkingdata",
            [{None: 68_591}, {None: 156}, {None: 68_591}], id="talkingdata"
        ),
    ],
)  # fmt: skip
def test_every_row_is_good_or_has_a_reason(spark, shared_data, file, name, expected):
    mapping, records = landed(spark, shared_data / file, name)

    for emit, rows in zip(mapping.emits, expected, strict=True):
        mapped = map_records(records, mapping, emit).groupBy("_reason").count().collect()
        reasons = {row._reason: row["count"] for row in mapped}
        dated = date_records(records, mapping, emit).agg(F.sum("rows")).collect()[0][0]
        assert sum(reasons.values()) == dated
        assert reasons == rows


def test_cabspotting_maps_whole_and_its_noise_is_found_by_the_clean_bounds(spark, shared_data):
    mapping, records = landed(spark, shared_data / "cabspotting/cabspotting_dev.parquet", "cabspotting")

    mapped = map_records(records, mapping, mapping.emits[0])
    found = mapped.agg(
        F.count("*").alias("rows"), F.count("_reason").alias("bad"), F.countDistinct("actor_id").alias("cabs"),
        F.count(violation(contract("clean.pings"), list(mapping.emits[0].columns))).alias("outside"),
    ).collect()[0]  # fmt: skip

    assert (found.rows, found.bad, found.cabs, found.outside) == (7_871_876, 0, 370, 0)
