"""A table's log that cannot be read is told as such: by the table's name, without what the log holds."""

from __future__ import annotations

import pytest

from jobs.job_inputs import Workplace
from jobs.lake import no_spark
from jobs.manifest import log_file
from quality.contracts.errors import EnvironmentFault
from tests.jobs.publisher import TABLE, publish_as_a_run
from tests.jobs.test_plan import D1, land

PLANTED = "51.5007N"


@pytest.mark.parametrize("content", [f"{PLANTED}{{", f'{{"add": "{PLANTED}"}}', "\0"], ids=["cut", "other", "binary"])
def test_a_garbled_log_is_told_by_the_tables_name_and_next_step(home, content):
    place = Workplace.open(home, home.region("eu"), no_spark)
    land(place, D1)
    version = publish_as_a_run(place, "one", D1)
    log_file(place.lake.path(TABLE.name), version).write_text(content)

    with pytest.raises(EnvironmentFault) as told:
        Workplace.open(home, home.region("eu"), no_spark).lake.table(TABLE.name)

    assert told.value.message == "The log of raw.pings in region eu cannot be read."
    assert "`geoward fsck --region eu`" in told.value.mend
    assert PLANTED not in repr(told.value.__cause__) + str(told.value)
