"""The ways in which a release fails: what is declared, what a user is shown, and what its mend changes."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass
from typing import Any

from tests.jobs.cli.test_release_build import DECLARED
from tests.jobs.cli.test_release_places import AWAY, CROWD, HERE, LATE, LINKED, MIDDLE, UNATTACKED, commutes, fixes

State = dict[str, Any]
"""What differs from a declaration that is published, with its rows and what was ``run`` before."""


@dataclass(frozen=True)
class Failure:
    """``says`` stands behind "Error:", and each of ``mends``' words behind "Mend:", with what they say to change.

    ``says`` is a check's name where a check failed, and stands in the table of docs/release-failures.md.
    """

    says: str
    fails: State
    mends: dict[str, State]
    code: int = 1
    out_before: bool = False


def csv_of(columns: str, *rows: str) -> str:
    return "\n".join([columns, *rows]) + "\n"


def crowd(people: int) -> str:
    """Rows of people of many ages and pays, in nine towns, with forty illnesses."""
    draw = random.Random(1)  # noqa: S311
    ages, pays = (draw.sample(range(people), people) for _ in range(2))
    return csv_of("who,age,pay,city,ill", *(
        f"p{at},{ages[at] / 10},{pays[at]},t{draw.randrange(9)},i{draw.randrange(40)}" for at in range(people)
    ))  # fmt: skip


def models(k: int, *others: State) -> State:
    return {"models": [{"model": "k_anonymity", "k": k}, *others]}


def gates(**limits: Any) -> State:
    """No attack but those that have a limit here."""
    return {"gates": {**DECLARED["gates"], **limits}}


def diverse(l: int, column: str = "secret") -> State:  # noqa: E741
    return {"model": "l_diversity", "column": column, "l": l}


def close(t: float, column: str) -> State:
    return {"model": "t_closeness", "column": column, "t": t}


def mapped(k: int) -> State:
    return {"models": [{"model": "k_map", "k": k, "population": "visits.csv"}], "keep": []}


def present(most: float) -> State:
    return {"models": [{"model": "delta_presence", "maximum": most, "population": "visits.csv"}], "keep": []}


AGE, CITY = {"kind": "numeric"}, {"kind": "categorical"}
WHO = "who,age,city,note,secret"
FOUR = csv_of(WHO, "a,30,Rome,n,s", "b,34,Rome,n,t", "c,61,Oslo,n,s", "d,67,Oslo,n,t")
ALIKE = csv_of(WHO, "a,30,Rome,n,s", "b,34,Rome,n,s", "c,61,Oslo,n,t", "d,67,Oslo,n,t")
OUTLIER = csv_of("who,age", *(f"p{at},{30 + at}" for at in range(9)), "x,90")
TREE = {"kind": "numeric", "hierarchy": {"build": "intervals", "width": 10, "levels": 3}}
SSN = csv_of("who,age,city,ssn", *(f"s{at},{30 + at % 2},Rome,s{at}" for at in range(8)))
NULLS = FOUR + "e,,Oslo,n,s\nf,,Oslo,n,s\n"
MANY = {"rows": crowd(600), "quasi_ids": {"age": AGE, "pay": AGE, "city": CITY}, "keep": []}
FEW = {**MANY, "rows": crowd(40)}

TABLES = {
    "k": Failure(
        "does not hold model k_anonymity", models(5),
        {"Add subjects": {"rows": FOUR + "e,70,Oslo,n,s\n"}, "ask for a smaller k": models(2)},
    ),
    "l": Failure("does not hold model l_diversity", models(2, diverse(3)), {"a smaller l": models(2, diverse(2))}),
    "k map": Failure("does not hold model k_map", mapped(5), {"Ask for a smaller k": mapped(2)}),
    "delta presence": Failure("does not hold model delta_presence", present(0.5), {"wider limits": present(1)}),
    "secrets that are too alike": Failure(
        "information_loss",
        {"rows": ALIKE, **models(2, close(0.1, "secret")), **gates(max_information_loss=0.9)},
        {"a larger t": models(2, close(0.5, "secret"))},
    ),
    "information": Failure(
        "information_loss",
        {"rows": OUTLIER, "quasi_ids": {"age": AGE}, "keep": [], **models(4), **gates(max_information_loss=0.4)},
        {
            "a smaller k": models(2), "allow some `suppression`": {"suppression": 0.1},
            "`gates: {max_information_loss: 1}`": gates(max_information_loss=1),
        },
    ),
    "rows without a value": Failure(
        "suppressed_rows", {"rows": NULLS, "nulls": "suppress", **gates(max_suppressed=0.2)},
        {"`nulls: category`": {"nulls": "category"}, "`gates: {max_suppressed: 1}`": gates(max_suppressed=1)},
    ),
    "a name that is kept": Failure(
        "kept_columns", {"rows": SSN, "keep": ["ssn"]},
        {
            "Declare as quasi-identifiers": {"keep": [], "quasi_ids": {"age": AGE, "ssn": CITY}},
            "do not publish: ssn": {"keep": []},
        },
    ),
    "a value of few": Failure(
        "kept_columns", {"rows": FOUR.replace("30,Rome,n", "30,Rome,x")},
        {"do not publish: note": {"keep": []}, "`gates: {kept_alone: 1}`": gates(kept_alone=1)},
    ),
    "a secret is inferred": Failure(
        "attack_inference", {**MANY, **models(2, diverse(1, "ill")), **gates(inference=0.1)},
        {
            "raise `k`": models(100, diverse(1, "ill")), "closeness (`t_closeness`)": models(2, close(0.25, "ill")),
            "`gates: {inference: null}`": gates(inference=None),
        },
    ),
    "being in it is told": Failure(
        "attack_membership", {**MANY, **models(2), **gates(membership=0.15)},
        {"Raise `k`": models(150), "`gates: {membership: null}`": gates(membership=None)},
    ),
    "an attack is blind": Failure(
        "attack_singling_out (blind)", {**MANY, **gates(singling_out=1)},
        {
            "a limit that raw rows break": gates(singling_out=0.2),
            "`gates: {singling_out: null}`": gates(singling_out=None),
        },
    ),
    "what is kept singles out": Failure(
        "attack_singling_out", {**MANY, "keep": ["ill"], **models(2), **gates(singling_out=0.2)},
        {
            "Declare as quasi-identifiers": {"quasi_ids": {**MANY["quasi_ids"], "ill": CITY}, "keep": []},
            "do not publish": {"keep": []},
            "`gates: {kept_alone: 1}`": gates(singling_out=0.2, kept_alone=1),
        },
    ),
    "one column is not linked": Failure(
        "attack_linkability (blind)", {"quasi_ids": {"age": AGE}, **gates(linkability=0.1)},
        {"`gates: {linkability: null}`": gates(linkability=None)},
    ),
    "an attack is undecided": Failure(
        "attack_linkability (too small)", {**FEW, **models(10), **gates(linkability=0.2)},
        {
            "Release more subjects": {"rows": crowd(600)},
            "`gates: {accept_too_small: true}`": gates(linkability=0.2, accept_too_small=True),
        },
    ),
    "a late row": Failure(
        "late_rows", {"earlier_versions": [{}], "rows": FOUR + "late,70,Oslo,n,s\n"},
        {
            "declare `late_rows: allow`": {"late_rows": "allow"},
            "Keep the version that is out until the next epoch": {"rows": FOUR},
        },
        out_before=True,
    ),
    "half of them are no crowd": Failure(
        "attacks (too small)", {**MANY, "rows": crowd(200), **models(150), **gates(membership=0.25)},
        {
            "release more of them": {"rows": crowd(600)}, "ask for less": models(60),
            "`gates: {accept_too_small: true}`": gates(membership=0.25, accept_too_small=True),
        },
    ),
}  # fmt: skip

BEFORE = fixes(range(5), HERE, -3)
SPREAD = [f for day in (-3, 1) for one in range(5) for f in fixes([one], (HERE[0] + one / 10, HERE[1]), day)]
TRIMMED = [*commutes(-3), *commutes(1), *fixes(range(6), MIDDLE, 1, hours=(8.5,)), *fixes(range(6), MIDDLE, -3)]
WALKED = {"rows": [*CROWD, *fixes(range(2), AWAY, 1, hours=(12, 13))]}


def groups(count: int, size: int) -> list[Any]:
    """Fixes of groups of people who live in one cell and work in another, each group 20 km from the next."""
    at = {
        (group, one, hour): (40 + group / 5.5 + one / 5_000 + 0.05 * (hour in (10, 11)), -74.0)
        for group in range(count) for one in range(size) for hour in (1, 2, 3, 10, 11, 23)
    }  # fmt: skip
    return [
        fix for (group, one, hour), place in at.items() for day in (-3, -2, 1, 2, 3, 4)
        for fix in fixes([f"{group}-{one}"], place, day, (hour,))
    ]  # fmt: skip


def tiles(finest: int, coarsest: int, **more: Any) -> State:
    return {"tiles": {"finest": finest, "coarsest": coarsest, "least": 3, **more}}


def forged(tiling: str, changes: State) -> str:
    """Return a tiling with changes and a digest that fits: whoever can write the file can do so."""
    stated = {**json.loads(tiling), **changes}
    stated.pop("digest")
    written = json.dumps(stated, sort_keys=True, separators=(",", ":"))
    return json.dumps({**stated, "digest": hashlib.sha256(written.encode()).hexdigest()})


def linked(trim: float, floor: float) -> State:
    return {
        **LINKED,
        "trips": {"gap_minutes": 90, "trim_m": trim},
        "gates": {**UNATTACKED, "visits_kept": 0, "common_commuters": floor},
    }


def spent(epsilon: float, most: float) -> State:
    return {"noise": {"epsilon_per_km": epsilon, "max_epsilon_per_km": most}}


def linking(**limits: Any) -> State:
    return {"gates": {**UNATTACKED, "trajectory_linking": 0.2, **limits}}


STATUTE = tiles(8, 6, min_area_m2=1e6)
FINE = "881f1d4895fffff"
"""The cell of ``HERE`` of resolution 8: about .7 square kilometers."""

PLACES = {
    "each hour has few": Failure(
        "visits_kept", {"rows": [*BEFORE, *(f for one in range(5) for f in fixes([one], HERE, 1, hours=(one,)))]},
        {"longer slots (`slots.hours`)": {"slots": {"hours": [1, 24]}}},
    ),
    "each cell has few": Failure(
        "visits_kept", {"rows": SPREAD, "gates": {**UNATTACKED, "visits_kept": 0.4}, "k": 3},
        {"coarser cells (`tiles.coarsest`)": tiles(8, 3)},
    ),
    "cells are too small for the statute": Failure(
        "places_precision", {**STATUTE, "forge": {"cells": [FINE]}},
        {"Make a tiling under the release's limits": {"forge": None}},
    ),
    "tiles of the epoch's own rows": Failure(
        "places_tiling", {"forge": {"made_from": "rows until 2026-01-11"}},
        {"Make a tiling of earlier rows": {"forge": None}},
    ),
    "tiles under other rules": Failure(
        "under other rules", {"under": tiles(9, 5)["tiles"]},
        {"Make a tiling under the release's `tiles`": {"under": None}}, code=2,
    ),
    "a late person": Failure(
        "late_days", {"earlier_versions": [{}], "rows": LATE},
        {
            "`late_days: allow`": {"late_days": "allow"},
            "Keep the version that is out until the next epoch": {"rows": CROWD},
        },
        out_before=True,
    ),
    "trips lose their ends": Failure(
        "common_commuters", {"rows": TRIMMED, **linked(1_000, 0.5)}, {"trim less (`trips`)": linked(0, 0.5)},
    ),
    "noise adds up": Failure(
        "noise_budget", {"run": ["budget make"], **WALKED, **spent(2000, 3000)},
        {
            "smaller `noise.epsilon_per_km`": spent(1000, 3000), "a larger `max_epsilon_per_km`": spent(2000, 4000),
        },
    ),
    "days are linked": Failure(
        "attack_trajectory_linking", {"rows": groups(12, 3), "k": 2, **linking()},
        {
            "a larger `k`": {"rows": groups(6, 20), "k": 10},
            "`gates: {trajectory_linking: null}`": linking(trajectory_linking=None),
        },
    ),
    "all are in one place": Failure(
        "attack_home_work (blind)", {"gates": {**UNATTACKED, "home_work": 0.01}},
        {"`gates: {home_work: null}`": {"gates": UNATTACKED}},
    ),
}  # fmt: skip

MAKE, GRANT = "budget make", "budget grant visits --unit user_day --rho "
BOUGHT = [MAKE, GRANT + "0.5", GRANT + "0.5 --consumer city"]
OUT = {"run": BOUGHT, "earlier_versions": [{}], "day": 2}


def lose(rho: float) -> State:
    return {"loss": {"accounting": "zcdp", "rho": rho}}


NOISY = {
    "no ledger": Failure(
        "The key of privacy budgets cannot be used", {}, {"`geoward budget make`": {"run": BOUGHT}}, code=4,
    ),
    "no budget": Failure(
        "has no privacy budget", {"run": [MAKE]},
        {"`geoward budget grant visits --unit user_day --rho RHO`": {"run": BOUGHT[1:]}}, code=3,
    ),
    "the budget is gone": Failure(
        "The privacy budget of visits", {**OUT, **lose(0.4)},
        {
            "lower the release's loss to what is left": lose(0.3),
            "budget raised": {"run": [GRANT + "0.6", GRANT + "0.6 --consumer city"]},
            "Publish what was released before once more": {"day": 1, **lose(0.2)},
        }, code=3, out_before=True,
    ),
    "changed rows": Failure(
        "has published this partition", {**OUT, "day": 1, "people": 4},
        {
            "`changed_input: spend`": {"changed_input": "spend"}, "Keep what is published": {"people": 3},
        }, code=3, out_before=True,
    ),
    "another name": Failure(
        "was charged to the budget of visits",
        {**OUT, "reads": "toy"}, {"Say `reads: visits`": {"reads": "visits"}}, code=3, out_before=True,
    ),
    "another accounting": Failure(
        "they do not add up", {"run": BOUGHT, "loss": {"accounting": "approximate", "epsilon": 0.1}},
        {"State the release's loss in the budget's accounting": lose(0.2)}, code=3,
    ),
}  # fmt: skip
