"""What was planted. No job reads it; tests and benchmarks judge by it."""

from __future__ import annotations

from jobs.sample.cast import Cast
from jobs.sample.consents import iso
from jobs.sample.dirt import ACTION_DIRT, PING_DIRT
from jobs.sample.takeovers import Takeovers

HOMES_HEADER = "actor,home_lat,home_lon,work_lat,work_lon"
ABUSE_HEADER = "actor,abuse,group,time"
EVENTS_HEADER = "event,file,abuse"
DIRT_HEADER = "file,kind,rows"

README = """# Truth of the synthetic sample

No job reads this folder; tests and benchmarks judge by it. One folder a region.

| file | one row is |
|---|---|
| homes.csv | a person: where home and workplace are (degrees, WGS 84). Without work both are the same. |
| abuse.csv | an account with planted abuse: ring, takeover, spoofed, click_fraud, spam, fake_neighbor, victim. |
| events.csv | a ping or action that abuse made. Fakes, rings, spoofers and spammers made all their pings. |
| dirt.csv | a kind of dirty line in a landing file, and how many extra lines of it there are. |

`group` names those who act together; the fakes and their victim share a group. `time` is the moment of a takeover.
The owner of a taken-over account made all its other events.
"""


def home_lines(cast: Cast) -> list[str]:
    """Return CSV lines of people's homes and workplaces."""
    people, region = cast.roles.people, cast.region
    home, work = cast.home[people], cast.work[people]
    columns = zip(
        people.tolist(), region.latitudes(home), region.longitudes(home), region.latitudes(work),
        region.longitudes(work), strict=True,
    )  # fmt: skip
    return [f"{cast.actor_id(actor)},{a:.6f},{b:.6f},{c:.6f},{d:.6f}" for actor, a, b, c, d in columns]


def abuse_lines(cast: Cast, takeovers: Takeovers) -> list[str]:
    """Return CSV lines of accounts with planted abuse, with the intruder's log-in of those taken over."""
    times = dict(zip(takeovers.actor.tolist(), takeovers.time.tolist(), strict=True))
    return [
        f"{cast.actor_id(actor)},{abuse},{group},{iso(times[actor]) if abuse == 'takeover' else ''}"
        for actor, (abuse, group) in sorted(cast.roles.abuse().items())
    ]


def dirt_lines() -> list[str]:
    """Return CSV lines of what dirt a region's files hold."""
    pings = [f"pings.csv.gz,{kind},{rows}" for kind, rows in PING_DIRT.items()]
    return [*pings, *(f"actions.jsonl.gz,{kind},{rows}" for kind, rows in ACTION_DIRT.items())]
