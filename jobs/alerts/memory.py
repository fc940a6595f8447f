"""What each channel was told, in a small SQLite file (0600) in the home, so that nothing is told twice."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jobs.alerts.digest import Told
from jobs.alerts.failure import ChannelFault
from jobs.home import Home
from jobs.problem import PROBLEM_KINDS, ProblemKey

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS installation (salt TEXT)",
    "CREATE TABLE IF NOT EXISTS channels (channel TEXT PRIMARY KEY, sent INTEGER, at TEXT, ok INTEGER, said TEXT)",
    """CREATE TABLE IF NOT EXISTS told (
        channel TEXT, kind TEXT, region TEXT, place TEXT, since TEXT, at TEXT,
        PRIMARY KEY (channel, kind, region, place))""",
)
LOCK_SECONDS = 60
"""How long one run waits for another that is telling; it then tells only what the other did not."""

_BUSY = "The next run tries again; if none succeeds, look for a Geoward process that hangs."


@dataclass(frozen=True, slots=True)
class Known:
    """One channel: how many messages reached it, its last attempt, and the problems it knows."""

    sent: int = 0
    at: datetime | None = None
    ok: bool = True
    said: str = ""
    told: Mapping[ProblemKey, Told] = field(default_factory=dict)


class Memory:
    """Held by one process at a time, from opening to ``close``. ``usable`` is False when the file is not."""

    def __init__(self, home: Home, *, wait: float = LOCK_SECONDS) -> None:
        """Open and read the file; one that cannot be used is replaced by an empty memory: twice is better than never.

        Raises ``ChannelFault`` when another process holds it for longer than ``wait`` seconds.
        """
        path = memory_path(home)
        try:
            path.touch(mode=0o600)
            self._open(path, wait)
            self.usable = True
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_BUSY:
                raise ChannelFault(
                    f"Another process is telling the channels for {wait:g} seconds.", mend=_BUSY
                ) from None
            self._open(":memory:", wait)
            self.usable = False

    def _open(self, path: Path | str, wait: float) -> None:
        self._db = sqlite3.connect(path, timeout=wait, isolation_level=None)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA:
                self._db.execute(statement)
            salt = "INSERT INTO installation SELECT ? WHERE NOT EXISTS (SELECT * FROM installation)"
            self._db.execute(salt, (secrets.token_hex(),))
            self._db.execute("COMMIT")  # before a message is sent: after a kill, the next attempt has the same id
            self._db.execute("BEGIN IMMEDIATE")
            ((self.salt,),) = self._db.execute("SELECT salt FROM installation LIMIT 1")
            self.channels = _read(self._db)
        except BaseException:
            self._db.close()
            raise

    def keep(self, channels: Mapping[str, Known]) -> bool:
        """Replace everything; return False when it could not be written, so that all of it will be told again."""
        try:
            self._db.execute("DELETE FROM channels")
            self._db.execute("DELETE FROM told")
            self._db.executemany("INSERT INTO channels VALUES (?,?,?,?,?)", map(_channel_row, channels.items()))
            self._db.executemany("INSERT INTO told VALUES (?,?,?,?,?,?)", _told_rows(channels))
            self._db.execute("COMMIT")
        except sqlite3.Error:
            return False
        return self.usable

    def close(self) -> None:
        """Let the next process go on; what was not kept is forgotten."""
        self._db.close()


def memory_path(home: Home) -> Path:
    """Return where it is kept."""
    return home.path / "alerts.sqlite"


def recall(home: Home) -> dict[str, Known]:
    """Return what each channel knows, to show it; nothing is locked or made. Empty when the file cannot be read."""
    try:
        db = sqlite3.connect(f"{memory_path(home).as_uri()}?mode=ro", uri=True)
        try:
            return _read(db)
        finally:
            db.close()
    except (sqlite3.Error, ValueError, TypeError):
        return {}


def _read(db: sqlite3.Connection) -> dict[str, Known]:
    told: dict[str, dict[ProblemKey, Told]] = {}
    for channel, kind, region, place, since, at in db.execute("SELECT * FROM told"):
        if kind in PROBLEM_KINDS:  # another version may know others
            key = ProblemKey(kind, region, place)
            told.setdefault(channel, {})[key] = Told(key, datetime.fromisoformat(since), datetime.fromisoformat(at))
    return {
        channel: Known(sent, datetime.fromisoformat(at) if at else None, bool(ok), said, told.get(channel, {}))
        for channel, sent, at, ok, said in db.execute("SELECT * FROM channels")
    }


def _channel_row(entry: tuple[str, Known]) -> tuple[object, ...]:
    channel, known = entry
    return channel, known.sent, known.at.isoformat() if known.at else None, known.ok, known.said


def _told_rows(channels: Mapping[str, Known]) -> Iterable[tuple[str, ...]]:
    for channel, known in channels.items():
        for told in known.told.values():
            yield channel, *told.key, told.since.isoformat(), told.at.isoformat()
