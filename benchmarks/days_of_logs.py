"""Invented logs of one region, a file a day: 1,500 positions and 500 actions of 60 accounts around ten places."""

from __future__ import annotations

import csv
import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.machine import ROOT

REFERENCE = ROOT / "data" / "sample" / "reference"
ACCOUNTS, POSITIONS, ACTIONS = 60, 1_500, 500


def write_accounts(folder: Path, before: date) -> dict[str, Path]:
    """Write accounts and their consent, all stated the day before; return the files by source."""
    said = f"{before - timedelta(days=1)}T12:00:00Z"
    actors = [f"{_actor(n)},user,US,1980,{said}" for n in range(ACCOUNTS)]
    consents = [
        {"id": f"s{n}", "subject": _actor(n), "purpose": "analytics", "given": True, "notice": "1", "signal": "prompt",
         "time": said}
        for n in range(ACCOUNTS)
    ]  # fmt: skip
    return {
        "sample_actors": _write(folder / "actors.csv", ["actor,kind,country,birth_year,created", *actors]),
        "sample_consents": _write(folder / "consents.jsonl", map(json.dumps, consents)),
    }


def write_day(folder: Path, day: date) -> dict[str, Path]:
    """Write the day's positions and actions; the same day gives the same bytes. Return the files by source."""
    random_of, midnight = random.Random(day.toordinal()), datetime(day.year, day.month, day.day, tzinfo=UTC)
    places = [row for row in csv.DictReader((REFERENCE / "places.csv").open()) if float(row["longitude"]) < 0]

    def moments(count: int) -> list[datetime]:
        return sorted(midnight + timedelta(seconds=random_of.randrange(86_400)) for _ in range(count))

    pings = ["event_id,actor,device,time,lat,lon,accuracy_m,speed_mps,trip"]
    for n, at in enumerate(moments(POSITIONS)):
        who, place = random_of.randrange(ACCOUNTS), random_of.choice(places)
        lat, lon = (float(place[name]) + random_of.gauss(0, 0.004) for name in ("latitude", "longitude"))
        pings.append(f"p{day:%Y%m%d}{n},{_actor(who)},d{who},{at:%Y-%m-%dT%H:%M:%SZ},{lat:.6f},{lon:.6f},10,1.0,")
    actions = [
        {"id": f"e{day:%Y%m%d}{n}", "actor": _actor(who := random_of.randrange(ACCOUNTS)), "device": f"d{who}",
         "time_ms": int(at.timestamp() * 1_000), "type": "ad_click", "ip": f"10.0.0.{who}", "app": "web",
         "country": "US", "client": "Firefox"}
        for n, at in enumerate(moments(ACTIONS))
    ]  # fmt: skip
    return {
        "sample_pings": _write(folder / f"pings-{day}.csv", pings),
        "sample_actions": _write(folder / f"actions-{day}.jsonl", map(json.dumps, actions)),
    }


def _actor(number: int) -> str:
    return f"a{number:03d}"


def _write(path: Path, lines: object) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")  # type: ignore[arg-type]
    return path
