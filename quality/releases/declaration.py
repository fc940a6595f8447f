"""A release as declared: what may be published of a table, and what must hold of it first."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from quality.releases.attributes import HierarchyBuild, QuasiIdentifier
from quality.releases.privacy_models import DeltaPresence, KAnonymity, KMap, PrivacyModel


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Gates(_Frozen):
    """What attacks on the published rows may reach at most, and what must be left of the data at least.

    ``singling_out``, ``linkability`` and ``inference`` are the three attacks of the European opinion on anonymization.
    Shares lie in [0, 1]: of an attack what it gains on the release's own people over people who are not in it (Giomi et
    al., PETS 2023), the whole interval. An attack whose limit is null is not tried, and the report says so. Without a
    stated limit, ``membership`` is not: k-anonymity does not promise to hide who is in a table. ``accept_too_small``
    lets a release pass whose attacks are undecided for want of people. ``kept_alone`` is the share of people who may
    hold a value of a kept column that fewer than k hold, or kept values that are theirs alone, or to whom kept values
    give a quasi-identifier back inside a published class (null: any). Attackers know kept columns, unless it is 1 or
    null: that says that nobody else can know their values.
    ``max_information_loss`` is the normalized certainty penalty (NCP) and ``max_suppressed`` the share of rows that
    are not published: a release beyond either fails as useless.
    """

    singling_out: float | None = Field(default=0.05, ge=0, le=1)
    linkability: float | None = Field(default=0.05, ge=0, le=1)
    inference: float | None = Field(default=0.05, ge=0, le=1)
    membership: float | None = Field(default=None, ge=0, le=1)
    accept_too_small: bool = False
    kept_alone: float | None = Field(default=0.05, ge=0, le=1)
    max_information_loss: float = Field(default=0.9, gt=0, le=1)
    max_suppressed: float = Field(default=0.2, ge=0, le=1)


class TableRelease(_Frozen):
    """Rows of a table, made anonymous. Only the columns named here are published.

    ``name`` is what the release is called, ``description`` says what is in it and ``purpose`` what it may be used for.
    ``quasi_ids`` are what an attacker may know of a person, and are made coarser. ``models`` are what must hold; a
    sensitive column is one that a model names, and is published as it is. ``method`` is local recoding (mondrian: the
    least loss), one level of a hierarchy for each whole column (full_domain) or means of numbers (microaggregation).
    ``strict`` keeps classes from overlapping. ``gates`` are what attacks may reach, and what must be left.
    ``reads`` is a table of the lake or a file. ``subject`` is the column of who a row is about (each row is a subject
    of its own without it) and is never published; ``links`` are columns, such as a device or a ring, whose equal
    values make one subject of several. ``keep`` are published as they are. ``hierarchies`` are those of sensitive
    columns, as a quasi-identifier states its own. ``suppression`` is the share of rows that may be left out to spare
    the rest. ``nulls`` are a category of their own, or their rows are left out. ``late_rows`` says whether a
    version may be made beside one that is out, if who has both may learn of the few that came or went.
    """

    kind: Literal["table"] = "table"
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = Field(min_length=1)
    purpose: str = Field(min_length=1)
    reads: str = Field(min_length=1)
    subject: str | None = None
    links: tuple[str, ...] = ()
    quasi_ids: dict[str, QuasiIdentifier] = Field(min_length=1)
    keep: tuple[str, ...] = ()
    hierarchies: dict[str, str | HierarchyBuild] = {}
    models: tuple[PrivacyModel, ...] = Field(min_length=1)
    method: Literal["mondrian", "full_domain", "microaggregation"] = "mondrian"
    strict: bool = False
    suppression: Annotated[float, Field(ge=0, le=1)] = 0.0
    nulls: Literal["category", "suppress"] = "category"
    late_rows: Literal["refuse", "allow"] = "refuse"
    gates: Gates = Gates()
    version: str = ""

    @property
    def k(self) -> int:
        """The least subjects of a class; 1 where no model says."""
        return max((model.k for model in self.models if isinstance(model, KAnonymity)), default=1)

    @property
    def population(self) -> str | None:
        """The file, beside the declaration, that k-map and delta-presence count people in; None without them."""
        return next((model.population for model in self.models if isinstance(model, KMap | DeltaPresence)), None)

    @property
    def sensitive(self) -> tuple[str, ...]:
        """The columns whose values the models protect; they are published."""
        return tuple(dict.fromkeys(model.column for model in self.models if hasattr(model, "column")))

    @property
    def known_kept(self) -> tuple[str, ...]:
        """The kept columns that somebody may know of a person: all, unless ``kept_alone`` says that nobody can."""
        most = self.gates.kept_alone
        return () if most is None or most >= 1 else self.keep

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read, each once."""
        who = [self.subject] if self.subject else []
        return tuple(dict.fromkeys([*self.quasi_ids, *self.sensitive, *self.keep, *who, *self.links]))

    @property
    def coded(self) -> dict[str, QuasiIdentifier]:
        """How each column that a model looks at is read: the quasi-identifiers, then the sensitive ones."""
        read = {n: QuasiIdentifier(kind="ordered", hierarchy=self.hierarchies.get(n)) for n in self.sensitive}
        return {**self.quasi_ids, **read}

    @model_validator(mode="after")
    def _coherent(self) -> TableRelease:
        roles = [*self.quasi_ids, *self.sensitive, *self.keep]
        if repeated := sorted({name for name in roles if roles.count(name) > 1}):
            raise ValueError(f"a column has one role only: {', '.join(repeated)}")
        spelled = [name.casefold() for name in self.columns]
        if alike := sorted(name for name in self.columns if spelled.count(name.casefold()) > 1):
            raise ValueError(f"columns differ in case alone: {', '.join(alike)}")
        if self.subject in roles:
            mend = (
                f"take {self.subject} out of the published columns, or `subject` out if each row is a person of its own"
            )
            raise ValueError(f"the subject is never published, and {self.subject} is published too: {mend}")
        if self.links and self.subject is None:
            raise ValueError("links unite subjects, so subject must be named")
        if shown := sorted(set(self.links) & set(roles)):
            raise ValueError(f"links are never published: {', '.join(shown)}")
        if stray := sorted(set(self.hierarchies) - set(self.sensitive)):
            raise ValueError(f"hierarchies are for sensitive columns, which these are not: {', '.join(stray)}")
        if self.method == "full_domain" and (bare := [n for n, q in self.quasi_ids.items() if q.hierarchy is None]):
            raise ValueError(f"full_domain needs a hierarchy for: {', '.join(bare)}")
        if self.method == "microaggregation" and any(q.kind != "numeric" for q in self.quasi_ids.values()):
            raise ValueError("microaggregation is for numeric quasi-identifiers only")
        return self

    @model_validator(mode="after")
    def _of_a_population(self) -> TableRelease:
        asked = [model for model in self.models if isinstance(model, KMap | DeltaPresence)]
        if len({model.population for model in asked}) > 1:
            raise ValueError("all models count in one population")
        if asked and self.method == "microaggregation":
            raise ValueError(f"microaggregation does not reach {asked[0].model}")
        if asked and self.known_kept:
            raise ValueError(
                "who of a population has which kept value is not known, so nobody can be sought by it: declare what is"
                " kept as quasi-identifiers, or, if nobody can know its values, gates: {kept_alone: 1}"
            )
        coded = [n for n, one in self.quasi_ids.items() if one.bottom is not None or one.top is not None]
        if asked and coded:
            raise ValueError(f"a population is not coded at bottom and top; code both files before: {', '.join(coded)}")
        trees = [name for name, one in self.quasi_ids.items() if one.kind == "hierarchical"]
        if trees and self.method == "mondrian" and any(isinstance(model, DeltaPresence) for model in asked):
            raise ValueError(
                f"classes by nodes overlap, which delta_presence forbids: use full_domain, or a kind other than"
                f" hierarchical for {', '.join(trees)}"
            )
        return self
