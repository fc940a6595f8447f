"""What each reason code means and how to mend it. Codes name columns, never values."""

from __future__ import annotations

_MAPPING = (
    "Correct the source mapping, try it with `geoward source check`, and enter the kept files again: "
    "`geoward quarantine replay MAPPING`."
)
_SENDER = "Ask whoever wrote the file to send it again."

REASONS: dict[str, tuple[str, str]] = {
    "not_found": ("There is no file at that path.", "Check the path."),
    "not_a_file": ("The path is a folder or a device, not a file.", "Name the files in it, for example FOLDER/*.csv."),
    "unreadable": ("The file cannot be opened or read to its end.", "Check its permissions and the disk."),
    "empty_file": ("The file holds no record.", _SENDER),
    "truncated_gzip": ("The gzip ends before its last block: an upload or a copy was cut off.", _SENDER),
    "corrupt_gzip": ("The gzip cannot be decompressed.", _SENDER),
    "bad_encoding": ("The text is not UTF-8.", "Convert it to UTF-8 and ingest it again."),
    "wrong_format": ("The file is not of the format that the mapping names.", "Choose the mapping made for this file."),
    "mixed_line_ends": (
        "Some lines end with a carriage return alone and others do not.", "End all lines alike and ingest it again."),
    "record_too_long": (
        "A record is longer than 32 million characters: a quote or a line that never ends.", _SENDER),
    "missing_column": ("The file lacks columns that the mapping reads.", _MAPPING),
    "other_delimiter": (
        "The header has columns that the mapping reads, told apart by another sign than its format has.",
        "If the format is wrong (csv: commas; tsv: tabs), correct the mapping; else have the file written in it."),
    "duplicate_column": ("The header names a column twice that the mapping reads.", _SENDER),
    "corrupt_parquet": ("The Parquet file is damaged.", _SENDER),
    "swollen_parquet": (
        "Some rows of the Parquet file take more than a gigabyte when they are read, however small it is.", _SENDER),
    "unsupported_type": ("A column that the mapping reads has a type that cannot be landed.", "Write it as text."),
    "unsupported_encoding": (
        "A column that the mapping reads is packed in a way that Spark cannot read.",
        "Write the Parquet file with snappy, gzip or zstd, and without BYTE_STREAM_SPLIT."),
    "unreadable_by_spark": ("The file passed the first look and yet cannot be read as a whole.", _SENDER),
    "changed_since_landing": (
        "The kept bytes of the file are gone, were shredded, or are not those that landed.",
        "Ingest the file again from where it came (the same bytes take its place), and look at the disk."),
    "shredded": (
        "The key of these very bytes was destroyed, so that nobody can read them: they do not come back.",
        "Nothing to do. If their subjects may be held again, ask the sender for a new file of them."),
    "malformed_record": (
        "The record cannot be split into its fields, or holds half a character or a number that is none.", _SENDER),
    "missing": (
        "A required column is empty or blank.", "Find out why the sender leaves it empty, or map another column."),
    "unparseable": ("The value cannot be read as the column's type.", _MAPPING),
    "unmapped_value": ("The value is not among those the mapping's enum lists.", "Add it to the enum. " + _MAPPING),
    "time_out_of_bounds": (
        "The moment lies before 2000 or more than a day past the landing.", "Check the time's format, unit and zone."),
    "out_of_bounds": (
        "The value is outside the bounds, the list or the pattern of its contract.",
        "See the column with `geoward tables show TABLE`; if the unit is wrong, correct the mapping."),
    "no_legal_basis": (
        "The mapping declares no legal basis, so every row about persons is rejected.",
        "Declare legal_basis and evidence in the mapping, or do not land the file."),
    "duplicate_exact": ("The same row came before.", "Nothing to mend: it is counted once."),
    "duplicate_event_id": ("Another row has the same event id.", "Check the mapping's event_id if there are many."),
    "past_retention": ("The row is older than it may be kept.", "Nothing to mend: it must not be kept."),
    "minor": ("The actor is or may be a minor.", "Nothing to mend: the policy does not allow its use."),
    "erased": ("Its subject was erased.", "Nothing to mend: nobody can read it any more."),
    "no_consent": ("No consent or other legal basis held at the event.", "Land consents, if there are any."),
}  # fmt: skip
"""Meaning and mend by code, without the column after the colon."""


def explain_reason(reason: str) -> tuple[str, str]:
    """Return what a reason means and the next step; a code that ends in ``:<column>`` is told with its column."""
    code, _, columns = reason.partition(":")
    meaning, mend = REASONS.get(code, ("No explanation is on record for this code.", "Report it as a defect."))
    return (f"{meaning.rstrip('.')}: {columns}." if columns else meaning), mend
