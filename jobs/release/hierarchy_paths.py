"""The hierarchies that a release was made with, as checks read them: the way of each value to the root."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from quality.releases.declaration import TableRelease

if TYPE_CHECKING:
    import pyarrow as pa

    from quality.checks.anonymity.hierarchy_file import Paths
    from transforms.anonymity.coded_table import Hierarchy
    from transforms.anonymity.domains import Domain


def hierarchy_paths(release: TableRelease, rows: pa.Table, domains: Sequence[Domain]) -> dict[str, Paths]:
    """Return the way of each value to the root, of the columns whose published values are nodes."""
    from transforms.anonymity.encode_table import encode_table

    encoded = encode_table(rows, release, domains)
    found: dict[str, Paths] = {}
    for one, values in zip(encoded.table.quasi_ids, encoded.values, strict=True):
        if one.hierarchy is not None and (one.kind == "hierarchical" or release.method == "full_domain"):
            found[one.name] = _ways(one.hierarchy, values.cast("string"))
    return found


def sensitive_paths(release: TableRelease, domains: Sequence[Domain]) -> dict[str, Paths]:
    """Return the way of each value to the root, of the sensitive columns with a hierarchy."""
    sensitive = [one for one in domains if one.name in release.sensitive]
    return {one.name: _ways(one.hierarchy, one.texts) for one in sensitive if one.hierarchy is not None}


def _ways(hierarchy: Hierarchy, texts: pa.StringArray) -> Paths:
    levels = zip(hierarchy.nodes, hierarchy.labels, strict=True)
    ways = zip(*([labels[node] for node in nodes[: len(texts)]] for nodes, labels in levels), strict=True)
    return {text: (text, *way[1:]) for text, way in zip(texts.to_pylist(), ways, strict=True)}
