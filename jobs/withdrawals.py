"""What was withdrawn and why; and what was begun to be, so that the next run ends a withdrawal that was killed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from jobs.landing.file_name import told
from jobs.ledger_file import LedgerFile

WITHDRAWALS = """
CREATE TABLE IF NOT EXISTS withdrawing (run_id TEXT PRIMARY KEY, dataset TEXT, version INTEGER, dates TEXT, why TEXT);
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A withdrawal that was begun: what ``version`` of a table published of these dates; ``run_id`` is its commit's.

    ``digests`` say what each date would be made from now, for a catalog that was made anew and does not know it.
    """

    run_id: str
    dataset: str
    version: int
    dates: tuple[date, ...]
    why: str
    digests: Mapping[date, str] = field(default_factory=dict)


class Withdrawals(LedgerFile):
    """The part of a region's catalog that tells what was taken back; the publications themselves stay in it."""

    def begin_withdrawal(self, begun: Begun) -> None:
        """Say that this is about to be committed: from then on nobody needs to be asked again what was meant."""
        dates = json.dumps({str(day): begun.digests.get(day, "") for day in begun.dates})
        line = (begun.run_id, begun.dataset, begun.version, dates, begun.why)
        with self.open() as db:
            db.execute("INSERT INTO withdrawing VALUES (?,?,?,?,?)", line)

    def begun_withdrawals(self) -> list[Begun]:
        """Return the withdrawals that were begun and neither ended nor forgotten, in the order in which they were."""
        with self.open() as db:
            rows = db.execute("SELECT run_id, dataset, version, dates, why FROM withdrawing ORDER BY rowid").fetchall()
        read = [(run_id, name, version, _dates(json.loads(days)), why) for run_id, name, version, days, why in rows]
        return [Begun(run_id, name, version, tuple(days), why, days) for run_id, name, version, days, why in read]

    def end_withdrawal(self, begun: Begun) -> None:
        """Mark what was withdrawn as such."""
        self.withdraw(begun.dataset, begun.version, begun.dates, begun.why, begun.run_id, begun.digests)

    def forget_withdrawal(self, begun: Begun) -> None:
        """Forget one that was not committed: what it was to take back is still there."""
        with self.open() as db:
            db.execute("DELETE FROM withdrawing WHERE run_id = ?", (begun.run_id,))

    def withdraw(
        self, dataset: str, version: int, days: Iterable[date], why: str, run_id: str = "",
        digests: Mapping[date, str] | None = None,
    ) -> None:  # fmt: skip
        """Mark a version of these partitions as withdrawn, which ends the withdrawal of that ``run_id``.

        A version that the catalog does not know, as it was lost meanwhile, is entered with its digest of ``digests``.
        """
        with self.open() as db:
            for day in days:
                line = (dataset, version, day.isoformat())
                mark = "UPDATE publications SET withdrawn = ? WHERE dataset = ? AND version = ? AND event_date = ?"
                if not db.execute(mark, (why, *line)).rowcount:
                    enter = "INSERT INTO publications VALUES (?1, ?3, ?2, ?4, '{}', '{}', ?5)"
                    db.execute(enter, (*line, (digests or {}).get(day, ""), why))
            db.execute("DELETE FROM withdrawing WHERE run_id = ?", (run_id,))

    def withdrawn(self) -> dict[tuple[str, date], dict[str, str]]:
        """Return, by dataset and date, the digests that were withdrawn and why; an empty one stands for any."""
        query = "SELECT dataset, event_date, digest, withdrawn FROM publications WHERE withdrawn <> '' ORDER BY version"
        found: dict[tuple[str, date], dict[str, str]] = {}
        with self.open() as db:
            for dataset, day, digest, why in db.execute(query):
                found.setdefault((dataset, date.fromisoformat(day)), {})[digest] = told(
                    why
                )  # in the words of a person, who may have pasted anything
        return found

    def withdrawn_versions(self, dataset: str) -> set[tuple[date, int]]:
        """Return the (date, version) of each partition of a table that was withdrawn."""
        query = "SELECT event_date, version FROM publications WHERE dataset = ? AND withdrawn <> ''"
        with self.open() as db:
            return {(date.fromisoformat(day), version) for day, version in db.execute(query, (dataset,))}


def _dates(kept: Iterable[str] | Mapping[str, str]) -> dict[date, str]:
    """Return the digest of each date, empty where none was kept."""
    digests = kept if isinstance(kept, Mapping) else dict.fromkeys(kept, "")
    return {date.fromisoformat(day): digest for day, digest in digests.items()}
