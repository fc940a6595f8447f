"""A machine that fails in the middle of a run: the fault is told with its mend and no value, and the next run mends."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from jobs.home import open_home
from jobs.ingest import ingest

pytestmark = pytest.mark.e2e

GEOWARD = Path(sys.executable).with_name("geoward")
ROWS = 40_000
PLANTED = b"planted"

MAPPING = """\
name: {table}_log
description: Rows for a machine that fails.
format: {format}
legal_basis: {{analytics: Legitimate interests, risk: Legitimate interests}}
evidence: a test
emits:
  - to: raw.{table}
    columns:
      event_id: {{from: id}}
      actor_id: {{from: who}}
      event_time: {{from: at, iso: true}}
      {more}
"""


@dataclass(frozen=True)
class Place:
    """A home whose one region is a folder beside it, so that only that may be full or read-only."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "region"

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "GEOWARD_HOME": str(self.folder / "home"), **more}

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [GEOWARD, "run", *words], env=self.environment(**more), capture_output=True, text=True, check=False
        )

    def shell(self, script: str) -> subprocess.CompletedProcess:
        """Run a script that may mount, seen by nobody else."""
        environment = self.environment(ROOT=str(self.root), GEOWARD=str(GEOWARD))
        return subprocess.run(
            ["unshare", "--map-root-user", "--mount", "sh", "-euc", script], env=environment, capture_output=True,
            text=True, check=False,
        )  # fmt: skip

    def leaks(self) -> list[str]:
        """Return the files that hold a value of a row and are neither landed files nor tables."""
        found = [path for path in self.folder.rglob("*") if path.is_file() and PLANTED in path.read_bytes()]
        return [path.name for path in found if path.suffix != ".parquet" and "landing" not in path.parts]


@pytest.fixture(scope="module")
def landed(tmp_path_factory) -> Path:
    """Positions that do not compress."""
    folder = tmp_path_factory.mktemp("machine")
    (folder / "home").mkdir(mode=0o700)
    rng = random.Random(3)
    at = "2024-05-02T10:00:00Z"
    lines = (f"planted{rng.getrandbits(128):x},planted-a,{at},{rng.random()},{rng.random()}" for _ in range(ROWS))
    (folder / "home" / "geoward.yaml").write_text(f"regions:\n  eu: {{root: {folder}/region, jurisdiction: eu}}\n")
    position = "latitude: {from: lat}\n      longitude: {from: lon}"
    deliver(folder, "pings", "csv", position, ["id,who,at,lat,lon", *lines])
    return folder


def deliver(folder, table, format_, more, lines):
    mapping, file = folder / f"{table}.yaml", folder / f"{table}.{format_}"
    mapping.write_text(MAPPING.format(table=table, format=format_, more=more))
    file.write_text("\n".join(lines) + "\n")
    told = ingest(open_home(folder / "home"), str(mapping), "eu", [file])
    assert [one.outcome for one in told.files] == ["landed"]
    file.unlink()


@pytest.fixture
def place(landed, tmp_path) -> Place:
    shutil.copytree(landed, tmp_path / "p")
    text = f"regions:\n  eu: {{root: {tmp_path}/p/region, jurisdiction: eu}}\n"
    (tmp_path / "p" / "home" / "geoward.yaml").write_text(text)
    return Place(tmp_path / "p")


@pytest.fixture
def mounting():
    """A machine on which this user may mount in a namespace of its own; root must be able to."""
    tried = subprocess.run(["unshare", "--map-root-user", "--mount", "true"], capture_output=True, check=False)
    if tried.returncode and os.geteuid():
        pytest.skip("this user may not mount (unshare --mount was refused): run it as root")
    assert tried.returncode == 0, "root may not mount here (unshare --mount was refused): allow SYS_ADMIN"


