"""The tables with hierarchies that ARX's authors publish, coded."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pyarrow.csv as csv

from transforms.anonymity.coded_table import CodedTable, QuasiId, Sensitive
from transforms.anonymity.parse_hierarchy import parse_hierarchy


def adult(shared):
    folder = shared / "k_anon_adult_arx"
    return _coded(folder / "adult.csv.gz", lambda name: folder / "hierarchies" / f"adult_hierarchy_{name}.csv")


def anonbench(shared):
    """Return Adult as ARX's authors compare algorithms on: eight quasi-identifiers, and occupation is sensitive."""
    table = adult(shared)
    job = next(one for one in table.quasi_ids if one.name == "occupation")
    quasi_ids = tuple(one for one in table.quasi_ids if one is not job)
    return CodedTable(table.rows, quasi_ids, (Sensitive(job.name, job.codes, len(job.positions), (), job.hierarchy),))


def mach(shared):
    folder = shared / "k_anon_arx_genetic"
    hierarchies = folder / "hierarchies"
    return _coded(
        folder / "data" / "mach2019_int.csv.gz", lambda name: hierarchies / f"mach2019_int_hierarchy_{name}.csv.gz"
    )


def _coded(path, hierarchy_of):
    options = csv.ConvertOptions(column_types=dict.fromkeys(_text(path).split("\n", 1)[0].strip().split(";"), "string"))
    table = csv.read_csv(
        io.BytesIO(_text(path).encode()), parse_options=csv.ParseOptions(delimiter=";"), convert_options=options
    )
    quasi_ids = []
    for name in table.column_names:
        coded = table[name].combine_chunks().dictionary_encode()
        values = coded.dictionary.to_pylist()
        quasi_ids.append(
            QuasiId(
                name,
                "categorical",
                coded.indices.to_numpy().astype(np.int32),
                np.arange(len(values), dtype=np.float64),
                hierarchy=parse_hierarchy(_text(hierarchy_of(name)), values, column=name),
            )
        )
    return CodedTable(table.num_rows, tuple(quasi_ids))


def _text(path):
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
