"""What the commands of `geoward release` print: parameters, verdicts, counts, and values that are published anyway."""

from __future__ import annotations

from typing import Literal

from jobs.listings.listing import Listing


class WorstClass(Listing):
    """A class in which a parameter is worst, by its published quasi-identifiers; ``value`` is the parameter in it."""

    quasi_ids: dict[str, str | None]
    subjects: int
    value: float | None


class MeasuredParameter(Listing):
    """A parameter over the whole table. ``at`` is the l of ``recursive_c``; ``column`` the sensitive one, if any.

    ``value`` is null if it has no bound, or, with no ``worst``, if it does not apply: ``t_ordered`` of values that have
    no order.
    """

    name: str
    column: str | None = None
    at: int | None = None
    value: float | None
    worst: list[WorstClass]


class ModelVerdict(Listing):
    """Whether a declared model holds. ``measured`` are parameters, limits and names; ``warn`` stops nothing."""

    check: str
    passed: bool
    description: str
    mend: str
    measured: dict[str, int | float | str]
    severity: Literal["error", "warn"]


class AttackerRisk(Listing):
    """Chances that a record is linked to its subject: ``above`` is the share of records over the threshold."""

    highest: float
    average: float
    above: float


class TableRisk(Listing):
    """The risks that ARX and sdcMicro state. ``journalist`` needs a population; ``population_uniques`` a fraction.

    ``population_uniques`` is the estimated share of records that are unique in the population.
    """

    threshold: float
    prosecutor: AttackerRisk
    journalist: AttackerRisk | None
    marketer: float
    sample_uniques: float
    population_uniques: float | None


class VerifyListing(Listing):
    """`geoward release verify --json`. ``k`` counts distinct subjects.

    ``l`` is the least distinct l-diversity and ``t`` the greatest t-closeness (equal distance) of the sensitive
    columns, null without one; the rest is in ``parameters``, where a null value has no bound. ``histogram`` maps a
    class's size in subjects to how many classes have it. ``no_subject`` rows have none and count for nobody.
    ``holds`` is null if no model was named; ``judgment`` is one plain sentence.
    """

    file: str
    quasi_ids: list[str]
    sensitive: list[str]
    subject: str | None
    links: list[str]
    nulls: str
    rows: int
    subjects: int
    no_subject: int
    classes: int
    k: int
    l: int | None  # noqa: E741  (the model's own name)
    t: float | None
    histogram: dict[int, int]
    parameters: list[MeasuredParameter]
    risk: TableRisk
    judgment: str
    holds: bool | None
    verdicts: list[ModelVerdict]


class AttackListing(Listing):
    """`geoward release attack --json`. ``withstands`` is whether nothing stops a publish.

    ``measured`` of an attack holds its ``outcome`` (passed, failed, blind, too_small), the ``estimate`` of its gain
    with the interval from ``low`` to ``high``, the ``limit``, and what the same attack gains on the raw rows; of which
    secret (``column``), and ``knowing`` which kept columns.
    """

    target: str
    withstands: bool
    attacks: list[ModelVerdict]


class BuildListing(Listing):
    """`geoward release build --json`. ``rows_in`` is ``rows_out``, ``suppressed`` and all of ``rejected``.

    ``information_loss`` is the normalized certainty penalty in [0, 1]; ``released`` is whether the output was written.
    """

    release: str
    version: str
    source: str
    output: str | None
    dry_run: bool
    released: bool
    method: str
    rows_in: int
    rows_out: int
    suppressed: int
    rejected: dict[str, int]
    subjects: int
    classes: int
    k: int
    information_loss: float
    verdicts: list[ModelVerdict]


class NoiseTold(Listing):
    """What planar Laplace noise cost: each distinct cell of a subject, and over the epoch, in 1 / km."""

    epsilon_per_km: float
    median: float
    worst: float


class PlacesListing(Listing):
    """`geoward release build --json` of places. ``rows_in`` is ``told``, ``suppressed`` and all of ``withheld``.

    ``told`` fixes became ``rows_out`` published rows: how often somebody was seen in a cell and slot is not told.
    ``kept`` is the share of the epoch's fixes that are told; ``displacement_m`` the mean and 95th percentile in meters
    from where a fix was to the center of its published cell. ``noise`` is null where none is declared.
    """

    release: str
    version: str
    source: str
    output: str | None
    dry_run: bool
    released: bool
    tiling: str
    rows_in: int
    told: int
    rows_out: int
    cells: int
    suppressed: int
    withheld: dict[str, int]
    kept: float
    displacement_m: tuple[float, float]
    noise: NoiseTold | None
    verdicts: list[ModelVerdict]


class TileListing(Listing):
    """`geoward release tile --json`. ``version`` is the tiling's digest, ``made_from`` what it was made of."""

    release: str
    output: str
    version: str
    tiles: int
    regions: int
    made_from: str


class LostListing(Listing):
    """What one privacy unit loses, and a person over a lifetime; ``loss`` is rho or epsilon, as it was spent."""

    claim: str
    loss: float
    epsilon: float
    delta: float
    lifetime_epsilon: float
    lifetime_delta: float


class NoiseListing(Listing):
    """Noise of a ``figure`` is within ``half_width`` in 95 of 100 cases; null where the values around decide."""

    figure: str
    half_width: float | None


class NoisyListing(Listing):
    """`geoward release build --json` of noisy figures. ``rows_out`` are partitions.

    ``alone`` is lost by this release, ``in_all`` by all that the ledger knows of the same dataset, this release in it;
    null where delta reaches 1 and nothing is promised any more. ``left`` is what is left of the budgets (of everybody,
    and of the consumer), in the accounting of the release.
    """

    release: str
    version: str
    source: str
    output: str
    consumer: str
    days: tuple[str, str] | None
    rows_out: int
    alone: LostListing
    in_all: LostListing | None
    left: dict[str, tuple[float, float]]
    noise: list[NoiseListing]


class BudgetEntry(Listing):
    """A budget: at most ``granted`` (rho or epsilon, and delta) of a unit in a period; it paid ``spends`` releases.

    ``spent`` and ``left`` are of the period in which most is spent. ``unit_lost`` (rho or epsilon, and delta) is the
    most that a unit has lost by it, and ``unit_epsilon`` the same as (epsilon, delta); null where nothing is spent, or
    delta reaches 1.
    """

    dataset: str
    unit: str
    consumer: str
    accounting: str
    per: str
    granted: tuple[float, float]
    spent: tuple[float, float]
    left: tuple[float, float]
    spends: int
    unit_lost: tuple[float, float]
    unit_epsilon: tuple[float, float] | None


class BudgetListing(Listing):
    """`geoward budget list|make|grant|recover --json`: the budgets in force; an empty consumer is all of them."""

    budgets: list[BudgetEntry]