def told(done, place, status, message):
    """Assert that a run ended with that status and message, says the next step, and told no value."""
    said = done.stdout + done.stderr
    assert (done.returncode, message in " ".join(said.split())) == (status, True), said[-3000:]
    assert "run the same command again" in " ".join(said.split())
    assert PLANTED.decode() not in said
    assert place.leaks() == []


def mended(done, table, rows, quarantined=0):
    """Assert that the next run accounted for every row of the table."""
    assert done.returncode == 0, done.stderr[-2000:]
    tables = {one["table"]: one for one in json.loads(done.stdout[done.stdout.index("{") :])["tables"]}
    made = tables[table]
    assert (made["rows_in"], made["rows_out"], made["error"]) == (rows, rows - quarantined, None)


@pytest.mark.long
@pytest.mark.usefixtures("mounting")
def test_a_full_disk(place):
    size = sum(path.stat().st_size for path in place.root.rglob("*") if path.is_file())
    done = place.shell(f"""
        cp -a "$ROOT" "$ROOT.copy"; mount -t tmpfs -o size={size // 1024 + 1500}k,mode=700 tmpfs "$ROOT"
        cp -a "$ROOT.copy/." "$ROOT"; rm -r "$ROOT.copy"
        "$GEOWARD" run raw.pings >&2 || status=$?
        ! grep -rlF planted "$ROOT" --exclude=*.parquet --exclude-dir=landing >&2 || exit 99
        mount -o remount,size=900m "$ROOT"; "$GEOWARD" run raw.pings --json; exit ${{status:-0}}""")

    told(subprocess.CompletedProcess(done.args, done.returncode, "", done.stderr), place, 4, "disk is full")
    mended(subprocess.CompletedProcess(done.args, 0, done.stdout, done.stderr), "raw.pings", ROWS)


@pytest.mark.long
@pytest.mark.usefixtures("mounting")
def test_a_read_only_region(place):
    done = place.shell("""
        mount --bind "$ROOT" "$ROOT"; mount -o remount,ro,bind "$ROOT"; exec "$GEOWARD" run raw.pings""")

    told(done, place, 4, "file system is read-only")
    mended(place.run("raw.pings", "--json"), "raw.pings", ROWS)


@pytest.mark.long
def test_a_killed_python_worker(place):
    run = subprocess.Popen(
        [GEOWARD, "run", "raw.pings"], env=place.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    killed = kill_workers_of(run)
    stdout, stderr = run.communicate(timeout=180)

    assert killed > 0
    told(subprocess.CompletedProcess(run.args, run.returncode, stdout, stderr), place, 4, "Python worker")
    mended(place.run("raw.pings", "--json"), "raw.pings", ROWS)


def kill_workers_of(run):
    """Kill each Python worker of that run's Spark until the run ends; return how many there were."""
    killed, seen = 0, set()
    while run.poll() is None:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                daemon = b"pyspark.daemon" in (process / "cmdline").read_bytes()
                parent = (Path("/proc") / fields[1] / "cmdline").read_bytes() if daemon else b""
            except OSError:
                continue
            session = int(fields[3])
            if session == run.pid and b"pyspark.daemon" in parent and process.name not in seen:  # not the daemon
                os.kill(int(process.name), signal.SIGKILL)
                seen.add(process.name)
                killed += 1
        time.sleep(0.02)
    return killed


@pytest.mark.night
def test_java_out_of_memory(place):
    at, text = "2024-05-02T10:00:00Z", "y" * 30_000_000
    actions = [json.dumps({"id": f"planted{n}", "who": "a", "at": at, "text": text}) for n in range(3)]
    deliver(place.folder, "actions", "jsonl", "action: {constant: post}\n      text: {from: text}", actions)

    done = place.run("raw.actions", GEOWARD_DRIVER_MEMORY="512m")
    told(done, place, 4, "GEOWARD_DRIVER_MEMORY")  # memory ran out, or Java ended of it
    mended(place.run("raw.actions", "--json"), "raw.actions", 3, quarantined=3)  # a JSON text beyond 20 million
