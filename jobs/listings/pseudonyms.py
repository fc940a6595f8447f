"""What `geoward pseudonymize` did: in which domain, and how many rows; never a value."""

from __future__ import annotations

from jobs.listings.listing import Listing


class PseudonymizeListing(Listing):
    """`geoward pseudonymize --json`. ``rows_in`` is ``rows_out`` and all of ``rejected``; ``nobody`` are among the out.

    Pseudonyms can be joined with those of the same ``region``, ``kind``, ``purpose``, ``epoch`` and ``key`` (an id).
    With ``reversible`` they are tokens; ``destroyed`` rows are out without one, since their subject was destroyed.
    """

    column: str = ""
    region: str
    kind: str
    purpose: str
    epoch: str
    key: str
    reversible: bool = False
    dry_run: bool = False
    rows_in: int = 0
    rows_out: int = 0
    nobody: int = 0
    destroyed: int = 0
    rejected: dict[str, int] = {}


class LinkListing(Listing):
    """`geoward link --json`. ``rows_out`` is ``linked``, ``unknown`` and ``nobody``; with ``rejected``, ``rows_in``.

    ``pseudonyms`` were asked for, each counted once. A dry run links nothing: ``linked`` and ``unknown`` are null.
    """

    column: str = ""
    region: str
    kind: str
    from_purpose: str
    from_epoch: str
    to_purpose: str
    to_epoch: str
    purpose: str
    case: str
    dry_run: bool = False
    pseudonyms: int = 0
    rows_in: int = 0
    rows_out: int = 0
    linked: int | None = None
    unknown: int | None = None
    nobody: int = 0
    rejected: dict[str, int] = {}
