"""What the commands of `geoward release` print: parameters, verdicts, counts, and values that are published anyway."""

from __future__ import annotations

from jobs.listings.listing import Listing


class WorstClass(Listing):
    """A class in which a parameter is worst, by its published quasi-identifiers; ``value`` is the parameter in it."""

    quasi_ids: dict[str, str | None]
    subjects: int
    value: float | None


class MeasuredParameter(Listing):
    """A parameter over the whole table. ``at`` is the l of ``recursive_c``; ``column`` the sensitive one, if any."""

    name: str
    column: str | None = None
    at: int | None = None
    value: float | None
    worst: list[WorstClass]


class ModelVerdict(Listing):
    """Whether a declared model holds. ``measured`` are parameters, limits and names of columns."""

    check: str
    passed: bool
    description: str
    mend: str
    measured: dict[str, int | float | str]


class VerifyListing(Listing):
    """`geoward release verify --json`. ``k`` counts distinct subjects.

    ``l`` is the least distinct l-diversity and ``t`` the greatest t-closeness (equal distance) of the sensitive
    columns, null without one; the rest is in ``parameters``, where a null value has no bound. ``histogram`` maps a
    class's size in subjects to how many classes have it. ``holds`` is null if no model was named.
    """

    file: str
    quasi_ids: list[str]
    sensitive: list[str]
    subject: str | None
    links: list[str]
    nulls: str
    rows: int
    subjects: int
    classes: int
    k: int
    l: int | None  # noqa: E741  (the model's own name)
    t: float | None
    histogram: dict[int, int]
    parameters: list[MeasuredParameter]
    holds: bool | None
    verdicts: list[ModelVerdict]
