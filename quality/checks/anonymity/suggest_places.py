"""Whether a table tells where people were, and when: which columns say who, where and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from quality.checks.anonymity.published_table import explained, quoted
from quality.checks.anonymity.suggest_roles import PERSONS, ColumnRole, words_of
from quality.contracts.untold import untold

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOSTLY = 0.99
"""The share of a column's values that must be what it is taken for: logs have a few that are broken."""
_LATITUDES, _LONGITUDES = {"lat", "latitude"}, {"lon", "lng", "long", "longitude"}
_TRIPS = {"trip", "trips", "tid", "trajectory", "journey", "ride", "tour", "session", "event", "fix", "ping"}
"""Words of what is a part of what one person did: to count these is to count one person as several."""
_MOMENTS = {"time", "ts", "timestamp", "unix", "epoch", "date", "at", "when", "seen", "seconds", "days", "utc"}
_WEEKDAYS = "('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday')"
_ISO = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
_LATEST = 4_102_444_800
"""The year 2100, in seconds since 1970: what is later is no time that somebody was somewhere."""
SOME = 1000


@dataclass(frozen=True, slots=True)
class PlaceRoles:
    """The columns of a release of places, and ``first`` and ``last``, its days after the half that tiles are made of.

    ``because`` says how who a row is about was told. ``time`` is a weekday's name if there is an ``hour``; days are
    then None. Without a column of times that can be read ``time`` is None.
    """

    subject: str
    because: str
    latitude: str | None = None
    longitude: str | None = None
    cell: str | None = None
    time: str | None = None
    hour: str | None = None
    first: date | None = None
    last: date | None = None


@untold
def suggest_places(db: DuckDBPyConnection, table: str, columns: Sequence[ColumnRole]) -> PlaceRoles | None:
    """Return what ``columns`` of a table say of people's whereabouts; None unless most people have several rows."""
    with explained(table):
        types = {name: kind for name, kind, *_ in db.execute(f"DESCRIBE {quoted(table)}").fetchall()}
        look = _Look(db, table, types)
        where = _where(look, columns)
        taken = set(where.values())
        who = _who(look, [one for one in columns if one.name not in taken]) if where else None
        if who is None:
            return None
        return _when(look, columns, PlaceRoles(*who, where.get("latitude"), where.get("longitude"), where.get("cell")))


@dataclass(frozen=True, slots=True)
class _Look:
    db: DuckDBPyConnection
    table: str
    types: dict[str, str]

    def one(self, what: str) -> tuple[object, ...]:
        row: tuple[object, ...] = self.db.execute(f"SELECT {what} FROM {quoted(self.table)}").fetchall()[0]
        return row

    def mostly(self, name: str, holds: str) -> bool:
        """Tell whether most values ``v``, which as a text are ``said``, hold; null is no value."""
        values = f"SELECT {quoted(name)} AS v, CAST(v AS VARCHAR) AS said FROM {quoted(self.table)} WHERE v IS NOT NULL"
        share = self.db.execute(f"SELECT avg(CASE WHEN {holds} THEN 1.0 ELSE 0.0 END) FROM ({values})").fetchall()[0][0]
        return share is not None and float(share) >= MOSTLY


def _where(look: _Look, columns: Sequence[ColumnRole]) -> dict[str, str]:
    names = [one.name for one in columns]
    number = "abs(TRY_CAST(said AS DOUBLE)) <= "
    for latitude in (name for name in names if words_of(name) & _LATITUDES):
        rest = words_of(latitude) - _LATITUDES
        for longitude in (name for name in names if words_of(name) & _LONGITUDES):
            alike = words_of(longitude) - _LONGITUDES == rest
            if alike and look.mostly(latitude, f"{number}90") and look.mostly(longitude, f"{number}180"):
                return {"latitude": latitude, "longitude": longitude}
    return next(({"cell": name} for name in names if _are_cells(look, name)), {})


def _are_cells(look: _Look, name: str) -> bool:
    import h3

    if look.types[name] != "VARCHAR":
        return False
    drawn = f"SELECT DISTINCT {quoted(name)} FROM {quoted(look.table)} WHERE {quoted(name)} IS NOT NULL LIMIT {SOME}"
    some = [text for (text,) in look.db.execute(drawn).fetchall()]
    return bool(some) and sum(len(text) == 15 and h3.is_valid_cell(text) for text in some) >= MOSTLY * len(some)


