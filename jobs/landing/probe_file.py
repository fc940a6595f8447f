"""Whether a landed file can be read to its last byte, before Spark meets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.landing.column_names import is_header, told_names
from jobs.landing.file_opening import Content, PlainFile, Unreadable, is_gzip, opening_of
from jobs.landing.probe_parquet import probe_parquet
from jobs.landing.probe_text import probe_text
from jobs.landing.sealed_file import FileShredded, SealRefused
from quality.sources.mapping import Mapping

SHREDDED = "shredded"
NOT_KEPT = ("not_found", "not_a_file", "unreadable", SHREDDED)
"""Reasons for which nothing is kept of a path, so that nothing is in quarantine either."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found. ``reason`` is empty when readable, else a code with column names at most.

    ``columns`` are those of the file, ``dropped`` those the mapping does not read, ``unknown`` those of them that it
    does not list as ignored either; a name that looks like a value is told by its place. If the file is refused for
    its columns they are told as well, unless none is known: a file that lost its header has a row in its place.
    ``rows`` is null where counting would need a parser (csv, tsv). The codes are explained in ``jobs.reasons``.
    """

    readable: bool
    reason: str
    columns: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    gzipped: bool = False
    rows: int | None = None


def probe_file(path: Path, mapping: Mapping) -> Probe:
    """Read the whole file once, in constant memory, and say whether it is fit for ``mapping``; never raises for it."""
    return probe_content(PlainFile(path), mapping)


def probe_content(content: Content, mapping: Mapping) -> Probe:
    """Judge what is to land as ``probe_file`` does, wherever it is."""
    try:
        return probe_copy(content, mapping)
    except (OSError, SealRefused):
        return Probe(False, "unreadable")
    except FileShredded:
        return Probe(False, SHREDDED)


def probe_copy(content: Content, mapping: Mapping) -> Probe:
    """Judge a copy of ours as ``probe_file`` does. Raises ``OSError``: if it cannot be read, that is not the file's."""
    gzipped = False
    try:
        gzipped = is_gzip(content)
        probe = probe_parquet if mapping.format == "parquet" else probe_text
        names, rows = probe(content, mapping)
    except Unreadable as error:
        names = error.columns if is_header(error.columns, _known(mapping)) else ()
        return _probe(str(error), names, mapping, gzipped, None)
    return _probe("", names, mapping, gzipped, rows)


def _probe(reason: str, names: Sequence[str], mapping: Mapping, gzipped: bool, rows: int | None) -> Probe:
    columns = told_names(names, _known(mapping))
    dropped = tuple(name for name in columns if name not in mapping.source_columns)
    unknown = tuple(name for name in dropped if name not in mapping.ignored)
    return Probe(not reason, reason, columns, dropped, unknown, gzipped, rows)


def _known(mapping: Mapping) -> set[str]:
    return {*mapping.source_columns, *mapping.ignored, *mapping.columns}


def unfit(path: Path) -> str:
    """Return why there is nothing to keep of a path, one of ``NOT_KEPT``; empty for a file, also an empty one."""
    try:
        opening_of(PlainFile(path))
    except Unreadable as error:
        return str(error) if str(error) != "empty_file" else ""
    except OSError:
        return "unreadable"
    return ""
