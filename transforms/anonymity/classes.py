"""The classes of a release's rows: local recoding in memory."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import floor
from typing import Literal

from quality.contracts.errors import UsageError
from quality.releases.privacy_models import DeltaPresence, PrivacyModel
from transforms.anonymity.coded_table import CodedTable, Codes
from transforms.anonymity.partition_bounds import bounds_of, every_class_holds, tally_of
from transforms.anonymity.partition_mondrian import split_rows
from transforms.anonymity.partition_space import space_of
from transforms.anonymity.refine_classes import refine_classes
from transforms.anonymity.suppress_rows import suppress_rows

SMALL = 200_000
"""Rows up to which every cut is tried in classes of any size."""
LOOK_AHEAD = 2_000
"""Rows of a class up to which every cut is tried in a larger table."""


def make_classes(
    table: CodedTable,
    *,
    models: Sequence[PrivacyModel],
    strict: bool = False,
    effort: Literal["fast", "thorough"] = "thorough",
    suppression: float = 0.0,
) -> Codes:
    """Return the class of each row of ``table``, (n,) from 0, so that every class holds ``models``.

    At most the share ``suppression`` of the rows, those that cost the others most, are ``SUPPRESSED``.

    ``fast`` is Mondrian as `partition_mondrian` states it. ``thorough`` tries every cut and takes the one that leaves
    the least loss; then, unless ``strict``, rows move between neighboring classes while the loss falls. In a table of
    more than SMALL rows only classes of at most LOOK_AHEAD rows are looked at so, and no row moves, so that work grows
    about as the rows do. Nothing depends on the clock or on chance. Raises Unreachable if all rows together do not
    hold a model.

    Rows of a population are in classes too: what is published of a class must be told of all its rows, so that whoever
    was counted in it matches it. For delta-presence the classes never overlap (always ``strict``, and cut only where
    what is told of both sides has nothing in common), so that each of the population matches exactly one.
    """
    limit = floor(suppression * table.own + 1e-9)
    make = partial(_classes, models=models, strict=strict, effort=effort)
    return suppress_rows(table, limit, make) if limit else make(table)


def _classes(table: CodedTable, models: Sequence[PrivacyModel], strict: bool, effort: str) -> Codes:
    bounds = bounds_of(table, models)
    space, tally = space_of(table), tally_of(bounds)
    small = table.rows <= SMALL
    look_ahead = 0 if effort == "fast" else table.rows if small else LOOK_AHEAD
    if any(isinstance(model, DeltaPresence) for model in models):
        strict = True
        if trees := [one.name for one in table.quasi_ids if one.kind == "hierarchical"]:
            raise UsageError(
                f"Classes by nodes of a tree overlap, which delta-presence forbids: {', '.join(trees)}.",
                mend="Use full_domain, or declare the column categorical.",
            )
        if any(one.null >= 0 for one in table.quasi_ids):
            look_ahead = 0  # the least loss may put nulls and values together, which are told as anything
    classes = split_rows(space, bounds, tally, strict, look_ahead)
    if effort == "thorough" and small and not strict and table.rows:
        refine_classes(space, bounds, tally, classes)
    if not every_class_holds(bounds, tally, classes):
        raise AssertionError("a class does not hold its models")
    return classes
