"""Anonymeter's own attacks on a release of simulated people gain next to nothing over its control group."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jobs.release.build_file import build_rows
from quality.checks.anonymity.published_values import interval_of
from quality.releases.declaration import TableRelease
from tests.oracles.ask import ask

PEOPLE = 2_500
KNOWN, SECRET = ("age", "income", "visits", "zone"), "illness"
DECLARED = TableRelease(
    name="t", description="d", purpose="p", reads="f", quasi_ids={name: {"kind": "numeric"} for name in KNOWN},
    models=[{"model": "k_anonymity", "k": 20}, {"model": "l_diversity", "column": SECRET, "l": 2}],
    gates={"singling_out": None, "linkability": None, "inference": None},
)  # fmt: skip


def simulated(seed):
    """Return people whose income and illness hang on their age, as in life."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 90, PEOPLE)
    income = (rng.lognormal(10, 0.5, PEOPLE) * (0.5 + age / 90)).astype(int)
    illness = np.minimum(rng.poisson(age / 30), 5)
    told = {"age": age, "income": income, "visits": rng.poisson(4, PEOPLE), "zone": rng.integers(60, size=PEOPLE)}
    return pd.DataFrame({**told, SECRET: illness})


def middle(published):
    """Return the middle of a published range, as the attacker's best guess."""
    low, high, _ = interval_of(str(published)) or (float(published), float(published), True)
    return (low + high) / 2


@pytest.mark.long
def test_what_anonymeter_gains_over_its_control_group_is_at_most_a_twentieth(tmp_path):
    import pyarrow as pa

    people, others = simulated(1), simulated(2)
    made, built = build_rows(DECLARED, pa.Table.from_pandas(people), {}, lambda _: None, beside=Path())
    released = made.table.to_pandas()
    for name in KNOWN:
        released[name] = released[name].map(middle)

    def gains(table):
        for name, one in (("people", people), ("others", others), ("rows", table)):
            one.to_csv(tmp_path / f"{name}.csv", index=False)
        files = [str(tmp_path / f"{name}.csv") for name in ("people", "others", "rows")]
        return ask("anonymeter", *files, script="anonymeter_bounds.py")

    found, raw = gains(released), gains(people)

    assert built.measured.k >= 10
    assert all(gain <= 0.05 for gain in found.values()), found
    assert all(gain > 0.05 for gain in raw.values()), "the attacks succeed on the rows themselves"
