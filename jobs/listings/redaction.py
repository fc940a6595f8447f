"""What `geoward redact` found: where, of which kind and how sure; never a value."""

from __future__ import annotations

from jobs.listings.listing import Listing


class TextFinding(Listing):
    """``start`` and ``end`` are characters (code points) of the row's text as it was."""

    start: int
    end: int
    kind: str
    score: float


class RedactedRow(Listing):
    """A row by its number from 1; ``rejected`` says why it is not in the output, empty if it is."""

    row: int
    findings: list[TextFinding]
    rejected: str = ""


class RedactListing(Listing):
    """`geoward redact --json`. ``rows_in`` is ``rows_out`` and all of ``rejected`` together."""

    field: str
    purpose: str
    operator: str
    dry_run: bool
    rows: list[RedactedRow]
    rows_in: int
    rows_out: int
    rows_with_findings: int
    rejected: dict[str, int]
    kinds: dict[str, int]
