"""A source mapping as frozen objects: what each column of a file layout becomes. What is not mapped is dropped."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from quality.contracts import Contract, contract
from quality.policies.jurisdiction import LegalBasis
from quality.sources.check_emit import problems_of
from quality.sources.rules import Frozen, Name, Rule, Scalar

Format = Literal["jsonl", "csv", "tsv", "parquet"]


class When(Frozen):
    """The condition under which a row has this event: the column has a value, or a certain value."""

    column: Name
    is_: Literal["present"] | None = Field(None, alias="is")
    equals: Scalar | None = None

    @model_validator(mode="after")
    def _one_condition(self) -> When:
        if (self.is_ is None) == (self.equals is None):
            raise ValueError("use either `is: present` or `equals: <value>`")
        return self


class Emit(Frozen):
    """One event that a row becomes: a row of the contract ``to``, for rows where ``when`` holds."""

    to: str
    when: When | None = None
    columns: dict[str, Rule]

    @property
    def contract(self) -> Contract:
        """The contract that rows of this emit satisfy."""
        return contract(self.to)

    @property
    def source_columns(self) -> tuple[str, ...]:
        """All source columns it reads, each once, in order of first use."""
        when = (self.when.column,) if self.when else ()
        return tuple(dict.fromkeys([*when, *(name for rule in self.columns.values() for name in rule.columns)]))

    @property
    def time_columns(self) -> tuple[str, ...]:
        """Source columns that decide the event's date and whether there is an event."""
        when = (self.when.column,) if self.when else ()
        time = self.columns["event_time"].columns if "event_time" in self.columns else ()
        return tuple(dict.fromkeys([*when, *time]))


class Mapping(Frozen):
    """One layout of landed files. ``version`` is the first 12 hex digits of the SHA-256 of its file, set by the loader.

    ``legal_basis`` is by purpose, with the ``evidence`` for it; with none, every personal row is rejected.
    ``columns`` names the fields of a csv or tsv file without a header. ``ignored`` are known columns that are
    dropped on purpose, so that a report can tell them from new ones.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    description: str = Field(min_length=1)
    version: str = ""
    format: Format
    legal_basis: dict[str, LegalBasis] = {}
    evidence: str = ""
    columns: tuple[Name, ...] = ()
    ignored: tuple[Name, ...] = ()
    emits: tuple[Emit, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _coherent(self) -> Mapping:
        for emit in self.emits:
            if problem := problems_of(emit, text=self.format != "parquet"):
                raise ValueError("; ".join(problem))
        if self.columns and self.format not in ("csv", "tsv"):
            raise ValueError("columns are only for csv and tsv files without a header")
        if repeated := sorted({name for name in self.columns if self.columns.count(name) > 1}):
            raise ValueError(f"columns names a field twice: {', '.join(repeated)}")
        if self.columns and (unknown := sorted(set(self.source_columns) - set(self.columns))):
            raise ValueError(f"reads columns that the file does not have: {', '.join(unknown)}")
        if both := sorted(set(self.source_columns) & set(self.ignored)):
            raise ValueError(f"both reads and ignores: {', '.join(both)}")
        if reserved := sorted(name for name in self.source_columns if name.startswith("_")):
            raise ValueError(f"columns whose names start with _ cannot be read: {', '.join(reserved)}")
        self._events_differ()
        return self

    def _events_differ(self) -> None:
        seen: list[Emit] = []
        for emit in self.emits:
            for other in seen:
                always = emit.when is None or other.when is None or emit.when == other.when
                if other.to == emit.to and always and other.columns["event_id"] == emit.columns["event_id"]:
                    raise ValueError(f"two events of a row get the same event_id in {emit.to}; give derive a tag")
            seen.append(emit)

    @property
    def source_columns(self) -> tuple[str, ...]:
        """All source columns it reads, each once, in order of first use."""
        return tuple(dict.fromkeys(name for emit in self.emits for name in emit.source_columns))

    @property
    def time_columns(self) -> tuple[str, ...]:
        """Source columns that decide dates and which events a row has; all that counting rows by date must read."""
        return tuple(dict.fromkeys(name for emit in self.emits for name in emit.time_columns))
