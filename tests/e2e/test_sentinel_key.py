"""Whatever a night writes down, no secret is in it: a run that is made to say all it can, and one that leaks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from jobs.home import open_home
from jobs.sample.land_sample import land_sample
from jobs.sample.write_sample import write_sample
from tests.secrets import found_in, secrets_of

pytestmark = [pytest.mark.e2e, pytest.mark.spark, pytest.mark.long]

ROOT = Path(__file__).parents[2]
KEPT = ("home/keys/", "home/vault/")
"""Where secrets are at home: what is in there is judged by `test_nightly_privacy`."""


def night(folder, leak=""):
    """Run a night that tells on itself; return its exit code, and write all that was to be seen below ``folder``."""
    write_sample(folder / "sample", actors=80, days=1, seed=11, regions=("us",))
    (folder / "home").mkdir(mode=0o700, exist_ok=True)
    (folder / "home" / "geoward.yaml").write_text("regions:\n  us: {root: warehouse/us, jurisdiction: us}\n")
    home = open_home(folder / "home")
    land_sample(home, folder / "sample")
    (folder / "told").mkdir()
    (folder / "temp").mkdir()
    environment = {
        **os.environ,
        "GEOWARD_HOME": str(home.path),
        "TMPDIR": str(folder / "temp"),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.e2e.run_told_on", folder / "told", *([leak] if leak else [])]
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=err, start_new_session=True)
        with (folder / "processes").open("wb") as seen:
            while process.poll() is None:
                seen.write(looked(process.pid))
                time.sleep(0.5)
    return home, process.returncode


def looked(session):
    """Return command lines and environments of all processes of a session."""
    found = b""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if process.joinpath("stat").read_text().rpartition(")")[2].split()[3] == str(session):
                found += process.joinpath("cmdline").read_bytes() + process.joinpath("environ").read_bytes()
    return found


def everywhere(home, folder):
    secrets = [secret for values in secrets_of(home).values() for secret in values]
    return {name for name in found_in(folder, secrets) if not name.startswith(KEPT)}


def test_no_secret_is_in_anything_that_a_night_writes_or_shows(tmp_path):
    home, code = night(tmp_path)

    assert code == 0, (tmp_path / "err").read_text()[-2000:]
    told = {(place.name, each.name) for place in (tmp_path / "told", tmp_path / "home") for each in place.iterdir()}
    assert {("told", "events"), ("home", "dagster"), ("home", "scratch"), ("home", "warehouse")} <= told
    assert len(list((tmp_path / "told").glob("plan-*"))) > 10 and len(list((tmp_path / "told").glob("result-*"))) > 10
    assert (tmp_path / "home" / "scratch" / "jvm.log").stat().st_size > 500, "Java said what it usually says"
    assert b"spark" in (tmp_path / "processes").read_bytes()
    assert len([secret for values in secrets_of(home).values() for secret in values]) > 100
    assert everywhere(home, tmp_path) == set()


def test_a_night_that_leaks_is_found_wherever_it_does(tmp_path):
    from jobs.region_keys import region_keys

    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "home" / "geoward.yaml").write_text("regions:\n  us: {root: warehouse/us, jurisdiction: us}\n")
    home = open_home(tmp_path / "home")
    key = region_keys(home, home.region("us")).pseudonym.open()
    home, code = night(tmp_path, key.hex())

    assert code == 0
    found = everywhere(home, tmp_path)
    assert {name.split("-")[0] for name in found if name.startswith("told/")} >= {"told/plan", "told/result"}
    assert [name for name in found if name.startswith("told/events")]
    assert "processes" in found
