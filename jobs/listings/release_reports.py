"""What `geoward release plan|explain|compare|tune|report` print: declarations, measures of files, never a row."""

from __future__ import annotations

from typing import Literal

from jobs.listings.listing import Listing
from jobs.listings.releases import ModelVerdict

Role = Literal[
    "quasi_identifier", "sensitive", "kept", "subject", "link", "not_published", "generalized", "counted"
]  # fmt: skip
"""``generalized`` are places and times of a release of places, ``counted`` what noisy figures are made of."""


class PlannedColumn(Listing):
    """``hierarchy`` is a file's name or how it is built. ``in_file`` is null if there is no file to look into."""

    name: str
    role: Role
    published: bool
    kind: str | None = None
    weight: float | None = None
    hierarchy: str | None = None
    hierarchy_found: bool | None = None
    in_file: bool | None = None


class ModelMeaning(Listing):
    """A declared model with its parameters, in words."""

    model: str
    column: str | None
    parameters: dict[str, int | float | str]
    meaning: str


class ReleasePlanListing(Listing):
    """`geoward release plan --json`. ``problems`` are what a build would stop at; ``rows`` is null without a file.

    An attack whose gate is null is not tried. ``method`` of what is no table is its kind, and the three after it are
    null. ``needs`` is what else a build takes, of places and noisy figures. ``read`` counts the rows of places by where
    they are: in the epoch, or withheld for what; null if values were not looked at. ``subjects`` are of a table's rows,
    and ``people`` what its links make of them: null likewise, and without a subject.
    """

    release: str
    version: str
    description: str
    purpose: str
    source: str
    rows: int | None
    subjects: int | None = None
    people: int | None = None
    method: str
    strict: bool | None = None
    suppression: float | None = None
    nulls: str | None = None
    columns: list[PlannedColumn]
    models: list[ModelMeaning]
    gates: dict[str, float | bool | None]
    needs: list[str] = []
    read: dict[str, int] | None = None
    problems: list[str]


class Weakness(Listing):
    """What a model does not protect against, and how that goes."""

    name: str
    how: str


class ModelLesson(Listing):
    """What a model promises and does not; ``source`` is the paper that defined it."""

    model: str
    column: str | None
    parameters: dict[str, int | float | str]
    promises: str
    source: str
    not_against: list[Weakness]


class KnobLesson(Listing):
    """A knob of the declaration: its value, what it does and what that costs."""

    knob: str
    value: str
    does: str
    costs: str
    source: str


class AttackLesson(Listing):
    """How an attack goes about a release, under which limit it is ``tried``, or why it does not apply."""

    attack: str
    tried: str
    how: str
    source: str


class ExplainListing(Listing):
    """`geoward release explain --json`. ``always`` is what no model of this release protects against.

    ``attacks`` are told of releases of places, where what is published decides which can be tried.
    """

    release: str
    version: str
    models: list[ModelLesson]
    knobs: list[KnobLesson]
    always: list[Weakness]
    attacks: list[AttackLesson] = []


class ColumnLoss(Listing):
    """Losses of one quasi-identifier; ``ncp`` and ``entropy`` lie in [0, 1], ``kl`` is in nats.

    ``unread`` rows have a value that covers none of the source's, and count as lost.
    """

    name: str
    ncp: float
    entropy: float
    kl: float
    unread: int


class TableUtility(Listing):
    """What a release lost. ``information_loss`` is the NCP over the columns; ``suppressed`` a share of rows."""

    information_loss: float
    suppressed: float
    discernibility: int
    c_avg: float
    columns: list[ColumnLoss]


class ComparedVersion(Listing):
    """Parameters of one file; ``l`` and ``t`` (equal distance) are null without sensitive columns."""

    file: str
    rows: int
    subjects: int
    classes: int
    k: int
    l: int | None  # noqa: E741  (the model's own name)
    t: float | None


class DifferencingResult(Listing):
    """From ``small`` classes 1 to ``k`` - 1 of ``counted`` came or went, in ``secrets`` as many sensitive values did.

    In ``kept`` as many values of the ``kept_columns`` did, which are all others of both files; ``left_out`` are in one
    only, or have no value in both. ``alike`` are classes of several secrets in which all that came or went have one. It
    is ``proven`` only over classes of both versions, or of ``fixed_cells``, of which no pair is ``overlapping`` or
    ``unknown``, for texts of the ``unread`` columns; ``reasons`` say why it did not pass.
    """

    k: int
    counted: Literal["people", "rows"]
    in_both: int
    only_old: int
    only_new: int
    small: int
    secrets: int
    kept: int
    kept_columns: list[str]
    left_out: list[str]
    alike: int
    fixed_cells: bool
    overlapping: int
    unknown: int
    unread: list[str]
    proven: bool
    passed: bool
    reasons: list[str]


class CompareListing(Listing):
    """`geoward release compare --json`. ``utility`` is null unless the old file is the source of the new one.

    ``differencing`` is null if it is: a source is not published.
    """

    old: ComparedVersion
    new: ComparedVersion
    quasi_ids: list[str]
    sensitive: list[str]
    subject: str | None
    rows_fewer: int
    utility: TableUtility | None
    differencing: DifferencingResult | None


class TunedPoint(Listing):
    """One k: risks of a prosecutor and utility; all null where no release can be made or a model fails (``why``)."""

    k: int
    why: str
    risk_highest: float | None = None
    risk_average: float | None = None
    information_loss: float | None = None
    c_avg: float | None = None
    discernibility: int | None = None
    suppressed: float | None = None
    within_gates: bool = False
    frontier: bool = False
    proposed: bool = False


class TuneListing(Listing):
    """`geoward release tune --json`. ``proposed`` is the k that ``rule`` chooses, null if none can be released."""

    release: str
    version: str
    source: str
    points: list[TunedPoint]
    attacked: bool
    proposed: int | None
    rule: str
    picture: str | None


class ReportListing(Listing):
    """`geoward release report --json`. ``sha256`` is that of the published file, null if none was named."""

    release: str
    version: str
    source: str
    report: str
    published: str | None
    sha256: str | None
    holds: bool
    verdicts: list[ModelVerdict]
