"""Whether Spark can read a file of ours: if not, no file that landed is at fault, whatever the machine says."""

from __future__ import annotations

from jobs.explain_failure import explain_failure
from jobs.job_inputs import Workplace
from jobs.land_files import kept_file
from jobs.landing.read_records import read_records
from jobs.landing.witness_file import witness_files
from jobs.landing_ledger import File
from quality.contracts.errors import EnvironmentFault
from quality.sources.mapping import Mapping


def read_ours(place: Workplace, mapping: Mapping, like: File) -> None:
    """Read files of ours of one row each as landed files are read, through a shuffle and back to here.

    Raises ``EnvironmentFault`` if Spark fails or finds other rows; what it says may hold a value of another row.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    keys = place.file_keys.for_workers
    with witness_files(kept_file(place.region, like, keys), mapping, keys) as ours:
        try:
            counts = [
                row["count"]
                for records in read_records(place.lake.spark(), ours, mapping)
                for row in records.where("_corrupt IS NULL").groupBy("_file_id").count().collect()
            ]
        except (PySparkException, Py4JError) as error:
            raise explain_failure(error) or _at_fault() from None
        if counts != [1] * len(ours):
            raise _at_fault() from None


def _at_fault() -> EnvironmentFault:
    return EnvironmentFault(
        "Spark cannot read a small file of Geoward's own: the machine is at fault and no landed file, so none is set "
        "aside.",
        mend="See `geoward doctor`, the space on the disks of the Geoward home and of the region's root, and Java, "
        "then run the same command again: nothing half-done was published.",
    )
