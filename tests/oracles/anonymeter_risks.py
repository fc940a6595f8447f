"""Print, as JSON, Anonymeter's success rates: arguments are CSV files of the people, of others, and of the release."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
from anonymeter.evaluators import InferenceEvaluator, LinkabilityEvaluator, SinglingOutEvaluator

people, others, released = (pd.read_csv(path, dtype=str) for path in sys.argv[1:4])
first, second, secret = ["age", "zone"], ["zone", "job"], "secret"
known = [name for name in people.columns if name != secret]
rows = 500
np.random.seed(5)
evaluators = {
    "singling_out": SinglingOutEvaluator(people, released, n_attacks=rows, n_cols=4, control=others, seed=5),
    "linkability": LinkabilityEvaluator(people, released, aux_cols=(first, second), n_attacks=rows, control=others),
    "inference": InferenceEvaluator(people, released, aux_cols=known, secret=secret, n_attacks=rows, control=others),
}
rates = {}
for name, evaluator in evaluators.items():
    evaluator.evaluate(**({"mode": "multivariate"} if name == "singling_out" else {}))
    results = evaluator.results()
    rates[name], rates[f"{name}_control"] = results.attack_rate.value, results.control_rate.value
print(json.dumps(rates))  # noqa: T201
