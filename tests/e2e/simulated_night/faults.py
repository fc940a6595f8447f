"""What can go wrong in a night. Each is done to the world; it returns what the engineer may learn from others."""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from quality.policies.load_policy import DEFAULT_POLICY
from tests.e2e.simulated_night.world import REGION, World

Outside = Callable[[], Mapping[str, str]]


@dataclass(frozen=True)
class Fault:
    """A night: ``happen`` lands what comes and runs, with the fault; returns what people elsewhere do about it.

    ``kinds`` are the problems that must be met in the morning, ``finding`` the person's conclusion.
    """

    name: str
    happen: Callable[[World, random.Random], Outside]
    kinds: tuple[str, ...]
    finding: str = ""


def nothing(world: World, rng: random.Random) -> Outside:
    world.ingest(world.deliver(world.day))
    assert world.geoward("run").returncode == 0
    return dict


def late_file(world: World, rng: random.Random) -> Outside:
    """A part of an older day comes with today's file: both are made, without a person."""
    world.ingest(world.deliver(world.day))
    world.ingest(world.deliver(world.day - timedelta(days=2), part="-late"))
    assert world.geoward("run").returncode == 0
    return dict


def killed(world: World, rng: random.Random) -> Outside:
    """The machine ends everything while a table is made."""
    world.ingest(world.deliver(world.day))
    run, table = world.start("run"), rng.choice(["raw.pings", "clean.pings", "protected.pings", "curated.mobility"])
    layer, _, name = table.partition(".")
    folder = world.home / "warehouse" / layer / name
    before = set(folder.glob("stage-*"))
    while run.poll() is None and not set(folder.glob("stage-*")) - before:
        time.sleep(0.005)
    os.killpg(run.pid, signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL, "it ended before it was killed"
    return dict


def disk_full(world: World, rng: random.Random) -> Outside:
    """Something else fills the disk while the tables are made, all but a few pages."""
    world.ingest(world.deliver(world.day))
    left, filler = rng.randrange(24 << 10, 64 << 10), world.disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(world.disk).free - left))
    done = world.geoward("run")
    assert done.returncode == 4, (done.returncode, done.stderr)

    def free() -> Mapping[str, str]:
        filler.unlink()
        return {}

    return free


def cut_file(world: World, rng: random.Random) -> Outside:
    """Half a file comes, with bytes that are no text; the whole one later."""
    good = world.deliver(world.day)
    bad = good.with_name(f"cut-{good.name}")
    bad.write_bytes(b"\x00\x01" * rng.randrange(40, 90))
    done = world.geoward("ingest", "--source", str(world.mapping), "--region", REGION, str(bad))
    assert done.returncode == 1, done.stderr
    world.landed.append((world.mapping.read_text(), good))
    return lambda: {"MAPPING": str(world.mapping), "FILE": str(good)}


def renamed_column(world: World, rng: random.Random) -> Outside:
    """The company renames a column, and tells nobody."""
    old, world.latitude = world.latitude, f"lat{rng.randrange(100)}"
    file = world.deliver(world.day)
    done = world.geoward("ingest", "--source", str(world.mapping), "--region", REGION, str(file))
    assert done.returncode == 1, done.stderr
    assert world.geoward("run").returncode == 0

    def tell() -> Mapping[str, str]:
        world.mapping.write_text(world.mapping.read_text().replace(f"from: {old}}}", f"from: {world.latitude}}}"))
        world.landed.append((world.mapping.read_text(), file))
        return {"MAPPING": str(world.mapping)}

    return tell


def bad_rows(world: World, rng: random.Random) -> Outside:
    """A receiver sends positions that are nowhere on Earth: they are right to be in quarantine."""
    world.ingest(world.deliver(world.day, bad=rng.randrange(10, 30)))
    assert world.geoward("run").returncode == 0
    return dict


def no_file(world: World, rng: random.Random) -> Outside:
    """Nothing comes; when asked, the company delivers."""
    assert world.geoward("run").returncode == 0
    file = world.deliver(world.day)
    world.landed.append((world.mapping.read_text(), file))
    return lambda: {"MAPPING": str(world.mapping), "FILE": str(file)}


def changed_byte(world: World, rng: random.Random) -> Outside:
    """A disk turns a bit of what is published."""
    nothing(world, rng)
    files = sorted((world.home / "warehouse" / "clean" / "pings").glob("stage-*/*/*.parquet"))
    newest = max(files, key=lambda path: path.stat().st_mtime_ns)
    data = bytearray(newest.read_bytes())
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    newest.write_bytes(data)
    return dict


def wrong_version(world: World, rng: random.Random) -> Outside:
    """A release turns out to be wrong: it is taken back, and comes again when the policy is mended."""
    nothing(world, rng)
    shown = {each["name"]: each for each in world.listing("tables", "list")["tables"]}
    version = str(shown["curated.place_counts"]["version"])
    words = ["curated.place_counts", "--version", version, "--region", REGION, "--reason", "wrong places"]
    assert world.geoward("withdraw", *words).returncode == 0

    def tell() -> Mapping[str, str]:
        (world.home / "policy.yaml").write_text(DEFAULT_POLICY.read_text() + f"# mended on {world.day}\n")
        world.alerts += "policy: policy.yaml\n" if "policy:" not in world.alerts else ""
        world.at_the_morning()
        return {}

    return tell


def second_run(world: World, rng: random.Random) -> Outside:
    """Somebody starts a run beside the nightly one: it says why not, or waits."""
    world.ingest(world.deliver(world.day))
    first = world.start("run")
    lock = world.home / "run.lock"
    while first.poll() is None and not (lock.exists() and str(first.pid) in lock.read_text()):  # not an earlier holder
        time.sleep(0.01)
    refused = world.geoward("run", "--no-wait")
    waited = world.geoward("run")
    assert first.wait() == 0
    assert (refused.returncode, waited.returncode) == (5, 0), (refused.stderr, waited.stderr)
    return dict


def killed_worker(world: World, rng: random.Random) -> Outside:
    """One of the processes that run Python for Spark dies, as if out of memory: its task runs again."""
    world.ingest(world.deliver(world.day))
    run, done = world.start("run"), threading.Event()
    while run.poll() is None and not done.is_set():
        for pid in _workers(run.pid):
            os.kill(pid, signal.SIGKILL)
            done.set()
            break
        time.sleep(0.01)
    assert done.is_set() and run.wait() == 0
    return dict


def _workers(session: int) -> list[int]:
    """Return the Python workers of a run: children of a daemon that Java started, in the run's session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent, session_of = (entry / "stat").read_text().rpartition(")")[2].split()[1:4:2]
            lines = [(path / "cmdline").read_text() for path in (entry, Path("/proc", parent))]
        except OSError:
            continue
        if int(session_of) == session and all("pyspark.daemon" in line for line in lines):
            found.append(int(entry.name))
    return found


FAULTS = (
    Fault("nothing", nothing, ()),
    Fault("a late file", late_file, ()),
    Fault("killed", killed, ("stuck",)),
    Fault("the disk is full", disk_full, ("failed",)),
    Fault("a cut file", cut_file, ("quarantine",), "The file is wrong"),
    Fault("a renamed column", renamed_column, ("quarantine",), "The mapping is wrong"),
    Fault("bad rows", bad_rows, ("quarantine",), "The rows are what they are"),
    Fault("no file", no_file, ("late",)),
    Fault("a changed byte", changed_byte, ("storage",)),
    Fault("a wrong version", wrong_version, ("withdrawn",)),
    Fault("a second run", second_run, ()),
    Fault("a killed worker", killed_worker, ()),
)
