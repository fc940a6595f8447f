"""Alerts of an installation that nobody runs: a sensor tells the channels what is wrong now, also if no run came.

`geoward run` tells them at its own end. Runs that the daemon began do not, and a night that never began could not.
"""

from __future__ import annotations

import dagster as dg

from jobs.alerts.notify import notify
from jobs.home import Home
from jobs.status import problems


def alert_sensor(home: Home) -> dg.SensorDefinition:
    """Return the sensor that tells each channel what it was not told yet; it begins no run and starts no Spark.

    A channel that fails is tried again at the next look, and named in what the sensor says of this one.
    """

    @dg.sensor(
        name="alerts", minimum_interval_seconds=600, default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells the channels of geoward.yaml what is failed, stuck, late or stale; nothing is run.",
    )  # fmt: skip
    def tell() -> dg.SkipReason:
        sent = [f"{one.channel}: {one.said}" for one in notify(home, problems(home))]
        return dg.SkipReason("; ".join(sent) or "There is nothing that the channels were not told.")

    return tell
