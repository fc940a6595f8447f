"""Run in the oracle's own environment: print pycanon's parameters of a table as JSON."""

from __future__ import annotations

import json
import sys

import pandas as pd
from pycanon import anonymity


def main(file: str, quasi_ids: list[str], column: str) -> None:
    table = pd.read_parquet(file)
    asked = (table, quasi_ids, [column])
    alpha, k = anonymity.alpha_k_anonymity(*asked)
    print(  # noqa: T201
        json.dumps(
            {
                "k": int(k),
                "alpha": float(alpha),
                "l_distinct": int(anonymity.l_diversity(*asked)),
                "l_entropy": int(anonymity.entropy_l_diversity(*asked)),
                "recursive_c": float(anonymity.recursive_c_l_diversity(*asked)[0]),
                "t": float(anonymity.t_closeness(*asked)),
                "beta_basic": float(anonymity.basic_beta_likeness(*asked)),
                "beta_enhanced": float(anonymity.enhanced_beta_likeness(*asked)),
                "delta_disclosure": float(anonymity.delta_disclosure(*asked)),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2].split(","), sys.argv[3])
