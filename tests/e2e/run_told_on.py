"""A night whose Spark says all it can: event log, Java's log at its usual level, extended plans, results of checks.

`python -m tests.e2e.run_told_on FOLDER [LEAK]`; a LEAK, in hex, goes into Spark's settings and into every plan.
"""

from __future__ import annotations

import json
import sys
from itertools import count
from pathlib import Path

from dagster_project import cli
from jobs import lake, session
from quality.checks import run_expectations


def tell(folder: Path, leak: str) -> None:
    """Let the run write down what it otherwise keeps to itself."""
    (folder / "events").mkdir()
    session._SAFETY |= {"spark.eventLog.enabled": "true", "spark.eventLog.dir": f"file://{folder / 'events'}"}
    session._SAFETY |= {"spark.eventLog.compress": "false"}  # else nothing could be found in it
    if leak:
        session._SAFETY |= {"spark.executorEnv.LEAK": leak, "spark.geoward.leak": leak}
    session.SILENT = "-Dgeoward.told=on"
    stage, validation_of, nth = lake.Lake.stage, run_expectations.validation_of, count()

    def staged(self, df, contract, run_id, **more):
        from pyspark.sql import functions as F

        if leak:
            df = df.where(F.lit(leak) != "")
        plan = df._jdf.queryExecution().explainString(_extended(df))
        (folder / f"plan-{contract.name}-{next(nth)}.txt").write_text(plan)
        return stage(self, df, contract, run_id, **more)

    class Told:
        def __init__(self, contract):
            self.validation = validation_of(contract)

        def run(self, **how):
            outcome = self.validation.run(**how)
            (folder / f"result-{next(nth)}.json").write_text(json.dumps([outcome.to_json_dict(), leak], default=str))
            return outcome

    lake.Lake.stage, run_expectations.validation_of = staged, Told


def _extended(df):
    return df.sparkSession._jvm.org.apache.spark.sql.execution.ExplainMode.fromString("extended")


if __name__ == "__main__":
    tell(Path(sys.argv[1]), (sys.argv[2:] or [""])[0])
    sys.argv = ["geoward", "run", "--json"]
    cli.main()
