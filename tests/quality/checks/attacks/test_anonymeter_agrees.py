"""Anonymeter 1.1.0 (Giomi et al., PETS 2023), by its authors, finds the same rates on the same table."""

import numpy as np
import pandas as pd
import pytest

from quality.checks.attacks.inference import infer
from quality.checks.attacks.linkability import link
from quality.checks.attacks.released_columns import published_exactly
from quality.checks.attacks.singling_out import single_out
from tests.oracles.ask import ask

SIZES = {"age": 40, "zone": 60, "job": 5, "secret": 4}
NAMES = tuple(SIZES)


def people(seed, count=1_500):
    rng = np.random.default_rng(seed)
    return {name: rng.integers(size, size=count) for name, size in SIZES.items()}


def leaky(members, others_seed, share):
    """The rows of a share of the members, and rows of nobody."""
    nobody, cut = people(others_seed), int(share * 1_500)
    return {name: np.concatenate([members[name][:cut], nobody[name][cut:]]) for name in NAMES}


@pytest.mark.long
def test_main_and_control_rates_are_those_of_anonymeter(tmp_path):
    members, others = people(1), people(2)
    rows = leaky(members, 3, 0.5)
    for name, table in (("members", members), ("others", others), ("rows", rows)):
        pd.DataFrame(table).to_csv(tmp_path / f"{name}.csv", index=False)
    released, options = published_exactly(rows, SIZES), {"seed": 1}

    theirs = ask(
        "anonymeter", *(str(tmp_path / f"{n}.csv") for n in ("members", "others", "rows")), script="anonymeter_risks.py"
    )

    ours = {
        "singling_out": single_out(released, members, others, guesses=500, **options),
        "linkability": link(
            released, members, others, parts=(("age", "zone"), ("zone", "job")), neighbors=1, targets=500, **options
        ),
        "inference": infer(released, members, others, secret="secret", targets=500, **options),
    }
    for name, trial in ours.items():
        assert trial.main.value == pytest.approx(theirs[name], abs=0.08), name
        assert trial.control.value == pytest.approx(theirs[f"{name}_control"], abs=0.08), name
