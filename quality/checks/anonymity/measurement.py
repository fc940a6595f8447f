"""What a measurement tells: parameters, the classes they are worst in, and how large classes are. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from quality.checks.anonymity.published_table import Roles


@dataclass(frozen=True, slots=True)
class Group:
    """A class, told by its published quasi-identifiers; ``value`` is the parameter in it alone.

    Never a sensitive value, never a subject.
    """

    quasi_ids: dict[str, str | None]
    subjects: int
    value: float


@dataclass(frozen=True, slots=True)
class Parameter:
    """One model's parameter over the whole table: the worst of its classes'. ``worst`` are those, worst first.

    ``at`` is the l of ``recursive_c``, which is the least upper limit of r1 / (r_l + ... + r_m): the model holds for
    greater c only. Parameters that a release wants large: k, k_map, l_distinct, l_entropy, presence_min.
    """

    name: str
    column: str | None
    value: float
    worst: tuple[Group, ...]
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """All that was measured of a table under ``roles``. ``histogram`` maps a size in subjects to the classes of it."""

    roles: Roles
    rows: int
    subjects: int
    classes: int
    histogram: dict[int, int]
    parameters: tuple[Parameter, ...]
    alone: int = 0
    """Distinct subjects that are alone in a class of theirs."""
    nobody: int = 0
    """Rows left out because their subject is null: they count for nobody."""
    population_histogram: tuple[tuple[int, int, int], ...] | None = None
    """Subjects in the release and in the population of a class, and how many classes have these."""

    @property
    def k(self) -> int:
        """The subjects of the smallest class."""
        return int(min(self._values("k")))

    @property
    def l(self) -> int | None:  # noqa: E743  (the model's own name)
        """The least distinct l-diversity of the sensitive columns; None without one."""
        return int(min(found)) if (found := self._values("l_distinct")) else None

    @property
    def t(self) -> float | None:
        """The greatest t-closeness (equal distance) of the sensitive columns; None without one."""
        return max(self._values("t_equal"), default=None)

    def _values(self, name: str) -> list[float]:
        return [one.value for one in self.parameters if one.name == name]

    def find(self, name: str, column: str | None = None, at: int | None = None) -> Parameter | None:
        """Return the parameter of this name, column and l, or None where it was not measured."""
        matching = (p for p in self.parameters if (p.name, p.column, p.at) == (name, column, at))
        return next(matching, None)
