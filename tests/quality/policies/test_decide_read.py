from __future__ import annotations

import pytest

from quality.policies.access import Mask, Principal, Reads, Role
from quality.policies.decide_read import ReadRequest, decide_read, readable_tables
from quality.policies.load_policy import load_policy

SHIPPED = load_policy()
ROLES = {
    "analyst": Role(description="-", purposes=("analytics",), reads=(Reads(tables=("released",)),)),
    "hunter": Role(
        description="-", purposes=("risk",), reads=(
            Reads(tables=("protected.actions", "curated.actor_features"), answer="noisy"),
            Reads(tables=("curated.place_counts",), regions=("us",), columns=("place", "persons"),
                  masks={"persons": Mask(**{"as": "round", "step": 10})}, where="status = 'published'",
                  small_cells={"persons": 20}),
            Reads(tables=("clean.actions",)),
        ),
    ),
}  # fmt: skip
PEOPLE = {"ann": Principal(roles=("analyst",)), "hal": Principal(roles=("hunter",)), "nix": Principal()}
POLICY = SHIPPED.model_copy(update={"roles": ROLES, "principals": PEOPLE})


def decide(principal, purpose, table, *columns, region="us", **facts):
    return decide_read(POLICY, ReadRequest(principal, purpose, region, region, table, columns, **facts))


@pytest.mark.parametrize(
    ("asked", "outcome", "rule"),
    [
        pytest.param((None, "analytics", "curated.mobility"), "gap", "principal.unknown", id="nobody-we-know"),
        pytest.param(("eve", "analytics", "curated.mobility"), "gap", "principal.unknown", id="a-stranger"),
        pytest.param(("ann", "art", "curated.mobility"), "gap", "purpose.unknown", id="unknown-purpose"),
        pytest.param(("ann", "risk", "curated.mobility"), "deny", "role.purpose", id="a-purpose-of-others"),
        pytest.param(("nix", "risk", "curated.mobility"), "deny", "role.purpose", id="a-person-without-a-role"),
        pytest.param(("ann", "analytics", "curated.planted"), "gap", "table.unknown", id="unknown-table"),
        pytest.param(("ann", "analytics", "protected.pings"), "deny", "role.reads", id="a-table-of-others"),
        pytest.param(("ann", "analytics", "curated.mobility"), "allow", "role.reads", id="a-released-table"),
        pytest.param(("ann", "analytics", "curated.mobility", "planted"), "gap", "column.unknown", id="unknown-column"),
        pytest.param(("hal", "risk", "protected.actions"), "noisy", "role.reads", id="persons-rows-as-figures"),
        pytest.param(("hal", "risk", "protected.actions", "text"), "deny", "column.never", id="texts"),
        pytest.param(("hal", "risk", "clean.actions"), "deny", "person_level.rows", id="persons-rows-as-rows"),
        pytest.param(("hal", "risk", "curated.place_counts", "status"), "deny", "role.columns", id="others-column"),
    ],
)  # fmt: skip
def test_a_read_is_decided_by_the_first_rule_that_refuses_it(asked, outcome, rule):
    found = decide(*asked)

    assert (found.outcome, found.rule) == (outcome, rule)


def test_rows_come_masked_filtered_and_without_small_cells_as_the_role_says():
    found = decide("hal", "risk", "curated.place_counts", "persons")

    assert (found.outcome, found.where, found.small_cells) == ("allow", "status = 'published'", {"persons": 20})
    assert found.masks["persons"].step == 10


def test_a_role_of_one_region_reads_in_no_other():
    found = decide("hal", "risk", "curated.place_counts", "persons", region="eu")

    assert (found.rule, found.instead) == ("role.region", "Regions: us.")


def test_a_purpose_reads_nothing_in_a_territory_that_does_not_know_it():
    assert decide("hal", "risk", "protected.actions", region="cn").rule == "use.jurisdiction"


@pytest.mark.parametrize(
    ("columns", "outcome"),
    [
        pytest.param(("log_ins",), "noisy", id="made-of-actions"),
        pytest.param(("event_date",), "noisy", id="made-of-nothing-personal"),
        pytest.param(("cells",), "deny", id="made-of-positions"),
    ],
)
def test_columns_are_kept_from_a_purpose_that_may_use_nothing_they_are_made_of(columns, outcome):
    assert decide("hal", "risk", "curated.actor_features", *columns, region="eu").outcome == outcome


def test_a_table_of_positions_is_kept_from_a_purpose_that_may_use_none():
    roles = {
        "hunter": Role(description="-", purposes=("risk",), reads=(Reads(tables=("protected.pings",), answer="noisy"),))
    }
    policy = POLICY.model_copy(update={"roles": ROLES | roles})

    found = decide_read(policy, ReadRequest("hal", "risk", "eu", "eu", "protected.pings", ("event_date",)))

    assert found.rule == "use.datasets"


def test_without_a_declassifier_a_release_serves_only_the_purposes_of_what_it_is_made_of():
    asked = ReadRequest("ann", "analytics", "us", "us", "curated.actions_anonymous")

    assert decide_read(POLICY, asked).outcome == "allow"
    assert decide_read(POLICY.model_copy(update={"declassifiers": {}}), asked).rule == "use.datasets"


def test_no_version_below_the_floor_is_read_and_it_is_said_why():
    found = decide("ann", "analytics", "curated.mobility", version=3, floor=4, floor_why="a subject was erased")

    assert (found.rule, found.instead) == ("version.below_floor", "Versions from 4 on may be read.")
    assert "a subject was erased" in found.because
    assert decide("ann", "analytics", "curated.mobility", version=4, floor=4).allowed


def test_whoever_is_refused_can_be_told_what_they_may_read():
    assert readable_tables(POLICY, "hal", "risk", "us", "us") == [
        "protected.actions", "curated.place_counts", "curated.actor_features",
    ]  # fmt: skip
    assert readable_tables(POLICY, None, "risk", "us", "us") == []
