"""pycanon, which shares no code with Geoward, finds the same parameters where each row is a subject of its own."""

from __future__ import annotations

import gzip
import random

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from quality.checks.anonymity.measure_anonymity import measure_anonymity
from quality.checks.anonymity.published_table import Roles, open_file
from tests.oracles.ask import ask

pytestmark = pytest.mark.long


def agree(db, file, quasi_ids, column):
    """Compare all but recursive (c, l)-diversity, whose counts pycanon 1.3.6 sorts from the rarest value on."""
    theirs = ask("pycanon", str(file), ",".join(quasi_ids), column, script="pycanon_parameters.py")
    measured = measure_anonymity(db, open_file(db, file), Roles(quasi_ids, (column,)))
    ours = {p.name: p.value for p in measured.parameters}
    distance = "t_ordered" if pa.types.is_integer(pq.read_schema(file).field(column).type) else "t_equal"
    assert ours[distance] == pytest.approx(theirs.pop("t"))
    assert int(ours.pop("l_entropy")) == theirs.pop("l_entropy")  # it rounds down
    del theirs["recursive_c"]
    assert {name: ours[name] for name in theirs} == pytest.approx(theirs)
    assert len(theirs) == 6


@pytest.mark.parametrize("column", ["illness", "pay"])
def test_a_hundred_thousand_rows_measure_alike(db, tmp_path, column):
    draw = random.Random(5)
    rows = [(draw.randrange(11), draw.randrange(9), int(draw.expovariate(0.7))) for _ in range(100_000)]
    age, zip_code, many = zip(*rows, strict=True)
    table = pa.table(
        {
            "age": age,
            "zip": [f"z{z}" for z in zip_code],
            "illness": [f"s{m}" for m in many],
            "pay": [10 * m for m in many],
        }
    )
    pq.write_table(table, tmp_path / "rows.parquet")

    agree(db, tmp_path / "rows.parquet", ("age", "zip"), column)


@pytest.mark.realdata
def test_adult_measures_alike(db, tmp_path, shared_data):
    text = gzip.decompress((shared_data / "k_anon_adult_arx" / "adult.csv.gz").read_bytes())
    table = pa.csv.read_csv(pa.BufferReader(text), parse_options=pa.csv.ParseOptions(delimiter=";"))
    pq.write_table(table, tmp_path / "adult.parquet")

    agree(db, tmp_path / "adult.parquet", ("sex", "race", "salary-class"), "occupation")
