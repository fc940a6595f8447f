"""Java's archive of Spark's loaded classes, made once at set-up: each later start skips reading and verifying them.

Class data sharing (JEP 350): the JVM checks the archive against its own version and JARs and does without it when
they differ, so a stale archive costs time and nothing else. A half-written one would end the JVM: it is
renamed when whole.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.jars import FOLDER, jar_paths
from quality.contracts.errors import EnvironmentFault

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ARCHIVE = FOLDER / "classes.jsa"


def archive_option() -> list[str]:
    """Return the JVM option that uses the archive, or nothing where there is none."""
    return [f"-XX:SharedArchiveFile={ARCHIVE}"] if ARCHIVE.exists() else []


def make_archive() -> None:
    """Make the archive where there is none, or where one of the locked JARs is newer."""
    newest = max(path.stat().st_mtime for path in jar_paths())
    if ARCHIVE.exists() and ARCHIVE.stat().st_mtime >= newest:
        return
    ARCHIVE.unlink(missing_ok=True)
    unfinished = ARCHIVE.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    _record(unfinished)
    unfinished.rename(ARCHIVE)


def _record(archive: Path) -> None:
    """Run a night of a tiny sample in a folder that is then removed; the JVM's end writes what it loaded."""
    from jobs.session import start_session

    with tempfile.TemporaryDirectory() as folder:
        option = f"-XX:ArchiveClassesAtExit={archive}"
        spark = start_session(scratch=Path(folder) / "scratch", short_lived=True, options=[option])
        _run_a_night(Path(folder), spark)
        jvm = spark.sparkContext._gateway.proc  # type: ignore[union-attr]
        spark.stop()
        jvm.stdin.close()  # the JVM ends when its input does
        if jvm.wait():
            raise EnvironmentFault(
                "Java ended badly while it wrote its archive of classes.", mend="Run make setup again."
            )


def _run_a_night(folder: Path, spark: SparkSession) -> None:
    from jobs.batches import batches
    from jobs.home import open_home
    from jobs.nightly import Scope, open_places, plan_all
    from jobs.run_ahead import run_here
    from jobs.sample.land_sample import land_sample
    from jobs.sample.roles import LEAST_ACTORS
    from jobs.sample.write_sample import write_sample

    write_sample(folder / "sample", actors=LEAST_ACTORS, days=1, seed=1, regions=("us",))
    home = open_home(folder / "home")
    scope = Scope(regions=tuple(land_sample(home, folder / "sample")))
    (place,) = open_places(home, scope, lambda: spark)
    for batch in batches(place, plan_all([place], scope, lambda text: None)["us"]):
        run_here(place, batch, lambda table, reports, problem: None)


if __name__ == "__main__":
    make_archive()
