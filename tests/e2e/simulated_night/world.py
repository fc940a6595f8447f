"""A company that delivers one log a day, and an installation that nobody watches."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

GEOWARD = Path(sys.executable).with_name("geoward")
REGION = "us"
FIRST = date(2026, 3, 2)
ACTORS = 24

MAPPING = """\
name: buses
description: Where the buses of an invented town were.
format: csv
legal_basis: {analytics: Public interest, risk: Legitimate interests}
evidence: Synthetic.
emits:
  - to: raw.pings
    columns:
      event_id: {from: event}
      actor_id: {from: bus}
      device_id: {from: device}
      event_time: {from: time, iso: true}
      latitude: {from: LATITUDE}
      longitude: {from: lon}
"""


@dataclass
class World:
    """``folder`` holds the installation, the mapping and the files as they are delivered; a night is one day's."""

    folder: Path
    latitude: str = "lat"
    day: date = FIRST
    landed: list[tuple[str, Path]] = field(default_factory=list)
    alerts: str = ""

    @property
    def home(self) -> Path:
        """The installation's folder."""
        return self.folder / "home"

    @property
    def disk(self) -> Path:
        """Where the region's tables and files lie."""
        return self.home / "warehouse"

    def end(self) -> None:
        """Give the disk back."""
        subprocess.run(["umount", self.disk], check=True)

    @property
    def mapping(self) -> Path:
        """The mapping as it is now; the engineer may mend it."""
        return self.folder / "buses.yaml"

    def begin(self, disk: bool = False) -> None:
        """Make the installation and the mapping; on a small disk of its own if asked, which only root can mount."""
        self.home.mkdir(mode=0o700)
        if disk:
            self.disk.mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", self.disk], check=True)
        self.mapping.write_text(MAPPING.replace("LATITUDE", self.latitude))
        self.at_the_morning()

    def at_the_morning(self) -> None:
        """Set what "late" means to the morning after ``day``: time is simulated, clocks are not."""
        days = (datetime.now(UTC).date() - self.day).days
        config = f"regions:\n  {REGION}: {{root: warehouse, jurisdiction: us}}\nlate_after_days: {days}\n{self.alerts}"
        (self.home / "geoward.yaml").write_text(config)

    def deliver(self, day: date, part: str = "", bad: int = 0) -> Path:
        """Write a day's file, or a part of it, as it should be, with the first ``bad`` rows of no use."""
        lines = [f"event,bus,device,time,{self.latitude},lon"]
        for bus in range(ACTORS):
            for hour in (7, 12, 18):
                latitude = 91 if len(lines) <= bad else round(40.7 + bus / 1000, 5)
                time = datetime(day.year, day.month, day.day, hour, bus, tzinfo=UTC).isoformat()
                lines.append(f"{day}{part}-{bus}-{hour},b{bus},d{bus},{time},{latitude},-74.0")
        file = self.folder / f"buses-{day}{part}-{len(list(self.folder.glob('*.csv')))}.csv"
        file.write_text("\n".join(lines) + "\n")
        return file

    def ingest(self, file: Path) -> subprocess.CompletedProcess[str]:
        """Land a file under the mapping as it is."""
        done = self.geoward("ingest", "--source", str(self.mapping), "--region", REGION, str(file))
        self.landed.append((self.mapping.read_text(), file))
        return done

    def geoward(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run([GEOWARD, *arguments], env=self.environment, capture_output=True, text=True)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command as a process group of its own, so that it can be killed with all it started."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([GEOWARD, *arguments], env=self.environment, start_new_session=True, **quiet)

    def listing(self, *arguments: str) -> Any:
        """Return what a command prints as JSON, whatever its exit code."""
        done = self.geoward(*arguments, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    @property
    def environment(self) -> dict[str, str]:
        """What commands see."""
        return {**os.environ, "GEOWARD_HOME": str(self.home)}

    def next_day(self) -> None:
        """Go on to the next night."""
        self.day += timedelta(days=1)
        self.at_the_morning()


def twin_of(world: World, folder: Path) -> World:
    """Return an installation of the same keys to which the same good files come, on a night without any fault."""
    folder.mkdir()
    twin = World(folder, day=world.day)
    twin.begin()
    for name in ("geoward.yaml", "policy.yaml"):
        if (world.home / name).exists():
            shutil.copy(world.home / name, twin.home / name)
    for name in ("keys", "vault"):
        shutil.copytree(world.home / name, twin.home / name)
    for name in ("keys.counter", "vault.counter"):
        shutil.copy(world.home / name, twin.home)
    for mapping, file in world.landed:
        twin.mapping.write_text(mapping)
        assert twin.ingest(file).returncode == 0
    done = twin.geoward("run")
    assert done.returncode == 0, done.stderr
    return twin