def _who(look: _Look, columns: Sequence[ColumnRole]) -> tuple[str, str] | None:
    """Return the column of people and how it was told: by its name, by trips of which each has one, or as an id."""
    rows = int(str(look.one("count(*)")[0]))
    several = [one for one in columns if one.distinct > 1 and one.distinct * 2 <= rows - one.nulls]
    trips = [one for one in several if words_of(one.name) & _TRIPS]
    others = [one for one in several if one not in trips]
    named = {word for words in PERSONS for word in words}
    for found, why in (
        ([one for one in others if words_of(one.name) & named], "named as a person, with several rows each"),
        (list(_of_trips(look, trips, others)), "each trip has one, and each has several"),
        ([one for one in others if one.role == "direct_identifier"], "an identifier, with several rows each"),
        ([one for one in others if one.role == "link"], "a device or the like, with several rows each"),
    ):
        if found:
            return max(found, key=lambda one: one.distinct).name, why
    return None


def _of_trips(look: _Look, trips: Sequence[ColumnRole], others: Sequence[ColumnRole]) -> Iterator[ColumnRole]:
    for trip in trips:
        for one in (one for one in others if 2 < one.distinct < trip.distinct):
            pairs = look.one(f"count(DISTINCT ({quoted(trip.name)}, {quoted(one.name)}))")[0]
            if pairs == trip.distinct:
                yield one


def _when(look: _Look, columns: Sequence[ColumnRole], found: PlaceRoles) -> PlaceRoles:
    taken = {found.subject, found.latitude, found.longitude, found.cell}
    free = sorted((one for one in columns if one.name not in taken), key=lambda one: -one.distinct)
    for one in free:
        if seconds := _seconds(look, one.name):
            of_day = f"floor(({seconds}) / 86400)"
            known = f"FILTER ({seconds} BETWEEN 0 AND {_LATEST})"
            of_all = look.one(", ".join(f"{what} {known}" for what in (
                f"min({of_day})", f"quantile_disc({of_day}, 0.5)", f"max({of_day})"
            )))  # fmt: skip
            first, half, last = (date(1970, 1, 1) + timedelta(days=int(float(str(day)))) for day in of_all)
            return replace(found, time=one.name, first=min(max(half, first + timedelta(days=1)), last), last=last)
    hours = [one.name for one in free if "hour" in words_of(one.name) and _are_hours(look, one.name)]
    weekdays = [one.name for one in free if one.distinct <= 20 and look.mostly(one.name, f"said IN {_WEEKDAYS}")]
    return replace(found, time=weekdays[0], hour=hours[0]) if hours and weekdays else found


def _are_hours(look: _Look, name: str) -> bool:
    texts = " AND regexp_matches(said, '^[0-9]+$')" if look.types[name] == "VARCHAR" else ""
    return look.mostly(name, "TRY_CAST(said AS DOUBLE) BETWEEN 0 AND 23" + texts)


def _seconds(look: _Look, name: str) -> str | None:
    """Return how the seconds since 1970 of a column are computed, None if it is no time that can be read."""
    kind, column, named = look.types[name], quoted(name), bool(words_of(name) & _MOMENTS)
    if kind.startswith("TIMESTAMP") and look.mostly(name, f"epoch(v) BETWEEN 0 AND {_LATEST}"):
        return f"epoch({column})"
    whole = kind.endswith("INT") or kind in ("INTEGER", "VARCHAR")
    if named and whole and look.mostly(name, f"TRY_CAST(said AS BIGINT) BETWEEN 100000000 AND {_LATEST}"):
        return f"TRY_CAST({column} AS BIGINT)"
    if kind == "VARCHAR" and look.mostly(name, f"regexp_matches(said, '{_ISO}')"):
        return f"epoch(TRY_CAST({column} AS TIMESTAMPTZ))"
    parts = kind in ("DOUBLE", "FLOAT")
    if named and parts and look.mostly(name, "v BETWEEN 20000 AND 80000 AND v <> floor(v)"):
        return f"({column} - 25569) * 86400"
    return None
