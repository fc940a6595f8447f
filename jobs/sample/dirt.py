"""A little dirt, as real logs have: every kind is known and counted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

PING_DIRT = {
    "exact_duplicate": 5, "same_id_other_content": 4, "latitude_91": 3, "missing_actor": 3, "unparseable_time": 3,
}  # fmt: skip
"""Extra lines of each kind in a region's pings."""

ACTION_DIRT = {
    "exact_duplicate": 4,
    "same_id_other_content": 3,
    "missing_actor": 3,
    "unparseable_time": 3,
    "broken_json": 2,
}
"""Extra lines of each kind in a region's actions."""

_ID, _ACTOR, _TIME, _LATITUDE = 0, 1, 3, 4


def soil(
    lines: list[str], kinds: dict[str, int], spoil: Callable[[str, str, str], str], *, name: str, day: int, days: int
) -> Iterator[tuple[str, str]]:
    """Yield the day's extra lines as (kind, line): copies of good lines, spoiled by ``spoil(kind, line, new id)``.

    Line ``n`` of all dirt belongs to day ``n % days``; so the whole sample holds exactly what ``kinds`` counts.
    """
    wanted = [kind for kind, count in kinds.items() for _ in range(count)]
    for number, kind in enumerate(wanted):
        if number % days == day and lines:
            yield kind, spoil(kind, lines[(number + 1) * 97 % len(lines)], f"{name}-{number:03d}")


def spoil_ping(kind: str, line: str, new_id: str) -> str:
    """Return a CSV line spoiled in the given way; a copy keeps its event's id, any other dirt is a new event."""
    cells = line.split(",")
    if kind == "exact_duplicate":
        return line
    if kind == "same_id_other_content":
        cells[_LATITUDE] = f"{float(cells[_LATITUDE]) + 0.01:.6f}"
        return ",".join(cells)
    cells[_ID] = new_id
    column, value = {
        "latitude_91": (_LATITUDE, "91.000000"),
        "missing_actor": (_ACTOR, ""),
        "unparseable_time": (_TIME, "yesterday"),
    }[kind]
    cells[column] = value
    return ",".join(cells)


def spoil_action(kind: str, line: str, new_id: str) -> str:
    """Return a JSON line spoiled in the given way; a copy keeps its event's id, any other dirt is a new event."""
    if kind == "exact_duplicate":
        return line
    row = json.loads(line)
    if kind == "same_id_other_content":
        row["type"] = "report" if row["type"] != "report" else "follow"
        return to_json(row)
    row["id"] = new_id
    if kind == "missing_actor":
        del row["actor"]
    if kind == "unparseable_time":
        row["time_ms"] = "yesterday"
    whole = to_json(row)
    return whole[: len(whole) // 2] if kind == "broken_json" else whole


def to_json(row: dict[str, object]) -> str:
    """Return one line of a JSON lines file, without spaces or line end."""
    return json.dumps(row, separators=(",", ":"))
