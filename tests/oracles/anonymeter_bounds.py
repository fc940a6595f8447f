"""Print, as JSON, the upper end of what each of Anonymeter's attacks gains over its control group, at 95 %.

Arguments are CSV files of the people, of others, and of the release; the last column is the secret.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
from anonymeter.evaluators import InferenceEvaluator, LinkabilityEvaluator, SinglingOutEvaluator

people, others, released = (pd.read_csv(path) for path in sys.argv[1:4])
*known, secret = people.columns
attempts = len(people)
np.random.seed(5)
evaluators = {
    "singling_out": SinglingOutEvaluator(
        people, released, n_attacks=attempts, n_cols=3, control=others, max_attempts=20_000, seed=5
    ),
    "linkability": LinkabilityEvaluator(
        people, released, aux_cols=(known[::2], known[1::2]), n_attacks=attempts, control=others
    ),
    "inference": InferenceEvaluator(
        people, released, aux_cols=known, secret=secret, n_attacks=attempts, control=others
    ),
}
bounds = {}
for name, evaluator in evaluators.items():
    evaluator.evaluate(**({"mode": "multivariate"} if name == "singling_out" else {}))
    result = evaluator.results(confidence_level=0.95)
    main, control = result.attack_rate, result.control_rate
    bounds[name] = float(main.value - control.value + np.hypot(main.error, control.error))
print(json.dumps(bounds))  # noqa: T201
