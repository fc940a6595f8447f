"""A vault in an SQLite file, for its owner alone. What is deleted is overwritten, in the file and in its log."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jobs.vault.database import SCHEMA, Row
from quality.contracts.errors import EnvironmentFault

WAIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class SqliteDatabase:
    """Opened anew for each transaction: nobody keeps the file from another process for longer."""

    path: Path
    secure_delete: bool = True
    """Only a test that wants to see what would be found does without."""
    wait_seconds: float = WAIT_SECONDS

    def is_there(self) -> bool:
        """Return whether the file is there and a vault was made in it: one that was cut to nothing is none."""
        if not self.path.exists():
            return False
        with suppress(sqlite3.DatabaseError), closing(self._opened()) as db:
            return bool(db.execute("SELECT 1 FROM sqlite_master WHERE name = 'vault_facts'").fetchall())
        return True  # whatever it is, it is not for us to begin anew

    def make(self) -> None:
        """Make the file (mode 0600) and its tables where absent; raise ``EnvironmentFault`` if others may read it."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(self._connect()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            for statement in SCHEMA:
                db.execute(statement.format(bytes="BLOB"))

    @contextmanager
    def reading(self) -> Iterator[_Transaction]:
        """Begin as of now; writers go on meanwhile."""
        with self._transaction("BEGIN") as rows:
            yield rows

    @contextmanager
    def adding(self) -> Iterator[_Transaction]:
        """Begin as the only one who writes."""
        with self._transaction("BEGIN IMMEDIATE") as rows:
            yield rows

    alone = adding

    def faults(self) -> int:
        """Return how many faults SQLite finds, a hundred at most, such as an index that does not fit its table."""
        with self.reading() as rows:
            found = rows.ask("PRAGMA integrity_check")
        return 0 if found == [("ok",)] else len(found)

    def foreign(self) -> list[str]:
        """Return the kinds of what is in the file and in no new one, such as a trigger; a changed table, too."""
        asked = "SELECT type, name, tbl_name, sql FROM sqlite_master"
        with closing(sqlite3.connect(":memory:")) as new:
            for statement in SCHEMA:
                new.execute(statement.format(bytes="BLOB"))
            ours = set(new.execute(asked).fetchall())
        with self.reading() as rows:
            kinds = {str(row[0]) for row in rows.ask(asked) if row not in ours}
        return sorted(kind if kind in ("table", "index", "view", "trigger") else "thing" for kind in kinds)

    def scrub(self) -> bool:
        """Rebuild the file, and empty its log.

        Deleting overwrites a row where it lies (`secure_delete`); of what SQLite moved between pages before, it
        promises nothing, so the file is written anew. Returns False if somebody who still reads kept the log.
        """
        with closing(self._connect()) as db:
            if self.secure_delete:
                db.execute("VACUUM")
            ((busy, _, _),) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return not busy

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[_Transaction]:
        with closing(self._connect()) as db:
            db.execute(begin)
            try:
                yield _Transaction(db)
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        """Raise ``EnvironmentFault`` if the file is missing, which SQLite would begin anew, or others may read it."""
        if not self.path.exists():
            raise EnvironmentFault(f"The vault {self.path.name} is missing.", mend="Restore it from your backup.")
        mode = stat.S_IMODE(self.path.stat().st_mode)
        if mode & 0o077:
            raise EnvironmentFault(
                f"The vault has mode {mode:04o}: others can read it.", mend=f"Run `chmod 600 {self.path}`."
            )
        db = self._opened()
        db.execute(f"PRAGMA secure_delete = {'ON' if self.secure_delete else 'OFF'}")
        return db

    def _opened(self) -> sqlite3.Connection:
        where = f"file:{quote(str(self.path))}?mode=rw"
        return sqlite3.connect(where, uri=True, timeout=self.wait_seconds, isolation_level=None)


@dataclass(frozen=True, slots=True)
class _Transaction:
    db: sqlite3.Connection

    def ask(self, sql: str, *values: object) -> list[Row]:
        return self.db.execute(sql, values).fetchall()

    def among(self, sql: str, some: Sequence[bytes], *values: object) -> list[Row]:
        marks = ",".join("?" * len(some))
        return self.db.execute(sql.replace("{some}", f"IN ({marks})"), (*some, *values)).fetchall()

    def change(self, sql: str, rows: Iterable[Row]) -> None:
        self.db.executemany(sql, rows)
