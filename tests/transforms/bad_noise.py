"""Bad input for every public function of `transforms.noise`."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa

from quality.releases.noisy import Bounds, Lifetime, NoisyRelease, PrivacyUnit, Quantile, Sum
from quality.releases.noisy_keys import CellKey, ColumnKey, PublicKeys
from quality.releases.privacy_loss import ZeroConcentrated
from tests.transforms.planted import PLANTED, Case
from transforms.noise import (
    bound_contributions,
    claim,
    derive_keys,
    expected_error,
    figures,
    gather_contributions,
    mechanisms,
    noise_scales,
    noisy_frame,
    pair_rows,
    release_noisily,
    utility,
)

BOUNDS = Bounds(l0=1, chosen_from="public", because="x")
SUM = Sum(measure="sum", column="size", minimum=0, maximum=9)
KEY, WORST = bytes(32), bound_contributions.Worst(1, 1, 0)


def release(**changed):
    told = {
        "kind": "noisy",
        "name": "x",
        "description": "x",
        "purpose": "x",
        "reads": "x",
        "unit": PrivacyUnit(per="user", user="who"),
        "keys": {"place": ColumnKey(by="column", column="place")},
        "partitions": PublicKeys(product={"place": ("a",)}),
        "measures": {"size": SUM},
        "bounds": BOUNDS,
        "loss": ZeroConcentrated(rho=Decimal(1)),
        "lifetime": Lifetime(units=1),
    }
    return NoisyRelease(**told | changed)


TEXTS = pa.table({"who": [PLANTED], "place": [PLANTED], "size": [PLANTED]})
SHORT = pa.table({"who": [PLANTED]})
AT = release(unit=PrivacyUnit(per="user_day", user="who", time="size"))
CELLS = release(keys={"place": CellKey(by="h3", column="place", resolution=5)})


def _gather(rows=TEXTS, of=None, key=KEY):
    return gather_contributions.gather_contributions(rows, of or release(), key, pa.table({"place": ["a"]}))


def _setting():
    return figures.Setting(None, BOUNDS, "laplace", None, np.array([0]), PLANTED)


NOISE = [
    Case("noise.derive_keys.key_columns", "a-text", lambda: derive_keys.key_columns({PLANTED: PLANTED})),
    Case(
        "noise.derive_keys.public_partitions",
        "lacks-a-key",
        lambda: derive_keys.public_partitions(PublicKeys(table="x"), CELLS.keys, SHORT),
    ),
    Case("noise.derive_keys.public_partitions", "a-text", lambda: derive_keys.public_partitions(PLANTED, CELLS.keys)),
    Case(
        "noise.derive_keys.partition_numbers",
        "a-text",
        lambda: derive_keys.partition_numbers(PublicKeys(product={"place": ("a",)}), PLANTED),
    ),
    Case("noise.pair_rows.pair_rows", "no-texts", lambda: pair_rows.pair_rows(TEXTS, PLANTED, release(), None)),
    Case("noise.pair_rows.columns_needed", "a-text", lambda: pair_rows.columns_needed(PLANTED)),
    Case("noise.gather_contributions.gather_contributions", "texts-as-numbers", _gather),
    Case("noise.gather_contributions.gather_contributions", "texts-as-times", lambda: _gather(of=AT)),
    Case("noise.gather_contributions.gather_contributions", "lacks-columns", lambda: _gather(SHORT)),
    Case("noise.gather_contributions.gather_contributions", "a-text", lambda: _gather(PLANTED)),
    Case("noise.gather_contributions.gather_contributions", "short-key", lambda: _gather(key=PLANTED.encode()[:5])),
    Case("noise.bound_contributions.worst_unit", "a-text", lambda: bound_contributions.worst_unit(PLANTED)),
    Case("noise.bound_contributions.worst_presence", "a-text", lambda: bound_contributions.worst_presence(PLANTED)),
    Case(
        "noise.bound_contributions.bound_contributions",
        "a-text",
        lambda: bound_contributions.bound_contributions(PLANTED, BOUNDS),
    ),
    Case(
        "noise.mechanisms.additive",
        "a-text",
        lambda: mechanisms.additive("x", "laplace", WORST, PLANTED, Fraction(1)),
    ),
    Case("noise.mechanisms.vector_measurement", "a-text", lambda: mechanisms.vector_measurement("laplace", PLANTED)),
    Case(
        "noise.mechanisms.quantile",
        "a-text",
        lambda: mechanisms.quantile("x", "laplace", WORST, [PLANTED], 0.5, Fraction(1)),
    ),
    Case("noise.mechanisms.selection", "a-text", lambda: mechanisms.selection("laplace", WORST, PLANTED, Fraction(1))),
    Case("noise.claim.claim_of", "a-text", lambda: claim.claim_of(PLANTED)),
    Case("noise.claim.claim_in_all", "a-text", lambda: claim.claim_in_all(PLANTED, PLANTED)),
    Case("noise.claim.times", "a-text", lambda: claim.times(PLANTED, 2)),
    Case("noise.claim.as_approximate", "a-text", lambda: claim.as_approximate(PLANTED, Decimal(1))),
    Case("noise.figures.Setting.total", "a-text", lambda: _setting().total(np.array([1]), np.array([0]))),
    Case("noise.figures.additives", "a-text", lambda: figures.additives("size", SUM, PLANTED, BOUNDS, "laplace")),
    Case(
        "noise.mechanisms.additive",
        "too-large",
        lambda: mechanisms.additive("x", "laplace", WORST, 2**60, Fraction(1)),
    ),
    Case("noise.figures.figure", "a-text", lambda: figures.figure("size", SUM, PLANTED, _setting(), [])),
    Case(
        "noise.figures.figure",
        "no-values",
        lambda: figures.figure(
            "size", Quantile(**SUM.model_dump() | {"measure": "quantile", "at": 0.5}), Fraction(1), _setting(), []
        ),
    ),
    Case(
        "noise.release_noisily.release_noisily",
        "texts-as-numbers",
        lambda: release_noisily.release_noisily(TEXTS, release(), key=KEY, noise=None, public=None),
    ),
    Case(
        "noise.release_noisily.release_noisily",
        "no-cells",
        lambda: release_noisily.release_noisily(TEXTS, CELLS, key=KEY, noise=None, public=None),
    ),
    Case("noise.release_noisily.shares", "a-text", lambda: release_noisily.shares(PLANTED)),
    Case("noise.noise_scales.noise_scales", "a-text", lambda: noise_scales.noise_scales(PLANTED)),
    Case("noise.expected_error.half_width", "a-text", lambda: expected_error.half_width("laplace", PLANTED)),
    Case("noise.expected_error.median_error", "a-text", lambda: expected_error.median_error("laplace", PLANTED)),
    Case(
        "noise.expected_error.chances_to_reach",
        "a-text",
        lambda: expected_error.chances_to_reach("laplace", PLANTED, 1.0, np.ones(1)),
    ),
    Case("noise.expected_error.advantage", "a-text", lambda: expected_error.advantage(PLANTED, 0.0)),
    Case("noise.expected_error.deviation", "a-text", lambda: expected_error.deviation("gaussian", PLANTED)),
    Case("noise.noisy_frame.rows_digest", "no-frame", lambda: noisy_frame.rows_digest(PLANTED, ["x"])),
    Case("noise.utility.utility", "a-text", lambda: utility.utility(PLANTED, PLANTED, PLANTED, 1)),
]
