"""The sample's first night, once for all files, and Geoward's web pages as a process."""

from __future__ import annotations

import csv
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from jobs.batches import Batch, batches
from jobs.home import Home, open_home
from jobs.job_inputs import Workplace
from jobs.land_files import land_files
from jobs.nightly import Scope, open_places, plan_all
from jobs.report import RunReport
from jobs.run_ahead import run_here
from jobs.sample.land_sample import land_sample
from jobs.sample.write_sample import write_sample
from quality.releases.contract_of import table_release
from quality.sources.load_mapping import load_mapping, mapping_text
from tests.opened import rows_of

GEOWARD = Path(sys.executable).with_name("geoward")


@dataclass(frozen=True)
class Night:
    """The sample, and the installation after its first night."""

    sample: Path
    home: Home
    ran: dict[str, str]

    @property
    def root(self) -> Path:
        return self.home.region("us").root

    def rows(self, table: str) -> list[dict]:
        return rows_of(self.home, "us", table)

    def truth(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((self.sample / "truth" / "us" / name).open()))

    def reports(self, table: str = "") -> list[RunReport]:
        return _reports_of(self.home, table)


@pytest.fixture(scope="session", autouse=True)
def _days_are_released() -> Iterator[None]:
    """Eighty people are too few to be attacked: whether an attack proves anything would be a matter of chance."""
    declared = table_release("actions_anonymous")
    gates = declared.gates.model_copy(update={"singling_out": None, "linkability": None})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jobs.build_table_release._declared", lambda name: declared.model_copy(update={"gates": gates}))
        yield


@pytest.fixture(scope="session")
def night(spark, tmp_path_factory, _days_are_released) -> Night:
    folder = tmp_path_factory.mktemp("night")
    write_sample(folder / "sample", actors=80, days=2, seed=11, regions=("us",))
    (folder / "home").mkdir(mode=0o700)
    (folder / "home" / "geoward.yaml").write_text("regions:\n  us: {root: warehouse/us, jurisdiction: us}\n")
    home = open_home(folder / "home")
    assert all(file.outcome == "landed" for file in land_sample(home, folder / "sample")["us"])
    (place,) = open_places(home, Scope(), lambda: spark)
    ran: dict[str, str] = {}
    for batch in _planned(place):
        run_here(place, batch, lambda table, reports, why: ran.update({table: why or ran.get(table, "")}))
    return Night(folder / "sample", home, ran)


@pytest.fixture
def place(night, spark, tmp_path) -> Workplace:
    """The region of a copy of the installation, to be changed."""
    shutil.copytree(night.home.path, tmp_path / "home")
    home = open_home(tmp_path / "home")
    return Workplace.open(home, home.region("us"), lambda: spark)


@pytest.fixture(scope="session")
def land():
    """Land a file of a source in the one region of a home."""
    return _land


@pytest.fixture(scope="session")
def planned():
    """Return the batches that a region's plan asks for."""
    return _planned


@pytest.fixture(scope="session")
def reports_of():
    """Return the published reports of a home, by table and date."""
    return _reports_of


@pytest.fixture(scope="session")
def serving():
    """The class of a running `geoward ui`: ``with serving(home, *options) as server``."""
    return Serving


_GUARD = """
read -r nothing
for again in $(seq 50); do
    left=$(ps -s "$0" -o pid=) || exit 0
    kill -9 $left
    sleep 0.1
done
"""
"""Ends a session as soon as nobody holds the other end of its input any more: also when the tests themselves died."""


class Serving:
    """`geoward ui` as a session of its own, ended with all that it started, however the tests end."""

    def __init__(self, home, *options, **environment):
        self.home, self.options = home, options
        self.environment = {**os.environ, **environment, "GEOWARD_HOME": str(home.path)}

    def __enter__(self):
        with closing(socket.socket()) as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        self.log = self.home.path.parent / f"ui-{port}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [GEOWARD, "ui", *self.options, "--port", str(port)], stdout=log, stderr=log,
                env=self.environment, start_new_session=True,
            )  # fmt: skip
        self.guard = subprocess.Popen(
            ["sh", "-c", _GUARD, str(self.process.pid)], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self.address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{self.address}/server_info", self.process)
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.kill()

    def kill(self):
        """End all that it started at once, as a machine does that loses its power."""
        self.guard.stdin.close()
        self.process.wait()
        self.guard.wait()

    def programs(self):
        """Return the command lines of what it started."""
        session = subprocess.run(
            ["ps", "-ww", "-s", str(self.process.pid), "-o", "args="], capture_output=True, text=True, check=False
        )
        return session.stdout


def _wait_for(address, process):
    for _ in range(600):
        assert process.poll() is None, "geoward ui ended"
        try:
            urllib.request.urlopen(address, timeout=5).read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("geoward ui did not answer")


def _land(home: Home, source: str, file: Path) -> None:
    (entry,) = land_files(home, home.region("us"), load_mapping(source), mapping_text(source), [file])
    assert entry.outcome == "landed", entry


def _planned(place: Workplace) -> list[Batch]:
    return batches(place, plan_all([place], Scope(), lambda text: None)["us"])


def _reports_of(home: Home, table: str = "") -> list[RunReport]:
    place = Workplace.open(home, home.region("us"), lambda: None)
    found = [RunReport.from_dict(report) for _, _, report in place.catalog.published().values()]
    return sorted((r for r in found if table in ("", r.table)), key=lambda r: (r.table, r.date))
