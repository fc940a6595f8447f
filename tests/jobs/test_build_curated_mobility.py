"""A release never joins rows of two epochs: pseudonyms that rotate inside its window are refused before any read."""

from __future__ import annotations

from datetime import date

import pytest

from jobs.build_curated_mobility import build_curated_mobility
from jobs.build_curated_place_counts import build_curated_place_counts
from jobs.job import Inputs
from quality.contracts.errors import PolicyBreach
from quality.policies.load_policy import load_policy

POLICY = load_policy()
MONTHS = tuple(date(2026, month, 1) for month in (9, 10, 11))


class Read(Exception):
    """A table was read."""


class Tables(dict):
    def __missing__(self, _):
        raise Read


def inputs(home, *, window, epoch):
    """Return what a build over three months sees, in a region whose releases have that window."""
    rules = POLICY.jurisdiction("eu")
    release = rules.release.model_copy(update={"time": "hour_of_week", "window": window})
    jurisdictions = {"eu": rules.model_copy(update={"release": release})}
    policy = POLICY.model_copy(update={"pseudonym_epoch": epoch, "jurisdictions": jurisdictions})
    return Inputs(
        region=home.region("eu"), policy=policy, dates=MONTHS, today=MONTHS[-1], tables=Tables(), bases={}, keys=None,
        tiling=lambda: None, landed=lambda *_: [], nothing=lambda _: None,
    )  # fmt: skip


BUILDS = pytest.mark.parametrize("build", [build_curated_mobility, build_curated_place_counts])


@BUILDS
@pytest.mark.parametrize("window", ["year", "epoch"])
def test_a_window_over_several_months_is_refused_where_pseudonyms_rotate_monthly(home, build, window):
    with pytest.raises(PolicyBreach, match=f"window is a {window}, but pseudonyms rotate monthly.*epoch: none") as no:
        build(inputs(home, window=window, epoch="month"))

    assert no.value.exit_code == 3


@BUILDS
@pytest.mark.parametrize(
    ("window", "epoch"), [("day", "month"), ("month", "month"), ("month", "none"), ("year", "none"), ("epoch", "none")]
)
def test_a_window_within_one_epoch_of_pseudonyms_is_not(home, build, window, epoch):
    with pytest.raises(Read):
        build(inputs(home, window=window, epoch=epoch))
