"""One region's landing files and truth, written day by day."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from jobs.sample import labels, pings, truth
from jobs.sample.cast import Cast
from jobs.sample.consents import consent_statements, iso
from jobs.sample.day_of_actions import day_of_actions
from jobs.sample.day_of_pings import day_of_pings
from jobs.sample.dirt import ACTION_DIRT, PING_DIRT, soil, spoil_action, spoil_ping, to_json
from jobs.sample.files import Lines, open_lines, write_lines
from jobs.sample.labels import PlantedAction
from jobs.sample.takeovers import Takeovers, plan_takeovers

ACTORS_HEADER = "actor,kind,country,birth_year,created"


def write_region(out: Path, cast: Cast, progress: Callable[[str], None]) -> dict[str, int]:
    """Write a region's files below ``out``; return each file's rows by its path relative to ``out``."""
    name, takeovers = cast.region.name, plan_takeovers(cast)
    planted: list[PlantedAction] = []
    with ExitStack() as stack:
        files = {
            path: stack.enter_context(open_lines(out / path, header))
            for path, header in (
                (f"{name}/pings.csv.gz", pings.HEADER),
                (f"{name}/actions.jsonl.gz", ""),
                (f"truth/{name}/events.csv", truth.EVENTS_HEADER),
            )
        }
        ping_file, action_file, event_file = files.values()
        for day in range(cast.days):
            _write_pings(cast, takeovers, day, ping_file, event_file)
            planted += _write_actions(cast, takeovers, day, action_file, event_file)
            progress(f"{name}: day {day + 1} of {cast.days}")
        rows = {path: file.rows for path, file in files.items()}
    return rows | _write_whole_files(out, cast, takeovers, planted)


def actor_lines(cast: Cast) -> list[str]:
    """Return CSV lines of the accounts; one in four lives in a neighboring country."""
    rng = cast.rng("countries")
    kinds = np.full(len(cast), "user", dtype=object)
    kinds[cast.roles.creators], kinds[cast.roles.advertisers] = "creator", "advertiser"
    region = cast.region
    abroad, neighbors = rng.random(len(cast)) < 0.25, rng.choice(region.neighbors, size=len(cast))
    countries = np.where(abroad, neighbors, region.country).tolist()
    columns = zip(kinds.tolist(), countries, cast.birth_year.tolist(), cast.created.tolist(), strict=True)
    return [
        f"{cast.actor_id(actor)},{kind},{country},{born},{iso(created)}"
        for actor, (kind, country, born, created) in enumerate(columns)
    ]


def _write_whole_files(out: Path, cast: Cast, takeovers: Takeovers, planted: list[PlantedAction]) -> dict[str, int]:
    name = cast.region.name
    whole = {
        f"{name}/actors.csv": (actor_lines(cast), ACTORS_HEADER),
        f"{name}/consents.jsonl": ([to_json(said) for said in consent_statements(cast)], ""),
        f"{name}/labels.csv": (labels.label_lines(cast, planted), labels.HEADER),
        f"truth/{name}/homes.csv": (truth.home_lines(cast), truth.HOMES_HEADER),
        f"truth/{name}/abuse.csv": (truth.abuse_lines(cast, takeovers), truth.ABUSE_HEADER),
        f"truth/{name}/dirt.csv": (truth.dirt_lines(), truth.DIRT_HEADER),
    }
    return {path: write_lines(out / path, lines, header) for path, (lines, header) in whole.items()}


def _write_pings(cast: Cast, takeovers: Takeovers, day: int, file: Lines, events: Lines) -> None:
    fixes, first = day_of_pings(cast, takeovers, day), file.rows
    good = pings.lines(cast, fixes, first)
    dirty = soil(good, PING_DIRT, spoil_ping, name=f"{cast.region.name}-px", day=day, days=cast.days)
    file.write(good)
    file.write([line for _, line in dirty])
    abuse = {cast.actor_id(actor): kind for actor, (kind, _) in cast.roles.abuse().items()}
    made = (good[n].split(",", 2) for n in np.flatnonzero(fixes.planted))
    events.write([f"{event},pings,{abuse[actor]}" for event, actor, _ in made])


def _write_actions(cast: Cast, takeovers: Takeovers, day: int, file: Lines, events: Lines) -> list[PlantedAction]:
    good: list[str] = []
    planted = []
    for number, row in enumerate(day_of_actions(cast, takeovers, day), file.rows):
        event, abuse = f"{cast.region.name}-e{number:08d}", row.pop("planted", "")
        good.append(to_json({"id": event, **row}))
        if abuse:
            planted.append(PlantedAction(event, row["time_ms"] // 1_000, abuse, "amount" in row))
    dirty = soil(good, ACTION_DIRT, spoil_action, name=f"{cast.region.name}-ex", day=day, days=cast.days)
    file.write(good)
    file.write([line for _, line in dirty])
    events.write([f"{one.event},actions,{one.abuse}" for one in planted])
    return planted
